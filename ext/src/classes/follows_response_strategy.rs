//! `FollowsResponseStrategy`: one response, with the output of a command.

super::completion_strategy::response_strategy!(
    FollowsResponseStrategy,
    "Apn\\AmiClient\\FollowsResponseStrategy"
);
