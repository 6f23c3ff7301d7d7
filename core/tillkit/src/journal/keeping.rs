//! What a person asks of a journal: lists, copies, checks, pruning, and the word that ends restored
//! mode. Every call blocks until the disk has answered.

use std::path::Path;
use std::sync::Arc;

use tillkit_model::engine::history;
use tillkit_model::engine::store::{Failure, FailureKind};
use tillkit_model::ids::InstallationId;
use tillkit_model::payment::Payment;
use tillkit_model::time::{Entropy, Moment};

use super::Journal;
use super::failure::{failure, of_file, of_sqlite};
use super::fault::{Faults, Point};
use super::ready::Ready;
use super::record::Note;
use super::sqlite::check::{Report, check};
use super::sqlite::known::Known;
use super::sqlite::list::{Page, Query, page};
use super::sqlite::prune::{self, Progress};
use super::sqlite::read;
use super::sqlite::schema::{self, State};
use super::sqlite::write::Batch;
use super::writer::Writer;
use super::{file, forking};

/// What a pruning came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pruned {
    /// How many payments became tombstones.
    pub payments: u64,
    /// Payments that could not be read; they stay as they are.
    pub unreadable: Vec<Failure>,
}

type Summary = Arc<dyn Fn(&Payment) -> String + Send + Sync>;

impl Journal {
    /// Whether the journal is in restored mode.
    ///
    /// # Errors
    /// When it cannot tell.
    pub fn is_restored(&self) -> Result<bool, Failure> {
        self.read(|connection| Ok(State::load(connection)?.restored))
    }

    /// A person acknowledges that the journal went back in time: from here on it sells again, as an
    /// installation of its own. False where there is nothing to acknowledge.
    ///
    /// # Errors
    /// When the reason is empty, or the disk says no; then the journal stays restored.
    pub fn acknowledge(
        &self,
        reason: &str,
        now: &Moment,
        entropy: &mut dyn Entropy,
    ) -> Result<bool, Failure> {
        if reason.trim().is_empty() {
            let text = "reason: must not be empty: say why this journal may sell again";
            return Err(failure(FailureKind::Other, text));
        }
        let installation = InstallationId::new(entropy);
        let note = Note::Acknowledged { reason: reason.into(), installation, at: *now };
        let now = *now;
        self.run(move |writer| acknowledge(writer, installation, &note, &now))
    }

    /// Payments, newest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn payments(&self, query: &Query) -> Result<Page, Failure> {
        self.read(|connection| page(connection, query))
    }

    /// Turns payments that are settled and were last touched before this time into tombstones,
    /// which keep identity, charges, sale and the summary that is made of them here.
    ///
    /// # Errors
    /// When the disk says no, or the journal is in restored mode; what was pruned stays pruned.
    pub fn prune(
        &self,
        settled_before_wall_ms: i64,
        now: &Moment,
        summary: impl Fn(&Payment) -> String + Send + Sync + 'static,
    ) -> Result<Pruned, Failure> {
        let summary: Summary = Arc::new(summary);
        let (mut pruned, mut progress) = (Pruned::default(), Some(Progress::START));
        while let Some(after) = progress {
            let (summary, at) = (Arc::clone(&summary), *now);
            let (step, next) = self.run(move |writer| {
                prune_some(writer, settled_before_wall_ms, at, &after, &*summary)
            })?;
            pruned.payments = pruned.payments.saturating_add(step.payments);
            pruned.unreadable.extend(step.unreadable);
            progress = next;
        }
        Ok(pruned)
    }

    /// Writes a consistent copy to a path where nothing is yet, and puts it there when it is whole.
    /// The copy opens in restored mode, wherever it is put.
    ///
    /// # Errors
    /// When the path is taken or the disk says no.
    pub fn copy(&self, to: impl AsRef<Path>) -> Result<(), Failure> {
        self.shared.sender()?;
        let to = to.as_ref();
        let cannot = |error: std::io::Error| of_file("the copy cannot be written", &error);
        let taken = || failure(FailureKind::Other, "there is a file at the copy's path already");
        if to.try_exists().map_err(cannot)? {
            return Err(taken());
        }
        let faults = self.run(|writer| Ok(writer.faults.clone()))?;
        let unfinished = file::beside(to, ".unfinished");
        // One that nobody finished may be lying there, with what SQLite keeps beside it.
        for left in [&unfinished, &file::beside(&unfinished, "-journal")] {
            file::remove(left).map_err(cannot)?;
        }
        if !file::create_empty(&unfinished).map_err(cannot)? {
            return Err(taken());
        }
        self.copy_whole(&unfinished, &faults)?;
        file::sync(&unfinished).map_err(cannot)?;
        faults.reach(Point::AfterCommit)?;
        if file::put_in_place(&unfinished, to).map_err(cannot)? { Ok(()) } else { Err(taken()) }
    }

    fn copy_whole(&self, to: &Path, faults: &Faults) -> Result<(), Failure> {
        let _gate = forking::pass();
        let source = schema::connect(self.shared.place.path(), BUSY_MS)?;
        let text = to.to_str().ok_or_else(|| {
            failure(FailureKind::Other, "the copy's path must be text: choose another name")
        })?;
        source.execute("VACUUM INTO ?1", [text]).map_err(of_sqlite)?;
        faults.reach(Point::BeforeCommit)?;
        let copy = schema::connect(to, BUSY_MS)?;
        let mut state = State::load(&copy)?;
        state.restored = true;
        state.save(&copy)
    }

    /// Walks the whole journal and tells what does not add up.
    ///
    /// # Errors
    /// When it cannot even be walked.
    pub fn check(&self) -> Result<Report, Failure> {
        self.read(check)
    }
}

