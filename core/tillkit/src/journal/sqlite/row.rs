//! The payments' rows: what can be found without reading a payment's events, each row checked.

use rusqlite::{Connection, Row as SqlRow};
use sha2::{Digest, Sha256};
use tillkit_model::engine::admit::Standing;
use tillkit_model::engine::store::{Failure, IdentityKey, Look, Row, TerminalKey};
use tillkit_model::ids::{ChargeId, PaymentId, ProcessId};
use tillkit_model::payment::Driver;

use super::super::failure::corrupt;
use super::super::record::{Checksum, encoded, shortened};
use super::{change, find, int, uint};

macro_rules! columns {
    () => {
        "id, sequence, sale, attempt, account, holds, released, unsettled,
    process, epoch, charges, outcome, created, rested, pruned, checksum"
    };
}

/// The columns, in the order that [`RawRow::read`] expects.
pub(super) const COLUMNS: &str = columns!();

/// A payment's row, with what the journal alone knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Kept {
    /// Whose row.
    pub(in super::super) id: PaymentId,
    /// How many events it has.
    pub(in super::super) sequence: u64,
    /// The engine's row.
    pub(in super::super) row: Row,
    /// Another sale took its terminal.
    pub(in super::super) released: bool,
    /// Since when it has been settled and untouched.
    pub(in super::super) rested_wall_ms: Option<i64>,
    /// Only its tombstone is left.
    pub(in super::super) pruned: bool,
}

impl Kept {
    /// The row of a payment.
    pub(in super::super) fn find(connection: &Connection, id: PaymentId) -> Look<Self> {
        let sql = concat!("SELECT ", columns!(), " FROM payments WHERE id = ?1");
        find(connection, sql, [id.bytes()], RawRow::read)?.map(RawRow::checked).transpose()
    }

    /// What an append to it is judged against.
    pub(super) fn standing(&self) -> Standing {
        Standing {
            sequence: self.sequence,
            identity: self.row.identity.clone(),
            driver: self.row.driver,
            released: self.released,
            pruned: self.pruned,
        }
    }

