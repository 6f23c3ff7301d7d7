//! What a demo has to put away, however it is left: a second process, a till, a folder.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;
use tillkit::till::Till;
use tillkit_simulator::server::{Options, Simulator};
use tokio::process::Child;

use super::PACE;
use crate::failure::Failure;
use crate::opening::hurried;
use crate::surroundings::Hurry;

/// Where a demo plays. It is put away in the end, in an order in which nobody writes into what is
/// gone.
pub struct Props {
    pub simulator: Simulator,
    folder: TempDir,
    till: RefCell<Option<Arc<Till>>>,
    /// Processes whose end nobody has awaited.
    left: RefCell<Vec<Child>>,
}

impl Props {
    /// Sets a simulator up, and makes a folder.
    pub fn set_up() -> Result<Self, Failure> {
        let no_room = |fault: std::io::Error| {
            Failure::said("no-stage", format!("the demo cannot be set up here: {fault}"))
        };
        let options = Options { pace: PACE, ..Options::default() };
        let simulator = Simulator::start(options).map_err(no_room)?;
        let folder = tempfile::Builder::new().prefix("till-demo-").tempdir().map_err(no_room)?;
        Ok(Self { simulator, folder, till: RefCell::default(), left: RefCell::default() })
    }

    /// The journal.
    pub fn journal(&self) -> PathBuf {
        self.folder.path().join("till.db")
    }

    /// The simulator's clock, by which both sides live.
    pub fn hurry(&self) -> Hurry {
        Hurry { clock: self.simulator.control().clock(), pace: PACE }
    }

    /// Opens the till.
    pub async fn open(&self) -> Result<Arc<Till>, Failure> {
        let till = Arc::new(hurried(&self.journal(), [], &self.hurry()).await?);
        self.till.replace(Some(Arc::clone(&till)));
        Ok(till)
    }

    /// Takes over a process that somebody has started and does not await any more.
    pub fn take_over(&self, process: Child) {
        self.left.borrow_mut().push(process);
    }

    /// Puts everything away. No process lives and no till writes when the folder goes.
    pub async fn put_away(self) {
        for mut process in self.left.take() {
            // One that has ended by itself needs no killing.
            process.kill().await.ok();
        }
        if let Some(till) = self.till.take() {
            // Closed before is closed too.
            till.close().await.ok();
        }
    }
}
