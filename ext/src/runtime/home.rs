//! The process that made a manager: in a forked child nothing may touch the parent's sockets.

use crate::convert::errors::Exception;
use crate::zend::PhpResult;
use crate::zend::process::Process;

/// The process to which the sockets belong.
pub(crate) struct Home {
    process: Process,
    id: u32,
}

impl Home {
    /// The process that asks.
    pub(crate) fn this() -> Self {
        Self { process: Process::this(), id: std::process::id() }
    }

    /// True in the process that made the manager.
    pub(crate) fn is_here(&self) -> bool {
        self.process == Process::this()
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
