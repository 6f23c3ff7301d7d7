//! A terminal's own stream of events: how it is read is the host's, what it says is a hint.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tillkit_model::ids::AccountName;
use tillkit_model::time::SECOND_MS;

use super::take_in;
use crate::errand::Line;
use crate::shell::Runner;

/// The events of a terminal in the shop, as the host reads them from the device.
pub trait TerminalStream: Send + Sync {
    /// The bytes of the next event; none where the stream broke off, and it is asked again after a
    /// pause. It may be dropped at any time.
    fn next(&self) -> Pin<Box<dyn Future<Output = Option<Vec<u8>>> + Send + '_>>;
}

/// After a stream broke off.
const PAUSE_MS: u64 = 5 * SECOND_MS;
/// How often to see whether anybody still listens.
const BREATH_MS: u64 = 60 * SECOND_MS;

impl Line {
    /// Passes on what a terminal says, until nobody holds this line any more or the shell ends.
    pub(crate) fn tend_stream(
        self: &Arc<Self>,
        account: AccountName,
        stream: Arc<dyn TerminalStream>,
        runner: &Runner,
    ) {
        let (line, own) = (Arc::downgrade(self), runner.clone());
        runner.spawn(async move {
            loop {
                let event = own.within(BREATH_MS, stream.next()).await;
                let Some(held) = line.upgrade() else { return };
                match event {
                    None => {}
                    Some(None) => own.pause(PAUSE_MS).await,
                    // What cannot be read, or not be kept, is found by looking all the same.
                    Some(Some(event)) => {
                        if let Ok(notice) = held.desk.streamed(&event) {
                            take_in(&held, &own, &account, notice).await.ok();
                        }
                    }
                }
            }
        });
    }
}
