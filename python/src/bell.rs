//! How an event loop learns of answers: one call into it for all that are ready.
//!
//! A call is asked for the first time in the loop's own thread. Whatever wakes it later writes down
//! its number and returns; a thread of the bell's tells the loop once, with
//! `call_soon_threadsafe`, that there is something, and the loop takes all that is ready together.
//! So the engine never waits for the interpreter, and a burst of answers costs one wake-up.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tillkit::boundary::Answer;

use crate::pending::{Call, Pending, Shown, shown};

/// The bell of one event loop.
#[pyclass(frozen, module = "tillkit._tillkit")]
pub struct Bell {
    create_future: Py<PyAny>,
    desk: Arc<Desk>,
    process: u32,
}

/// The calls of one loop that are under way.
struct Desk {
    open: Mutex<Open>,
    rope: Arc<Rope>,
}

#[derive(Default)]
struct Open {
    calls: BTreeMap<u64, Begun>,
    last: u64,
}

/// One call, and the asyncio future that hears of it.
struct Begun {
    call: Call,
    waker: Waker,
    future: Py<PyAny>,
}

/// What was woken and not looked at yet.
#[derive(Default)]
struct Rope {
    pulled: Mutex<Pulled>,
    pull: Condvar,
}

#[derive(Default)]
struct Pulled {
    ready: Vec<u64>,
    /// The loop was told, and has not come yet.
    told: bool,
    /// Nobody listens any more.
    over: bool,
}

/// What wakes one call.
struct Knock {
    number: u64,
    rope: Arc<Rope>,
}

impl Wake for Knock {
    fn wake(self: Arc<Self>) {
        let mut pulled = hold(&self.rope.pulled);
        pulled.ready.push(self.number);
        if !pulled.told {
            self.rope.pull.notify_one();
        }
    }
}

#[pymethods]
impl Bell {
    /// A bell for the loop that runs.
    #[new]
    fn new(py: Python<'_>, event_loop: &Bound<'_, PyAny>) -> PyResult<Self> {
        let desk = Arc::new(Desk { open: Mutex::default(), rope: Arc::new(Rope::default()) });
        let tell = event_loop.getattr("call_soon_threadsafe")?.unbind();
        let collect = Py::new(py, Collect(Arc::clone(&desk)))?.into_any();
        let rope = Arc::clone(&desk.rope);
        let thread = std::thread::Builder::new().name("tillkit-bell".to_owned());
        thread
            .spawn(move || ring(&rope, &tell, &collect))
            .map_err(|fault| PyRuntimeError::new_err(fault.to_string()))?;
        let create_future = event_loop.getattr("create_future")?.unbind();
        Ok(Self { create_future, desk, process: std::process::id() })
    }

    /// Begins a call: the future that its answer comes to, and its number.
    fn begin(&self, py: Python<'_>, pending: &Pending) -> PyResult<(Py<PyAny>, u64)> {
        let future = self.create_future.call0(py)?;
        let call = pending.take()?;
        let number = {
            let mut open = hold(&self.desk.open);
            open.last += 1;
            open.last
        };
        let waker = Waker::from(Arc::new(Knock { number, rope: Arc::clone(&self.desk.rope) }));
        let begun = Begun { call, waker, future: future.clone_ref(py) };
        self.desk.ask(py, vec![(number, begun)])?;
        Ok((future, number))
    }

    /// Stops waiting for a call; what was asked goes on by itself.
    fn leave(&self, py: Python<'_>, number: u64) {
        let left = hold(&self.desk.open).calls.remove(&number);
        if left.is_some() {
            py.detach(|| drop(left));
        }
    }

    /// How many calls were woken and not looked at yet.
    fn ready(&self) -> usize {
        hold(&self.desk.rope.pulled).ready.len()
    }

    /// How many calls are under way.
    fn waiting(&self) -> usize {
        hold(&self.desk.open).calls.len()
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        if std::process::id() == self.process {
            hold(&self.desk.rope.pulled).over = true;
            self.desk.rope.pull.notify_one();
        } else {
            // The calls are the parent's, and so is whoever held the lock while it forked.
            std::mem::forget(Arc::clone(&self.desk));
        }
    }
}

/// What the loop calls when it was told.
#[pyclass(frozen, module = "tillkit._tillkit")]
struct Collect(Arc<Desk>);

#[pymethods]
impl Collect {
    fn __call__(&self, py: Python<'_>) -> PyResult<()> {
        let ready = {
            let mut pulled = hold(&self.0.rope.pulled);
            pulled.told = false;
            std::mem::take(&mut pulled.ready)
        };
        let mut open = hold(&self.0.open);
        // A call that was left or answered meanwhile is not there any more.
        let woken =
            ready.into_iter().filter_map(|number| Some((number, open.calls.remove(&number)?)));
        let woken: Vec<_> = woken.collect();
        drop(open);
        self.0.ask(py, woken)
    }
}

impl Desk {
    /// Asks calls for their answers, and hands over those that are there. The interpreter is free
    /// while they are asked.
    fn ask(&self, py: Python<'_>, calls: Vec<(u64, Begun)>) -> PyResult<()> {
        let mut answered = Vec::new();
        py.detach(|| {
            for (number, mut begun) in calls {
                let mut context = Context::from_waker(&begun.waker);
                match begun.call.as_mut().poll(&mut context) {
                    Poll::Ready(answer) => answered.push((begun.future, answer)),
                    Poll::Pending => drop(hold(&self.open).calls.insert(number, begun)),
                }
            }
        });
        answered.into_iter().try_for_each(|(future, answer)| hand_over(py, &future, answer))
    }
}

/// A future that was cancelled takes no answer.
fn hand_over(py: Python<'_>, future: &Py<PyAny>, answer: Answer<Shown>) -> PyResult<()> {
    if future.call_method0(py, "done")?.is_truthy(py)? {
        return Ok(());
    }
    match shown(py, answer) {
        Ok(value) => future.call_method1(py, "set_result", (value,))?,
        Err(error) => future.call_method1(py, "set_exception", (error,))?,
    };
    Ok(())
}

/// The bell's thread: waits until something was woken, and tells the loop once.
fn ring(rope: &Rope, tell: &Py<PyAny>, collect: &Py<PyAny>) {
    loop {
        let mut pulled = hold(&rope.pulled);
        while !pulled.over && (pulled.told || pulled.ready.is_empty()) {
            pulled = rope.pull.wait(pulled).unwrap_or_else(PoisonError::into_inner);
        }
        if pulled.over {
            return;
        }
        pulled.told = true;
        drop(pulled);
        // A loop that is closed, or an interpreter at its end, has nobody left to be told.
        if !matches!(Python::try_attach(|py| tell.call1(py, (collect,)).is_ok()), Some(true)) {
            return;
        }
    }
}

/// Whoever panicked while it held the lock left nothing half done.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
