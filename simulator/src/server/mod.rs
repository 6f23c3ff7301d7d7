//! The providers' HTTP APIs on loopback, over real sockets, with a hand on every lever.
//!
//! The same fakes as in the simulated world stand behind it, so both tell one story. Each provider
//! lives below its own path: `http://127.0.0.1:PORT/qonto`, and so on. Below `/control` a test, or
//! a person, decides what customers do, what gets lost, how late it is, and looks into the
//! provider's own ledger. Nothing here listens on anything but this machine.

#[cfg(feature = "counter")]
mod annex;
mod booth;
mod clock;
mod control;
#[cfg(feature = "counter")]
pub mod counter;
mod dates;
mod door;
mod faults;
mod hands;
mod http;
mod masks;
mod notify;
pub mod stands;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use tokio::sync::{oneshot, watch};

/// What a test has to know to be let in at each provider.
pub mod doors {
    /// Centrapay.
    pub mod centrapay {
        pub use super::super::door::centrapay::{
            ACCOUNT, API_KEY, APP_CODE, CONDITION_CODE, CONFIG, LIST_RIGHT, MERCHANT, PART_CODE,
            QUICK_CODE,
        };
    }
    /// Dintero.
    pub mod dintero {
        pub use super::super::door::dintero::{
            ACCOUNT, CLIENT_ID, CLIENT_SECRET, PAYOUT_DESTINATION, PROFILE, STORE, terminal,
        };
    }
    /// Qonto.
    pub mod qonto {
        pub use super::super::door::qonto::{ACCESS_TOKEN, terminal};
    }
    /// VINR, in the cloud and at the terminal.
    pub mod vinr {
        pub use super::super::door::vinr::{API_KEY, DEVICE_CERTIFICATE, terminal};
    }
}

pub use booth::{Exchanged, Wanted};
pub use control::Control;
pub use faults::{Fault, Loss, Planned};
pub use hands::{Deed, Held, How, Moment, Screen};
pub use notify::Target;

use booth::Booth;
use clock::Clock;

/// How a simulator is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The port; 0 takes a free one.
    pub port: u16,
    /// How many times faster than the wall's its clock goes: keys, customers, expiries, retries.
    pub pace: u32,
    /// From which everything is drawn that nobody scripted.
    pub seed: u64,
    /// Whether an answer takes as long as a provider works on it; at once unless said.
    pub works: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { port: 0, pace: 1, seed: 1, works: false }
    }
}

/// A running simulator; it stops when it is dropped.
pub struct Simulator {
    address: SocketAddr,
    control: Control,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What all requests share.
struct Hall {
    booths: BTreeMap<&'static str, Mutex<Booth>>,
    clock: Arc<Clock>,
    /// Counts what happened, for those who watch.
    stirred: watch::Sender<u64>,
    #[cfg(feature = "counter")]
    annex: annex::Place,
}

impl Hall {
    /// Something happened that somebody may want to see.
    fn stir(&self) {
        self.stirred.send_modify(|count| *count += 1);
    }
}

impl Simulator {
    /// Starts it on a thread of its own.
    ///
    /// # Errors
    /// When the port is taken, or no thread can be had.
    pub fn start(options: Options) -> io::Result<Self> {
        // First, for a runtime that is left again may not end inside the caller's own.
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let hall = Arc::new(Hall {
            booths: door::all()
                .into_iter()
                .map(|(name, door)| {
                    (name, Mutex::new(Booth::new(name, door, options.seed, options.works)))
                })
                .collect(),
            clock: Arc::new(Clock::new(options.pace)),
            stirred: watch::Sender::new(0),
            #[cfg(feature = "counter")]
            annex: annex::Place::default(),
        });
        let control = Control::new(Arc::clone(&hall));
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread =
            std::thread::Builder::new().name("tillkit-simulator".into()).spawn(move || {
                runtime.block_on(http::serve(listener, hall, stopped));
            })?;
        Ok(Self { address, control, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The providers that it has.
    pub fn providers(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.control.providers()
    }

    /// The base address of a provider's API.
    #[must_use]
    pub fn base_url(&self, provider: &str) -> String {
        format!("http://{}/{provider}", self.address)
    }

    /// The levers.
    #[must_use]
    pub const fn control(&self) -> &Control {
        &self.control
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.send(()).ok();
        }
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}
