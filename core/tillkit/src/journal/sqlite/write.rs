//! One batch of appends inside one transaction: each judged against what those before it left, the
//! good ones written.

use rusqlite::Connection;
use tillkit_model::engine::admit::{Admitted, Holdings, Standing, admit};
use tillkit_model::engine::lease::Lease;
use tillkit_model::engine::opening::Mark;
use tillkit_model::engine::store::{Append, Failure, IdentityKey, Look, Refusal, TerminalKey};
use tillkit_model::ids::PaymentId;
use tillkit_model::payment::Driver;
use tillkit_model::time::Moment;

use super::super::ready::Ready;
use super::super::record::{Note, Record, Subject, encoded};
use super::known::Known;
use super::row::Kept;
use super::schema::State;
use super::{change, find, lease, records};

/// Appends in the making. Nothing of it is durable before the transaction around it commits.
pub(in super::super) struct Batch<'c> {
    connection: &'c Connection,
    state: State,
    /// Rows that need not be read.
    known: Known,
    /// The row that the judge asked for last, so that it is read once.
    found: Option<Kept>,
    records: u64,
    /// The lease that was asked for last: inside the transaction it cannot change.
    leased: Option<(Driver, Option<Lease>)>,
}

impl<'c> Batch<'c> {
    /// Begins where the journal ends.
    pub(in super::super) fn begin(
        connection: &'c Connection,
        known: Known,
    ) -> Result<Self, Failure> {
        let state = State::load(connection)?;
        Ok(Self { connection, state, known, found: None, records: 0, leased: None })
    }

