//! The shell round a puppet: what every part promises, whatever the machine decides.

mod calls;
mod clocks;
mod disk;
mod endings;
mod wire;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use tillkit_model::engine::conformance::samples;
use tillkit_model::engine::port::{Input, Output, Token};
use tillkit_model::engine::store::{Append, Store};
use tillkit_model::ids::AccountName;
use tillkit_model::payment::Driver;
use tillkit_model::time::{Clock, Moment};

use super::testing::MemoryJournal;
use super::{Machine, Parts, Settings, Shell, Stores};
use crate::transport::{Endpoint, Reach, Scripted, Silent, Transport};

type Play = dyn FnMut(&Input) -> Vec<Output> + Send;

/// A machine that does what the test says at each input.
struct Puppet {
    play: Box<Play>,
    heard: Sender<Input>,
    outputs: Vec<Output>,
    wakes: Arc<Mutex<Vec<u64>>>,
}

impl Machine for Puppet {
    fn handle(&mut self, input: Input, now: &Moment) {
        if matches!(input, Input::Woken) {
            self.wakes.lock().unwrap().retain(|wake| *wake > now.boot_ms);
        }
        self.outputs.extend((self.play)(&input));
        self.heard.send(input).ok();
    }

    fn take_outputs(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.outputs)
    }

    fn next_wake_ms(&self, now: &Moment) -> Option<u64> {
        let next = self.wakes.lock().unwrap().iter().min().copied();
        next.map(|wake| wake.saturating_sub(now.boot_ms))
    }
}

/// A shell round a puppet, and everything that the puppet hears.
struct Stage {
    shell: Shell,
    heard: Receiver<Input>,
    wakes: Arc<Mutex<Vec<u64>>>,
}

/// What the stage is built from; a test changes what it is about.
struct Props {
    stores: Stores,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    settings: Settings,
}

impl Props {
    fn new() -> Self {
        Self {
            stores: Stores { writer: Box::new(MemoryJournal::new()), readers: Vec::new() },
            transport: Arc::new(Scripted::playing([])),
            clock: Arc::new(Still),
            settings: Settings { watch_ms: 5, ..Settings::default() },
        }
    }

    fn on_stage(self, play: impl FnMut(&Input) -> Vec<Output> + Send + 'static) -> Stage {
        let (heard, hearing) = channel();
        let wakes = Arc::new(Mutex::new(Vec::new()));
        let machine =
            Puppet { play: Box::new(play), heard, outputs: Vec::new(), wakes: Arc::clone(&wakes) };
        let shell = Shell::start(Parts {
            machine,
            stores: self.stores,
            transport: self.transport,
            clock: self.clock,
            log: Arc::new(Silent),
            settings: self.settings,
        })
        .unwrap();
        Stage { shell, heard: hearing, wakes }
    }
}

impl Stage {
    /// The next input that fits; others are passed over. The test runner's own limit ends a wait in
    /// vain.
    fn hear<T>(&self, fits: impl Fn(Input) -> Option<T>) -> T {
        loop {
            if let Some(fitting) = fits(self.heard.recv().unwrap()) {
                return fitting;
            }
        }
    }
}

/// A clock that stands at the suite's begin.
struct Still;

impl Clock for Still {
    fn now(&self) -> Moment {
        samples::moment(0)
    }
}

fn account() -> AccountName {
    AccountName::parse(samples::ACCOUNT).unwrap()
}

fn endpoint() -> Endpoint {
    Endpoint::parse("http://127.0.0.1:9", Reach::Internet).unwrap()
}

fn append(token: u64, append: Append) -> Output {
    Output::Ask {
        token: Token(token),
        ask: tillkit_model::engine::port::Ask::Append(Box::new(append)),
    }
}

/// The lease of the suite's process `n`.
fn lease_for(journal: &MemoryJournal, n: u8) -> Driver {
    journal.clone().lease(samples::process(n), &samples::moment(0)).unwrap()
}
