//! Which events a session is told, as far as masks say.

use super::event_mask;
use super::login::AutoMask;

/// The masks of one session.
#[derive(Debug)]
pub(super) struct MaskState {
    /// What the subscriptions need, for `EventMask::Auto`.
    pub(super) auto: AutoMask,
    /// The mask that was last sent.
    pub(super) requested: String,
    /// Whether the mask brings events of calls, where the user set it by an `Events` of his own.
    pub(super) users_tells_calls: Option<bool>,
    /// Our `Events` that is not answered yet.
    pub(super) on_its_way: Option<u64>,
}

impl Default for MaskState {
    fn default() -> Self {
        Self {
            auto: AutoMask::of_any_version("on"),
            requested: String::new(),
            users_tells_calls: None,
            on_its_way: None,
        }
    }
}

impl MaskState {
    /// A session begins: what the user said counted for the one before.
    pub(super) fn on_login(&mut self) {
        self.on_its_way = None;
        self.users_tells_calls = None;
    }

    /// The user sent an `Events` with this mask.
    pub(super) fn on_users_events(&mut self, mask: &[u8]) {
        self.users_tells_calls = event_mask::tells_calls(mask).or(self.users_tells_calls);
    }
}
