//! What the interpreter calls before and after it forks: journals rest meanwhile.

use std::cell::RefCell;

use pyo3::prelude::*;
use tillkit::boundary::{Forking, before_fork};

thread_local! {
    /// The fork that this thread is about to make.
    static FORKING: RefCell<Option<Forking>> = const { RefCell::new(None) };
}

/// The journals close their files. Their threads may want the interpreter for a log line, so it is
/// free meanwhile.
pub fn before(py: Python<'_>) {
    py.detach(|| FORKING.set(Some(before_fork())));
}

/// The parent goes on.
pub fn in_parent() {
    if let Some(forking) = FORKING.take() {
        forking.in_parent();
    }
}

/// The child leaves them alone.
pub fn in_child() {
    if let Some(forking) = FORKING.take() {
        forking.in_child();
    }
}
