//! Values on their way into Python: how each kind of the boundary becomes one of the package.

use pyo3::IntoPyObjectExt as _;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple};
use tillkit::boundary::{
    Agreement, Alarm, CancelTruth, Capture, Cashier, Charged, Class, Code, ConditionStatus, Entry,
    Heard, Holder, Named, OperationKind, Outcome, Presence, Progress, Readiness, Retry, Role,
    Stage, Standing, Word,
};

/// What can be carried into Python.
pub trait Carry {
    /// The value as Python sees it.
    fn carry(self, py: Python<'_>) -> PyResult<Py<PyAny>>;
}

/// What Python has already: texts, whole numbers, truths.
macro_rules! plain {
    ($($kind:ty)+) => {
        $(impl Carry for $kind {
            fn carry(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                self.into_py_any(py)
            }
        })+
    };
}

plain! { String bool i64 u16 u32 u64 }

impl Carry for () {
    fn carry(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(py.None())
    }
}

impl<T: Carry> Carry for Option<T> {
    fn carry(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.map_or_else(|| Ok(py.None()), |value| value.carry(py))
    }
}

impl<T: Carry> Carry for Vec<T> {
    /// A tuple: nobody changes what has happened.
    fn carry(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let items: Vec<Py<PyAny>> =
            self.into_iter().map(|item| item.carry(py)).collect::<PyResult<_>>()?;
        Ok(PyTuple::new(py, items)?.into_any().unbind())
    }
}

impl Carry for (String, String) {
    fn carry(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.into_py_any(py)
    }
}

/// Members of the package's enumerations, looked up by their words.
macro_rules! words {
    ($($set:ident $class:literal)+) => {
        $(impl Carry for $set {
            fn carry(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
                static MEMBERS: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
                let members = MEMBERS.get_or_try_init(py, || members(py, $class))?;
                Ok(members.bind(py).as_any().get_item(self.word())?.unbind())
            }
        })+
    };
}

words! {
    Outcome "Outcome"
    Stage "Status"
    Alarm "Alarm"
    OperationKind "OperationKind"
    Progress "Progress"
    Entry "CardEntry"
    Holder "Holder"
    ConditionStatus "ConditionStatus"
    Capture "Capture"
    CancelTruth "CancelTruth"
    Word "Word"
    Role "Role"
    Standing "Standing"
    Readiness "Readiness"
    Presence "Presence"
    Heard "Heard"
    Agreement "Agreement"
    Code "ErrorCode"
    Class "ErrorClass"
    Charged "Charged"
    Retry "Retry"
    Cashier "Cashier"
}

fn members(py: Python<'_>, class: &str) -> PyResult<Py<PyDict>> {
    let members = PyDict::new(py);
    for member in py.import("tillkit._enums")?.getattr(class)?.try_iter()? {
        let member = member?;
        members.set_item(member.getattr("value")?, member)?;
    }
    Ok(members.unbind())
}

/// A moment in milliseconds since 1970, as a datetime in UTC.
pub fn moment(py: Python<'_>, ms: i64) -> PyResult<Py<PyAny>> {
    static MOMENT: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    Ok(MOMENT.import(py, "tillkit._types", "moment")?.call1((ms,))?.unbind())
}

/// The same, where there is one.
pub fn moment_or_none(py: Python<'_>, ms: Option<i64>) -> PyResult<Py<PyAny>> {
    ms.map_or_else(|| Ok(py.None()), |ms| moment(py, ms))
}

/// Carries a record of the boundary, taken apart in full: a new field does not compile until it has
/// a place here, and the package's class refuses what it does not know. `field as how => name` is
/// carried by `how` under another name.
macro_rules! record {
    ($record:ident $class:literal {
        $($field:ident $(as $how:path => $name:ident)?),+ $(,)?
    }) => {
        impl $crate::carry::Carry for $record {
            fn carry(
                self,
                py: pyo3::Python<'_>,
            ) -> pyo3::PyResult<pyo3::Py<pyo3::PyAny>> {
                use pyo3::types::PyAnyMethods as _;
                static CLASS: pyo3::sync::PyOnceLock<pyo3::Py<pyo3::PyAny>> =
                    pyo3::sync::PyOnceLock::new();
                let Self { $($field),+ } = self;
                let fields = pyo3::types::PyDict::new(py);
                $($crate::carry::field!(py, fields, $field $(as $how => $name)?);)+
                let class = CLASS.import(py, "tillkit._types", $class)?;
                Ok(class.call((), Some(&fields))?.unbind())
            }
        }
    };
}

/// One field of a record.
macro_rules! field {
    ($py:ident, $fields:ident, $field:ident) => {
        pyo3::types::PyDictMethods::set_item(
            &$fields,
            pyo3::intern!($py, stringify!($field)),
            $crate::carry::Carry::carry($field, $py)?,
        )?
    };
    ($py:ident, $fields:ident, $field:ident as $how:path => $name:ident) => {
        pyo3::types::PyDictMethods::set_item(
            &$fields,
            pyo3::intern!($py, stringify!($name)),
            $how($py, $field)?,
        )?
    };
}

pub(crate) use {field, record};
