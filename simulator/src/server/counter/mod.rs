//! The counter: a page with four terminals on it, and a till that sells through the product.
//!
//! Everything that is paid here goes through a real [`Till`] on a real
//! journal, which reaches the fakes over loopback like any other; what customers do, and what goes
//! wrong, goes through the [`Control`](super::Control) that every test has. So the page decides
//! nothing, and shows what a program of one's own would see. It is served at `/` by the simulator
//! itself.

mod asks;
mod compare;
mod desk;
mod live;
mod page;
mod shop;
mod view;

#[cfg(test)]
mod tests;

use std::future::Future;
use std::io;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use tillkit::till::{Error, Till};
use tillkit_model::error::Code;

use super::{Hall, Simulator};
use desk::{Desk, Seller};

/// A counter that is open; dropping it closes its till and takes the page down.
pub struct Counter {
    desk: Arc<Desk>,
    hall: Arc<Hall>,
    url: String,
    /// Gone when the counter is, with the journal in it.
    _folder: Option<TempDir>,
}

impl Counter {
    /// Opens a counter at a running simulator. Its journal is `till.db` in this folder, made where
    /// there is none; without a folder it is a temporary one. From here on a person holds one
    /// terminal of each provider, and the till is notified by all of them.
    ///
    /// # Errors
    /// When the journal cannot be opened, as the till says it; `internal` where the system gives no
    /// folder or no threads.
    pub fn open(simulator: &Simulator, folder: Option<&Path>) -> Result<Self, Error> {
        let hall = Arc::clone(simulator.control().hall());
        let temporary = match folder {
            Some(_) => None,
            None => Some(TempDir::new().map_err(|fault| of_system("a temporary folder", &fault))?),
        };
        let folder = temporary.as_ref().map(TempDir::path).or(folder).unwrap_or(Path::new("."));
        let till = shop::open_till(&folder.join("till.db"), &hall)?;
        let desk = Arc::new(Desk::new(till, simulator.control().clone(), simulator.address()));
        wait_for(desk.move_in())??;
        hall.annex.build(Arc::clone(&desk) as Arc<dyn super::annex::Annex>);
        let url = format!("http://{}/", simulator.address());
        Ok(Self { desk, hall, url, _folder: temporary })
    }

    /// From here on the payments of another till of this program are shown like the counter's own.
    /// It lives by the simulator's clock, and its accounts are named like the providers, with this
    /// before.
    pub fn joined_by(&self, till: Arc<Till>, prefix: &'static str) {
        self.desk.joined_by(Seller { till, prefix });
        self.hall.stir();
    }

    /// Whoever watches the page is shown what such a till has done since.
    pub fn look_again(&self) {
        self.hall.stir();
    }

    /// Where the page is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.hall.annex.clear();
        // Whoever watches the page still holds the desk; its till is closed all the same.
        wait_for(self.desk.close()).ok();
    }
}

/// Waits on a thread of its own: the caller may be inside a runtime, where one may not wait.
fn wait_for<T: Send>(work: impl Future<Output = T> + Send) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|fault| of_system("a runtime", &fault))?;
    std::thread::scope(|scope| {
        let waiting = scope.spawn(move || runtime.block_on(work));
        waiting.join().map_err(|_| Error::new(Code::Internal))
    })
}

fn of_system(what: &str, fault: &io::Error) -> Error {
    Error::new(Code::Internal).message(format!("the system does not give {what}: {fault}"))
}
