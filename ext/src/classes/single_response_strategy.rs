//! `SingleResponseStrategy`: one response and nothing else.

super::completion_strategy::response_strategy!(
    SingleResponseStrategy,
    "Apn\\AmiClient\\SingleResponseStrategy"
);
