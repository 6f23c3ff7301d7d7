//! The till's calls, one method each: arguments in, a pending answer out.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tillkit::boundary::{OpenOptions, Till, guarded, named};

use crate::arguments;
use crate::failure::answered;
use crate::logs::Logs;
use crate::pending::Pending;

/// One open journal.
#[pyclass(frozen, module = "tillkit._tillkit")]
pub struct Core(Arc<Till>);

impl Core {
    /// A call on the till, not waited for yet.
    pub fn call<T, F>(&self, call: impl FnOnce(Arc<Till>) -> F) -> Pending
    where
        T: crate::carry::Carry + Send + 'static,
        F: Future<Output = tillkit::boundary::Answer<T>> + Send + 'static,
    {
        Pending::of(call(Arc::clone(&self.0)))
    }
}

#[pymethods]
impl Core {
    /// Opens the journal at a path.
    #[staticmethod]
    fn open(
        py: Python<'_>,
        path: PathBuf,
        create: bool,
        mark: Option<PathBuf>,
        observe: bool,
        key: Option<String>,
    ) -> PyResult<Self> {
        let log = Logs::start(py)?;
        let options = OpenOptions { create, mark, observe, key };
        let opened = py.detach(|| guarded(|| Till::open(path, options, log)));
        answered(py, opened).map(|till| Self(Arc::new(till)))
    }

    fn connect(
        &self,
        account: String,
        settings: &Bound<'_, PyAny>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<Pending> {
        let settings = arguments::provider_settings(settings)?;
        let options = arguments::account_options(options)?;
        Ok(self.call(|till| async move { till.connect(account, settings, options).await }))
    }

    fn disconnect(&self, account: String) -> Pending {
        self.call(|till| async move { till.disconnect(account).await })
    }

    fn start(&self, sale: &Bound<'_, PyDict>) -> PyResult<Pending> {
        let sale = arguments::sale(sale)?;
        Ok(self.call(|till| async move { till.start(sale).await }))
    }

    fn pay(&self, sale: &Bound<'_, PyDict>) -> PyResult<Pending> {
        let sale = arguments::sale(sale)?;
        Ok(self.call(|till| async move { till.pay(sale).await }))
    }

    fn wait(&self, payment: String, at_most_ms: Option<u64>) -> Pending {
        self.call(|till| async move { till.wait(payment, at_most_ms).await })
    }

    fn payment(&self, payment: String) -> Pending {
        self.call(|till| async move { till.payment(payment).await })
    }

    fn payment_by_reference(&self, account: String, reference: String) -> Pending {
        self.call(|till| async move { till.payment_by_reference(account, reference).await })
    }

    fn payment_by_short_code(&self, account: String, code: String) -> Pending {
        self.call(|till| async move { till.payment_by_short_code(account, code).await })
    }

    fn payments(&self, query: &Bound<'_, PyDict>) -> PyResult<Pending> {
        let query = arguments::payment_query(query)?;
        Ok(self.call(|till| async move { till.payments(query).await }))
    }

    fn timeline(&self, payment: String) -> Pending {
        self.call(|till| async move { till.timeline(payment).await })
    }

    fn news(&self, payment: String, told: u64) -> Pending {
        self.call(|till| async move { till.news(payment, told).await })
    }

    fn cancel(&self, payment: String) -> Pending {
        self.call(|till| async move { till.cancel(payment).await })
    }

    fn capture(
        &self,
        payment: String,
        reference: String,
        amount: &Bound<'_, PyAny>,
        amount_minor: &Bound<'_, PyAny>,
        currency: Option<String>,
    ) -> PyResult<Pending> {
        let portion = arguments::portion(amount, amount_minor, currency)?;
        Ok(self.call(|till| async move { till.capture(payment, reference, portion).await }))
    }

    fn capture_last(
        &self,
        payment: String,
        reference: String,
        amount: &Bound<'_, PyAny>,
        amount_minor: &Bound<'_, PyAny>,
        currency: Option<String>,
    ) -> PyResult<Pending> {
        let portion = arguments::portion(amount, amount_minor, currency)?;
        Ok(self.call(|till| async move { till.capture_last(payment, reference, portion).await }))
    }

    fn refund(
        &self,
        payment: String,
        reference: String,
        amount: &Bound<'_, PyAny>,
        amount_minor: &Bound<'_, PyAny>,
        currency: Option<String>,
    ) -> PyResult<Pending> {
        let portion = arguments::portion(amount, amount_minor, currency)?;
        Ok(self.call(|till| async move { till.refund(payment, reference, portion).await }))
    }

    fn answer(&self, payment: String, condition: String, accept: bool) -> Pending {
        self.call(|till| async move { till.answer(payment, condition, accept).await })
    }

    fn resolve(&self, payment: String, word: String, reason: String) -> Pending {
        self.call(|till| async move { till.resolve(payment, named("word", &word)?, reason).await })
    }

    fn resolve_operation(
        &self,
        payment: String,
        reference: String,
        took_effect: bool,
        reason: String,
    ) -> Pending {
        self.call(|till| async move {
            till.resolve_operation(payment, reference, took_effect, reason).await
        })
    }

    fn acknowledge(&self, reason: String) -> Pending {
        self.call(|till| async move { till.acknowledge(reason).await })
    }

    fn health(&self) -> Pending {
        self.call(|till| async move { till.health().await })
    }

    fn close(&self) -> Pending {
        self.call(|till| async move { till.close().await })
    }
}
