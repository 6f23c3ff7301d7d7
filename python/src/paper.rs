//! A receipt: what it says as a record, and the lines that it is set in.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;
use tillkit::boundary::{Layout, Paper as BoundaryPaper, Receipt, guarded, named};

use crate::carry::{Carry, field, moment};
use crate::failure::answered;

/// What sets a receipt in lines.
#[pyclass(frozen, module = "tillkit._tillkit")]
pub struct Paper(BoundaryPaper);

#[pymethods]
impl Paper {
    /// The receipt in lines.
    fn text(
        slf: &Bound<'_, Self>,
        columns: i64,
        holder: &str,
        header: Vec<String>,
        footer: Vec<String>,
        utc_offset_minutes: i32,
    ) -> PyResult<String> {
        let (py, paper) = (slf.py(), slf.get());
        let text = py.detach(|| {
            guarded(|| {
                let holder = named("holder", holder)?;
                paper.0.text(Layout { columns, holder, header, footer, utc_offset_minutes })
            })
        });
        answered(py, text)
    }
}

impl Carry for BoundaryPaper {
    fn carry(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let Receipt {
            payment,
            account,
            provider,
            terminal,
            reference,
            attempt,
            outcome,
            is_proof,
            amounts,
            provisional,
            items,
            scheme,
            last_four,
            entry,
            assets,
            charges,
            transaction,
            short_code,
            operations,
            texts,
            created_at_ms,
        } = self.record();
        let fields = PyDict::new(py);
        fields.set_item("payment_id", payment)?;
        field!(py, fields, account);
        field!(py, fields, provider);
        field!(py, fields, terminal);
        field!(py, fields, reference);
        field!(py, fields, attempt);
        field!(py, fields, outcome);
        field!(py, fields, is_proof);
        field!(py, fields, amounts);
        field!(py, fields, provisional);
        field!(py, fields, items);
        field!(py, fields, scheme);
        field!(py, fields, last_four);
        field!(py, fields, entry);
        field!(py, fields, assets);
        field!(py, fields, charges);
        field!(py, fields, transaction);
        field!(py, fields, short_code);
        field!(py, fields, operations);
        field!(py, fields, texts);
        field!(py, fields, created_at_ms as moment => created_at);
        fields.set_item("_paper", Py::new(py, Paper(self))?)?;
        let class = CLASS.import(py, "tillkit._types", "Receipt")?;
        Ok(class.call((), Some(&fields))?.unbind())
    }
}
