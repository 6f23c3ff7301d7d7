//! A terminal's own stream of events: how it is read is the host's, what it says is a hint.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Weak};
use std::task::Poll;

use tillkit_model::ids::AccountName;
use tillkit_model::time::SECOND_MS;

use super::take_in;
use crate::errand::{Line, LineEnd};
use crate::shell::Runner;

/// The events of a terminal in the shop, as the host reads them from the device.
pub trait TerminalStream: Send + Sync {
    /// The bytes of the next event; none where the stream broke off, and it is asked again after a
    /// pause. It may be dropped at any time.
    fn next(&self) -> Pin<Box<dyn Future<Output = Option<Vec<u8>>> + Send + '_>>;
}

/// After a stream broke off.
const PAUSE_MS: u64 = 5 * SECOND_MS;

impl Line {
    /// Passes on what a terminal says, until nobody holds this line any more or the shell ends.
    pub(crate) fn tend_stream(
        self: &Arc<Self>,
        account: AccountName,
        stream: Arc<dyn TerminalStream>,
        runner: &Runner,
    ) {
        let (line, own, end) = (Arc::downgrade(self), runner.clone(), self.end());
        runner.spawn(async move {
            while let Some((held, event)) = heard(&line, end.clone(), stream.as_ref()).await {
                let Some(event) = event else {
                    drop(held);
                    own.pause(PAUSE_MS).await;
                    continue;
                };
                // What cannot be read, or not be kept, is found by looking all the same.
                if let Ok(notice) = held.desk.streamed(&event) {
                    take_in(&held, &own, &account, notice).await.ok();
                }
            }
        });
    }
}

/// The next event, and the line to pass it on by; none once nobody holds that. The line is held
/// before the event is taken, so that none is taken by a task that has nowhere to bring it: the
/// next connection's would never see it.
async fn heard(
    line: &Weak<Line>,
    end: LineEnd,
    stream: &dyn TerminalStream,
) -> Option<(Arc<Line>, Option<Vec<u8>>)> {
    let (mut next, mut end) = (stream.next(), pin!(end.come()));
    poll_fn(|context| {
        // It wakes this task when the line ends.
        let _ = end.as_mut().poll(context);
        let Some(held) = line.upgrade() else { return Poll::Ready(None) };
        next.as_mut().poll(context).map(|event| Some((held, event)))
    })
    .await
}
