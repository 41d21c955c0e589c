//! `AsyncEventStrategy`: a response, and events that arrive later.

super::completion_strategy::event_strategy!(
    AsyncEventStrategy,
    "Apn\\AmiClient\\AsyncEventStrategy",
    ["OriginateResponse"].into_iter().collect::<Array>()
);