/// How long a copy waits for a writer.
const BUSY_MS: u64 = 5_000;

/// The new mark is announced before the commit and adopted after it, so that an opening in between
/// finds one that agrees.
fn acknowledge(
    writer: &mut Writer,
    installation: InstallationId,
    note: &Note,
    now: &Moment,
) -> Result<bool, Failure> {
    writer.awake()?;
    let transaction = schema::begin(&mut writer.connection)?;
    let mut batch = Batch::begin(&transaction, Known::default())?;
    if !batch.state().restored {
        return Ok(false);
    }
    batch.state().restored = false;
    batch.state().installation = installation;
    batch.note(note)?;
    lose_history(&mut batch, now)?;
    let Some((mark, _)) = batch.end()? else { return Ok(false) };
    writer.mark.announce(&mark)?;
    writer.faults.reach(Point::BeforeCommit)?;
    transaction.commit().map_err(of_sqlite)?;
    writer.faults.reach(Point::AfterCommit)?;
    writer.mark.adopt(installation)?;
    Ok(true)
}

/// Payments may have gone on in the part that is lost: they are not certain any more that nothing
/// else happened.
fn lose_history(batch: &mut Batch<'_>, now: &Moment) -> Result<(), Failure> {
    for id in read::reached_by_a_loss(batch.connection(), now)? {
        let Some((payment, row)) = read::readable(batch.connection(), id) else { continue };
        if let Some(append) = history::lost(&payment, &row, now)
            && let Err(refusal) = batch.append(&Ready::of(append)?, now)?
        {
            let detail = format!("payment {} takes no fact: {refusal:?}", payment.id);
            return Err(failure(FailureKind::Other, &detail));
        }
    }
    Ok(())
}

/// Prunes the next few, and tells where to go on.
fn prune_some(
    writer: &mut Writer,
    before_wall_ms: i64,
    at: Moment,
    after: &Progress,
    summary: &dyn Fn(&Payment) -> String,
) -> Result<(Pruned, Option<Progress>), Failure> {
    let mark = writer.mark.clone();
    writer.write(|batch| {
        let mut pruned = Pruned::default();
        if batch.state().restored {
            let text = "the journal is in restored mode: acknowledge that before pruning";
            return Err(failure(FailureKind::Other, text));
        }
        let candidates = prune::candidates(batch.connection(), before_wall_ms, after)?;
        let Some(last) = candidates.last().copied() else { return Ok((pruned, None)) };
        // What the mark points to must still be found after a crash: so it points behind all of
        // these.
        mark.advance(&batch.state().mark())?;
        for candidate in &candidates {
            match prune::resting(batch.connection(), candidate) {
                Ok(None) => {}
                Ok(Some((kept, payment))) => {
                    prune::bury(batch.connection(), kept, &payment, summary(&payment))?;
                    pruned.payments = pruned.payments.saturating_add(1);
                }
                Err(unreadable) => pruned.unreadable.push(unreadable),
            }
        }
        if pruned.payments > 0 {
            batch.note(&Note::Pruned { payments: pruned.payments, before_wall_ms, at })?;
        }
        Ok((pruned, Some(last)))
    })
}
