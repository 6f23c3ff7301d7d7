//! Tillkit for Python: the native module below the package `tillkit`.
//!
//! It maps and decides nothing. Calls are methods of `face::Core`, which make a
//! `pending::Pending`; a thread waits for it with the interpreter's lock released, or an event
//! loop is told by a `bell::Bell`. What comes back is carried into the package's own types
//! (`carry`, `records`), and every failure into its exceptions.

mod arguments;
mod bell;
mod carry;
mod errands;
mod face;
mod failure;
mod forks;
mod logs;
mod paper;
mod pending;
mod records;

use pyo3::prelude::*;

/// The native part of the package `tillkit`; its names are no part of the package's face.
#[pymodule]
mod _tillkit {
    use std::collections::BTreeMap;

    use pyo3::prelude::*;
    use tillkit::boundary;

    #[pymodule_export]
    use super::bell::Bell;
    #[pymodule_export]
    use super::face::Core;
    use super::failure;
    #[pymodule_export]
    use super::paper::Paper;
    #[pymodule_export]
    use super::pending::Pending;

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "the name that Python's packages have for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// Every closed set and its words.
    #[pyfunction]
    fn named_sets() -> BTreeMap<&'static str, Vec<&'static str>> {
        boundary::named_sets().into_iter().collect()
    }

    /// The names of each provider's settings.
    #[pyfunction]
    fn setting_names() -> BTreeMap<&'static str, Vec<&'static str>> {
        boundary::setting_names().into_iter().map(|(name, all)| (name, all.to_vec())).collect()
    }

    /// An error of this code as it could arrive; none where there is no such code.
    #[pyfunction]
    fn example_error(py: Python<'_>, code: &str) -> PyResult<Option<Py<PyAny>>> {
        boundary::example(code).map(|example| failure::exception(py, example)).transpose()
    }

    /// Lets every journal close its files; called right before this thread forks.
    #[pyfunction]
    fn before_fork(py: Python<'_>) {
        super::forks::before(py);
    }

    /// The parent goes on.
    #[pyfunction]
    fn after_fork_in_parent() {
        super::forks::in_parent();
    }

    /// The child leaves the parent's journals alone.
    #[pyfunction]
    fn after_fork_in_child() {
        super::forks::in_child();
    }

    /// What a body that was parsed already is refused with.
    #[pyfunction]
    fn parsed_body(py: Python<'_>) -> PyResult<Py<PyAny>> {
        failure::exception(py, tillkit::webhook::parsed_body().into())
    }

    /// A call that panics on the way, so that the suite sees what becomes of it.
    #[pyfunction]
    fn falling() -> super::pending::Pending {
        super::pending::Pending::of::<()>(async {
            // Without a message of its own: the assertion is the panic.
            assert!(std::hint::black_box(false), "falling was called");
            Ok(())
        })
    }
}
