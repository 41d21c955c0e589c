//! The process that made a manager. A forked child must not use the parent's sockets.

use crate::convert::errors::Exception;
use crate::zend::PhpResult;
use crate::zend::process::forks;

/// The process that owns the sockets.
pub(crate) struct Home {
    forks: u32,
    id: u32,
}

impl Home {
    /// The current process.
    pub(crate) fn this() -> Self {
        Self { forks: forks(), id: std::process::id() }
    }

    /// True in the process that made the manager.
    pub(crate) fn is_here(&self) -> bool {
        self.forks == forks()
    }

    pub(crate) fn check(&self) -> PhpResult<()> {
        if self.is_here() {
            return Ok(());
        }
        let message =
            format!("this manager belongs to process {}: a forked child has to make its own", self.id);
        Err(Exception::ForkedProcess.throw(&message))
    }
}
