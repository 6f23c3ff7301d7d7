//! A call that was made and not answered yet.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tillkit::boundary::{Answer, Guarded};

use crate::carry::Carry;
use crate::failure::raised;

/// An answer on its way: it becomes a Python value only once the interpreter is held.
pub type Shown = Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>;
/// A call under way.
pub type Call = Pin<Box<dyn Future<Output = Answer<Shown>> + Send>>;

/// How often a thread that waits looks whether it was interrupted.
const SLICE: Duration = Duration::from_millis(50);

/// A call that was made: a thread waits for it, or an event loop is told of its end. Dropping it
/// leaves what was asked to go on by itself.
#[pyclass(frozen, module = "tillkit._tillkit")]
pub struct Pending {
    call: Mutex<Option<Call>>,
    process: u32,
}

impl Pending {
    /// A call whose answer is carried as its kind is.
    pub fn of<T: Carry + Send + 'static>(
        future: impl Future<Output = Answer<T>> + Send + 'static,
    ) -> Self {
        let shown = async move {
            let answer = future.await?;
            let shown: Shown = Box::new(move |py: Python<'_>| answer.carry(py));
            Ok(shown)
        };
        let call: Call = Box::pin(Guarded::new(shown));
        Self { call: Mutex::new(Some(call)), process: std::process::id() }
    }

    /// The call, for whoever waits for it.
    pub fn take(&self) -> PyResult<Call> {
        let call = self.call.lock().unwrap_or_else(PoisonError::into_inner).take();
        call.ok_or_else(|| PyRuntimeError::new_err("this call is waited for already"))
    }
}

impl Drop for Pending {
    /// In a forked child its caller's queue is the parent's: nobody leaves it.
    fn drop(&mut self) {
        if std::process::id() != self.process {
            let call = self.call.get_mut().unwrap_or_else(PoisonError::into_inner);
            std::mem::forget(call.take());
        }
    }
}

#[pymethods]
impl Pending {
    /// Waits in this thread. Signals are heeded meanwhile; whoever is interrupted leaves.
    fn wait(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let mut call = self.take()?;
        let sleeper = Arc::new(Sleeper::default());
        let waker = Waker::from(Arc::clone(&sleeper));
        loop {
            match py.detach(|| sleeper.look(&mut call, &waker)) {
                Poll::Ready(answer) => return shown(py, answer),
                Poll::Pending => py.check_signals()?,
            }
        }
    }
}

/// The answer as a Python value.
pub fn shown(py: Python<'_>, answer: Answer<Shown>) -> PyResult<Py<PyAny>> {
    match answer {
        Ok(shown) => shown(py),
        Err(failure) => Err(raised(py, failure)),
    }
}

/// One thread that waits.
#[derive(Default)]
struct Sleeper {
    woken: Mutex<bool>,
    knock: Condvar,
}

impl Wake for Sleeper {
    fn wake(self: Arc<Self>) {
        *self.woken.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.knock.notify_one();
    }
}

impl Sleeper {
    /// Asks for the answer, and once more if it is woken before the slice is over.
    fn look(&self, call: &mut Call, waker: &Waker) -> Poll<Answer<Shown>> {
        let mut context = Context::from_waker(waker);
        let asked = call.as_mut().poll(&mut context);
        if asked.is_ready() || !self.sleep() {
            return asked;
        }
        call.as_mut().poll(&mut context)
    }

    /// Sleeps for a slice at the most; whether it was woken.
    fn sleep(&self) -> bool {
        let woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.knock.wait_timeout_while(woken, SLICE, |woken| !*woken);
        let (mut woken, _) = waited.unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut woken)
    }
}
