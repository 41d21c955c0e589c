//! The event mask of a session: what was requested, and what is wanted.

use super::event_mask;
use super::login::AutoMask;

#[derive(Debug)]
pub(super) struct MaskState {
    /// The mask that the subscriptions need, for `EventMask::Auto`.
    pub(super) auto: AutoMask,
    /// The mask that was last sent.
    pub(super) requested: String,
    /// Whether the mask includes class `call`, if the caller set it with an `Events` action.
    pub(super) users_include_calls: Option<bool>,
    /// Sequence of the client's own `Events` action while it has no answer.
    pub(super) on_its_way: Option<u64>,
}

impl Default for MaskState {
    fn default() -> Self {
        Self {
            auto: AutoMask::of_any_version("on"),
            requested: String::new(),
            users_include_calls: None,
            on_its_way: None,
        }
    }
}

impl MaskState {
    /// A session begins. A mask that the caller set applied to the session before.
    pub(super) fn on_login(&mut self) {
        self.on_its_way = None;
        self.users_include_calls = None;
    }

    /// The caller sent an `Events` action with this mask.
    pub(super) fn on_users_events(&mut self, mask: &[u8]) {
        self.users_include_calls = event_mask::includes_calls(mask).or(self.users_include_calls);
    }
}