    /// Judges one append, and writes it if it is good.
    ///
    /// # Errors
    /// When writing failed: then nothing of the batch may be committed. A refusal is no such error.
    pub(in super::super) fn append(
        &mut self,
        ready: &Ready,
        now: &Moment,
    ) -> Result<Result<(), Refusal>, Failure> {
        let Ready { append, bodies } = ready;
        let connection = self.connection;
        self.found = None;
        match admit(append, self, now) {
            Ok(Admitted { holds }) => {
                let before = self.found.take();
                self.release_terminal(append, holds)?;
                let kept = write_row(connection, append, holds, before.as_ref())?;
                write_charges(connection, append, before.as_ref())?;
                self.known.keep(kept);
                self.write_events(append, bodies)?;
                Ok(Ok(()))
            }
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// Records what the journal did with itself.
    pub(in super::super) fn note(&mut self, note: &Note) -> Result<(), Failure> {
        let number = self.state.number.saturating_add(1);
        self.record(Subject::Journal, number, encoded(note)?)
    }

    /// The tables that the batch writes to.
    pub(in super::super) const fn connection(&self) -> &'c Connection {
        self.connection
    }

    /// What the journal says of itself; changes are kept when the batch ends.
    pub(in super::super) const fn state(&mut self) -> &mut State {
        &mut self.state
    }

    /// Ends the batch: where the mark has to be after the commit, and what is known from then on;
    /// none if nothing was written.
    pub(in super::super) fn end(self) -> Result<Option<(Mark, Known)>, Failure> {
        if self.records == 0 {
            return Ok(None);
        }
        self.state.save(self.connection)?;
        Ok(Some((self.state.mark(), self.known)))
    }

    /// Takes the terminal from a holder that the cashier has looked at.
    fn release_terminal(&mut self, append: &Append, holds: bool) -> Result<(), Failure> {
        let connection = self.connection;
        let Some(terminal) = append.row.holds.as_ref().filter(|_| holds) else { return Ok(()) };
        if append.releases.is_empty() {
            return Ok(());
        }
        let Some(holder) = holder(connection, terminal)? else { return Ok(()) };
        if !append.releases.contains(&holder) {
            return Ok(());
        }
        self.known.take(holder);
        let Some(mut kept) = Kept::find(connection, holder)? else { return Ok(()) };
        kept.row.holds = None;
        kept.released = true;
        kept.update(connection)
    }

    fn write_events(&mut self, append: &Append, bodies: &[Vec<u8>]) -> Result<(), Failure> {
        let subject = Subject::Payment(append.payment);
        let mut sequence = append.expected;
        for body in bodies {
            sequence = sequence.saturating_add(1);
            self.record(subject, sequence, body.clone())?;
        }
        Ok(())
    }

    fn record(&mut self, subject: Subject, sequence: u64, body: Vec<u8>) -> Result<(), Failure> {
        let number = self.state.number.saturating_add(1);
        let (record, hash) = Record::sealed(number, subject, sequence, body, self.state.hash);
        records::add(self.connection, &record)?;
        self.state.number = number;
        self.state.hash = hash;
        self.records = self.records.saturating_add(1);
        Ok(())
    }
}

fn write_row(
    connection: &Connection,
    append: &Append,
    holds: bool,
    before: Option<&Kept>,
) -> Result<Kept, Failure> {
    let added = u64::try_from(append.events.len()).unwrap_or(u64::MAX);
    let mut row = append.row.clone();
    row.holds = row.holds.filter(|_| holds);
    let kept = Kept {
        id: append.payment,
        sequence: append.expected.saturating_add(added),
        rested_wall_ms: (!row.unsettled).then_some(append.at.wall_ms),
        released: before.is_some_and(|before| before.released),
        pruned: false,
        row,
    };
    match before {
        None => kept.insert(connection)?,
        Some(before) => kept.update_from(before, connection)?,
    }
    Ok(kept)
}

/// A charge belongs to the first payment that showed it.
fn write_charges(
    connection: &Connection,
    append: &Append,
    before: Option<&Kept>,
) -> Result<(), Failure> {
    let known = before.map_or(&[][..], |before| &before.row.charges);
    let sql = "INSERT OR IGNORE INTO charges VALUES (?1, ?2, ?3)";
    for charge in append.row.charges.iter().filter(|charge| !known.contains(charge)) {
        change(connection, sql, (&append.row.account, charge.as_str(), append.payment.bytes()))?;
    }
    Ok(())
}

/// Which payment holds a terminal.
pub(super) fn holder(connection: &Connection, terminal: &TerminalKey) -> Look<PaymentId> {
    let sql = "SELECT id FROM payments WHERE holds = ?1";
    find(connection, sql, [&terminal.0], |row| row.get(0).map(PaymentId::from_bytes))
}

impl Holdings for Batch<'_> {
    fn restored(&mut self) -> Result<bool, Failure> {
        Ok(self.state.restored)
    }

    fn standing(&mut self, payment: PaymentId) -> Look<Standing> {
        self.found = match self.known.take(payment) {
            None => Kept::find(self.connection, payment)?,
            known => known,
        };
        Ok(self.found.as_ref().map(Kept::standing))
    }

    fn owner(&mut self, identity: &IdentityKey) -> Look<PaymentId> {
        let sql = "SELECT id FROM payments WHERE sale = ?1 AND attempt = ?2";
        find(self.connection, sql, (&identity.sale, identity.attempt), |row| {
            row.get(0).map(PaymentId::from_bytes)
        })
    }

    fn holder(&mut self, terminal: &TerminalKey) -> Look<PaymentId> {
        // Only one row holds a terminal; the judge has often just read it.
        let judged = self.found.as_ref().filter(|kept| kept.row.holds.as_ref() == Some(terminal));
        if let Some(kept) = judged {
            return Ok(Some(kept.id));
        }
        holder(self.connection, terminal)
    }

    fn lease(&mut self, driver: Driver) -> Look<Lease> {
        if let Some((known, lease)) = self.leased
            && known == driver
        {
            return Ok(lease);
        }
        let lease = lease::find(self.connection, driver)?;
        self.leased = Some((driver, lease));
        Ok(lease)
    }
}
