//! Who sees to it that a terminal shows again what is typed, even where the program is ended from
//! outside while it waits for a key.
//!
//! Waiting for a key blocks its thread, so signals are heard on another one. It stays from the
//! first question on, for a signal that is heard once never ends a program by itself again: after
//! the question the ward ends it as the system would have.

use std::io::{self, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::exit;
use crate::show::paint;
use crate::stop::ignores_hangup;

/// How a terminal that is quiet now was before.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);
/// Whether somebody hears signals already.
static HEARD: Mutex<bool> = Mutex::new(false);

/// A terminal that shows nothing, until this is dropped.
pub struct Quiet;

impl Quiet {
    /// From here on nothing is shown.
    pub fn begin() -> io::Result<Self> {
        hear()?;
        let mut before = hold(&BEFORE);
        let now = tcgetattr(rustix::stdio::stdin())?;
        let mut quiet = now.clone();
        quiet.local_modes &= !(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &quiet)?;
        *before = Some(now);
        Ok(Self)
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        show_again(&mut hold(&BEFORE), OptionalActions::Now);
    }
}

/// As it was before; false where it never was quiet.
fn show_again(before: &mut Option<Termios>, when: OptionalActions) -> bool {
    let Some(before) = before.take() else { return false };
    tcsetattr(rustix::stdio::stdin(), when, &before).ok();
    // The end of the line was not shown either.
    writeln!(io::stderr()).ok();
    true
}

/// Hears whoever ends the program, from the return of this on.
fn hear() -> io::Result<()> {
    let mut heard = hold(&HEARD);
    if *heard {
        return Ok(());
    }
    let (tell, told) = mpsc::channel();
    std::thread::Builder::new().name("till-ward".to_owned()).spawn(move || match set_up() {
        Ok((runtime, signals)) => {
            tell.send(Ok(())).ok();
            runtime.block_on(watch(signals));
        }
        Err(fault) => drop(tell.send(Err(fault))),
    })?;
    told.recv().map_err(io::Error::other)??;
    *heard = true;
    Ok(())
}

struct Signals {
    interrupted: Signal,
    terminated: Signal,
    hung_up: Option<Signal>,
}

fn set_up() -> io::Result<(tokio::runtime::Runtime, Signals)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let inside = runtime.enter();
    let signals = Signals {
        interrupted: signal(SignalKind::interrupt())?,
        terminated: signal(SignalKind::terminate())?,
        hung_up: if ignores_hangup() { None } else { Some(signal(SignalKind::hangup())?) },
    };
    drop(inside);
    Ok((runtime, signals))
}

async fn watch(mut signals: Signals) {
    loop {
        let hung_up = async {
            match &mut signals.hung_up {
                Some(signal) => drop(signal.recv().await),
                None => std::future::pending().await,
            }
        };
        let kind = tokio::select! {
            _ = signals.interrupted.recv() => SignalKind::interrupt(),
            _ = signals.terminated.recv() => SignalKind::terminate(),
            () = hung_up => SignalKind::hangup(),
        };
        ended_by(kind);
    }
}

/// Ends the program. An interruption after the question is for whoever heeds it.
fn ended_by(kind: SignalKind) {
    let mut before = hold(&BEFORE);
    // What was typed of the secret and nobody has read is for no other program either.
    if show_again(&mut before, OptionalActions::Flush) {
        let error = paint::bad("error:");
        let mut err = anstream::stderr();
        writeln!(err, "{error} broken off at the question: nothing was done").ok();
        std::process::exit(exit::FAILED.into());
    }
    if kind != SignalKind::interrupt() {
        std::process::exit(ENDED_BY + kind.as_raw_value());
    }
}

/// What a shell adds to a signal's number.
const ENDED_BY: i32 = 128;

fn hold<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}
