//! State that is kept between two items of a list of queues, and between an event and the list that it causes.

use super::queue::QueueKey;
use super::queue_caller::QueueCaller;

/// The queue whose list items are being read, and its callers so far.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) key: QueueKey,
    pub(super) callers: Vec<QueueCaller>,
}

/// Names of queues to list, because an event does not agree with the model.
#[derive(Debug, Default)]
pub(super) struct InDoubt {
    /// The model lacks this queue or a member of it.
    pub(super) unknown: Option<Box<[u8]>>,
    /// The number of callers in the model differs from `Count` of an event.
    pub(super) miscounted: Option<Box<[u8]>>,
}
