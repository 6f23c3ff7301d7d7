//! A failure becomes an exception of the package, with every field.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;
use tillkit::boundary::{Answer, Failure, ProviderWords};

use crate::carry::{Carry, record};

record!(ProviderWords "ProviderWords" { code, detail, trace });

/// What Python raises for a failure.
pub fn raised(py: Python<'_>, failure: Box<Failure>) -> PyErr {
    match exception(py, *failure) {
        Ok(exception) => PyErr::from_value(exception.into_bound(py)),
        // The package itself is broken: that is what has to be told.
        Err(broken) => broken,
    }
}

/// The answer, or the exception that it raises.
pub fn answered<T>(py: Python<'_>, answer: Answer<T>) -> PyResult<T> {
    answer.map_err(|failure| raised(py, failure))
}

/// The exception as a value.
pub fn exception(py: Python<'_>, failure: Failure) -> PyResult<Py<PyAny>> {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let Failure {
        code,
        number,
        class,
        message,
        cashier,
        cashier_text,
        charged,
        retry,
        retry_after_ms,
        field,
        rule,
        limit,
        payment,
        provider,
        text,
    } = failure;
    let all = PyDict::new(py);
    all.set_item("code", code.carry(py)?)?;
    all.set_item("number", number)?;
    all.set_item("error_class", class.carry(py)?)?;
    all.set_item("message", message)?;
    all.set_item("cashier", cashier.carry(py)?)?;
    all.set_item("cashier_text", cashier_text)?;
    all.set_item("charged", charged.carry(py)?)?;
    all.set_item("retry", retry.carry(py)?)?;
    all.set_item("retry_after_ms", retry_after_ms)?;
    all.set_item("field", field)?;
    all.set_item("rule", rule)?;
    all.set_item("limit", limit)?;
    all.set_item("payment_id", payment)?;
    all.set_item("provider", provider.carry(py)?)?;
    all.set_item("text", text)?;
    let make = MAKE.import(py, "tillkit._errors", "of")?;
    Ok(make.call((), Some(&all))?.unbind())
}

impl Carry for Failure {
    fn carry(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        exception(py, self)
    }
}
