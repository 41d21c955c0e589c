//! `MultiEventStrategy`: a response and a list of events.

super::completion_strategy::event_strategy!(
    MultiEventStrategy,
    "Apn\\AmiClient\\MultiEventStrategy",
    Array::empty()
);