    /// Writes a row that is new.
    pub(super) fn insert(&self, connection: &Connection) -> Result<(), Failure> {
        let sql = "INSERT INTO payments VALUES
            (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
        self.write(connection, sql)
    }

    /// Writes over the row that is there.
    pub(super) fn update(&self, connection: &Connection) -> Result<(), Failure> {
        let sql = "UPDATE payments SET sequence = ?2, sale = ?3, attempt = ?4, account = ?5,
            holds = ?6, released = ?7, unsettled = ?8, process = ?9, epoch = ?10, charges = ?11,
            outcome = ?12, created = ?13, rested = ?14, pruned = ?15, checksum = ?16
            WHERE id = ?1";
        self.write(connection, sql)
    }

    /// Writes over the row that was there before, without touching an index that stays as it is:
    /// the identity never changes, and most appends change nothing that a payment is found by.
    pub(super) fn update_from(
        &self,
        before: &Self,
        connection: &Connection,
    ) -> Result<(), Failure> {
        let place = |kept: &Self| (kept.row.unsettled, kept.rested_wall_ms, kept.pruned);
        let stays = place(self) == place(before)
            && self.row.holds == before.row.holds
            && self.row.account == before.row.account;
        if self.row.identity != before.row.identity {
            self.update(connection)
        } else if stays {
            let sql = "UPDATE payments SET sequence = ?2, released = ?7, process = ?9, epoch = ?10,
                charges = ?11, outcome = ?12, created = ?13, checksum = ?16 WHERE id = ?1";
            self.write(connection, sql)
        } else {
            let sql = "UPDATE payments SET sequence = ?2, account = ?5, holds = ?6, released = ?7,
                unsettled = ?8, process = ?9, epoch = ?10, charges = ?11, outcome = ?12,
                created = ?13, rested = ?14, pruned = ?15, checksum = ?16 WHERE id = ?1";
            self.write(connection, sql)
        }
    }

    fn write(&self, connection: &Connection, sql: &str) -> Result<(), Failure> {
        let Row { identity, account, holds, unsettled, driver, charges, outcome, created_wall_ms } =
            &self.row;
        let charges = text(encoded(charges)?)?;
        let values = rusqlite::params![
            self.id.bytes(),
            int(self.sequence),
            identity.sale,
            identity.attempt,
            account,
            holds.as_ref().map(|terminal| &terminal.0),
            self.released,
            unsettled,
            driver.process.bytes(),
            int(driver.epoch),
            charges,
            outcome,
            created_wall_ms,
            self.rested_wall_ms,
            self.pruned,
            self.checksum(&charges),
        ];
        change(connection, sql, values).map(drop)
    }

    /// Over every column, each with its length before it, so that no two rows read alike.
    fn checksum(&self, charges: &str) -> Checksum {
        let row = &self.row;
        let holds = row.holds.as_ref().map(|terminal| terminal.0.as_bytes());
        let mut hasher = Sha256::new();
        let mut field = |bytes: &[u8]| {
            hasher.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(bytes);
        };
        field(self.id.bytes());
        field(&self.sequence.to_be_bytes());
        field(row.identity.sale.as_bytes());
        field(&row.identity.attempt.to_be_bytes());
        field(row.account.as_bytes());
        field(&[u8::from(holds.is_some())]);
        field(holds.unwrap_or_default());
        field(&[self.released, row.unsettled, self.pruned].map(u8::from));
        field(row.driver.process.bytes());
        field(&row.driver.epoch.to_be_bytes());
        field(charges.as_bytes());
        field(row.outcome.as_bytes());
        field(&row.created_wall_ms.to_be_bytes());
        field(&self.rested_wall_ms.unwrap_or(i64::MIN).to_be_bytes());
        shortened(&hasher.finalize().into())
    }
}

/// A row as SQLite hands it out.
pub(super) struct RawRow {
    id: [u8; 16],
    sequence: i64,
    sale: String,
    attempt: u32,
    account: String,
    holds: Option<String>,
    released: bool,
    unsettled: bool,
    process: [u8; 16],
    epoch: i64,
    charges: String,
    outcome: String,
    created: i64,
    rested: Option<i64>,
    pruned: bool,
    checksum: Checksum,
}

impl RawRow {
    pub(super) fn read(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            sequence: row.get(1)?,
            sale: row.get(2)?,
            attempt: row.get(3)?,
            account: row.get(4)?,
            holds: row.get(5)?,
            released: row.get(6)?,
            unsettled: row.get(7)?,
            process: row.get(8)?,
            epoch: row.get(9)?,
            charges: row.get(10)?,
            outcome: row.get(11)?,
            created: row.get(12)?,
            rested: row.get(13)?,
            pruned: row.get(14)?,
            checksum: row.get(15)?,
        })
    }

    pub(super) const fn id(&self) -> PaymentId {
        PaymentId::from_bytes(self.id)
    }

    pub(super) fn checked(self) -> Result<Kept, Failure> {
        let id = self.id();
        let damaged = || corrupt(format!("the row of payment {id} is damaged"));
        let charges: Vec<ChargeId> = serde_json::from_str(&self.charges).map_err(|_| damaged())?;
        let process = ProcessId::from_bytes(self.process);
        let row = Row {
            identity: IdentityKey { sale: self.sale.into(), attempt: self.attempt },
            account: self.account.into(),
            holds: self.holds.map(|terminal| TerminalKey(terminal.into())),
            unsettled: self.unsettled,
            driver: Driver { process, epoch: uint(self.epoch, "the epoch of a driver")? },
            charges,
            outcome: self.outcome.into(),
            created_wall_ms: self.created,
        };
        let kept = Kept {
            id,
            sequence: uint(self.sequence, "the sequence of a payment")?,
            row,
            released: self.released,
            rested_wall_ms: self.rested,
            pruned: self.pruned,
        };
        if kept.checksum(&self.charges) == self.checksum { Ok(kept) } else { Err(damaged()) }
    }
}

fn text(bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|_| corrupt("JSON is text"))
}
