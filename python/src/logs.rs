//! Log lines on their way to Python's `logging`, without ever waiting for the interpreter.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use pyo3::prelude::*;
use tillkit::transport::{Level, LogSink};

/// How many lines may wait; more are lost rather than a payment is held up.
const WAITING_MAX: usize = 4_096;

/// Hands lines to a thread that may wait for the interpreter.
pub struct Logs {
    lines: SyncSender<(u8, String)>,
    threshold: Arc<AtomicU8>,
}

impl Logs {
    /// To the logger `tillkit`. Its level is read now and with every line that is handed over.
    pub fn start(py: Python<'_>) -> PyResult<Arc<Self>> {
        let logger = py.import("logging")?.call_method1("getLogger", ("tillkit",))?;
        let threshold = Arc::new(AtomicU8::new(level_of(&logger)?));
        let (lines, waiting) = sync_channel(WAITING_MAX);
        let (logger, seen) = (logger.unbind(), Arc::clone(&threshold));
        let thread = std::thread::Builder::new().name("tillkit-log".to_owned());
        thread.spawn(move || pass_on(&waiting, &logger, &seen))?;
        Ok(Arc::new(Self { lines, threshold }))
    }
}

impl LogSink for Logs {
    fn wants(&self, level: Level) -> bool {
        number(level) >= self.threshold.load(Ordering::Relaxed)
    }

    fn line(&self, level: Level, line: &str) {
        if self.wants(level) {
            // Full, or nobody there any more: a log that is not read stops nothing.
            self.lines.try_send((number(level), line.to_owned())).ok();
        }
    }
}

/// As Python's `logging` counts.
fn number(level: Level) -> u8 {
    match level {
        Level::Debug => 10,
        Level::Warn => 30,
        Level::Error => 40,
        // A level that is not known counts as the one before.
        _ => 20,
    }
}

fn level_of(logger: &Bound<'_, PyAny>) -> PyResult<u8> {
    let level: i64 = logger.call_method0("getEffectiveLevel")?.extract()?;
    Ok(u8::try_from(level.clamp(0, 255)).unwrap_or(u8::MAX))
}

fn pass_on(waiting: &Receiver<(u8, String)>, logger: &Py<PyAny>, threshold: &AtomicU8) {
    while let Ok((level, line)) = waiting.recv() {
        let passed = Python::try_attach(|py| {
            let logger = logger.bind(py);
            // A handler that fails is Python's to tell, and no reason to stop.
            logger.call_method1("log", (level, "%s", line)).ok();
            threshold.store(level_of(logger).unwrap_or(20), Ordering::Relaxed);
        });
        if passed.is_none() {
            return;
        }
    }
}
