//! Reading: found, absent and failed are three answers, and whatever is handed out was checked.

use rusqlite::Connection;
use sha2::{Digest, Sha256};
use tillkit_model::engine::history;
use tillkit_model::engine::store::{
    Failure, IdentityKey, Look, Row, Stored, Surroundings, TerminalKey, Tombstone,
};
use tillkit_model::ids::{ChargeId, PaymentId};
use tillkit_model::payment::Payment;
use tillkit_model::payment::apply::apply;
use tillkit_model::payment::event::Event;
use tillkit_model::time::Moment;

use super::super::failure::{corrupt, of_sqlite};
use super::super::record::{Checksum, Record, Subject, encoded, shortened};
use super::row::Kept;
use super::schema::State;
use super::{change, find, int, list, records, write};

/// One payment, alive or as its tombstone.
pub(in super::super) fn payment(connection: &Connection, id: PaymentId) -> Look<Stored> {
    snapshot(connection, |connection| stored(connection, id))
}

/// All attempts of a sale and whoever holds the terminal, in one snapshot.
pub(in super::super) fn surroundings(
    connection: &Connection,
    identity: &IdentityKey,
    terminal: Option<&TerminalKey>,
) -> Result<Surroundings, Failure> {
    snapshot(connection, |connection| {
        let sql = "SELECT id FROM payments WHERE sale = ?1 ORDER BY attempt";
        let ids = list(connection, sql, [&identity.sale], |row| row.get(0))?;
        let mut around = Surroundings::default();
        for id in ids.into_iter().map(PaymentId::from_bytes) {
            around.attempts.push(certain(stored(connection, id)?, id)?);
        }
        let holder = terminal.map(|terminal| write::holder(connection, terminal)).transpose()?;
        if let Some(id) = holder.flatten() {
            match certain(stored(connection, id)?, id)? {
                Stored::Live(payment) => around.holders.push(*payment),
                Stored::Tombstone(_) => {
                    return Err(corrupt(format!("payment {id} was pruned and holds a terminal")));
                }
            }
        }
        Ok(around)
    })
}

/// The events of a payment whose records are all there.
pub(in super::super) fn events(connection: &Connection, id: PaymentId) -> Look<Vec<Event>> {
    snapshot(connection, |connection| {
        let kept = Kept::find(connection, id)?.filter(|kept| !kept.pruned);
        let Some(kept) = kept else { return Ok(None) };
        let records = records::of_payment(connection, id, kept.sequence)?;
        records.iter().map(Record::event).collect::<Result<_, _>>().map(Some)
    })
}

/// One payment of an account, one that can be read if there is any among the first few: a damaged
/// one stops itself and not its account. Every identity begins with the account's name and a space,
/// as [`tillkit_model::identity::key`] makes it, and identities are indexed.
pub(in super::super) fn any_of_account(connection: &Connection, account: &str) -> Look<PaymentId> {
    snapshot(connection, |connection| {
        let (from, to) = (format!("{account} "), format!("{account}!"));
        let sql = "SELECT id FROM payments WHERE sale >= ?1 AND sale < ?2 LIMIT 64";
        let ids = list(connection, sql, (from, to), |row| row.get(0).map(PaymentId::from_bytes))?;
        let readable = ids.iter().find(|id| stored(connection, **id).is_ok());
        Ok(readable.or(ids.first()).copied())
    })
}

/// The payment of an account's charge.
pub(in super::super) fn by_charge(
    connection: &Connection,
    account: &str,
    charge: &ChargeId,
) -> Look<PaymentId> {
    let sql = "SELECT payment FROM charges WHERE account = ?1 AND charge = ?2";
    find(connection, sql, (account, charge.as_str()), |row| row.get(0).map(PaymentId::from_bytes))
}

/// The unsettled payments of an account, by index.
pub(in super::super) fn unsettled(
    connection: &Connection,
    account: &str,
) -> Result<Vec<PaymentId>, Failure> {
    let sql = "SELECT id FROM payments WHERE unsettled = 1 AND account = ?1 ORDER BY id";
    list(connection, sql, [account], |row| row.get(0).map(PaymentId::from_bytes))
}

/// The payments that a loss of history reaches, by index and inside the caller's transaction:
/// whatever is unsettled, and what came to rest last.
pub(in super::super) fn reached_by_a_loss(
    connection: &Connection,
    now: &Moment,
) -> Result<Vec<PaymentId>, Failure> {
    let sql = "SELECT id FROM payments WHERE unsettled = 1 ORDER BY id";
    let mut reached = list(connection, sql, [], |row| row.get(0).map(PaymentId::from_bytes))?;
    let sql = "SELECT max(rested) FROM payments WHERE rested IS NOT NULL AND pruned = 0";
    let latest: Option<i64> = find(connection, sql, [], |row| row.get(0))?.flatten();
    let Some(latest) = latest else { return Ok(reached) };
    let from = history::reached_from_wall_ms(latest, now);
    let sql = "SELECT id FROM payments WHERE rested IS NOT NULL AND pruned = 0 AND rested >= ?1
        ORDER BY rested DESC, id DESC LIMIT ?2";
    let values = (from, history::LOOK_BACK_MAX);
    reached.extend(list(connection, sql, values, |row| row.get(0).map(PaymentId::from_bytes))?);
    Ok(reached)
}

/// A payment that can be read and is no tombstone. A damaged one is stopped, and stays so.
pub(in super::super) fn readable(connection: &Connection, id: PaymentId) -> Option<(Payment, Row)> {
    let kept = Kept::find(connection, id).ok()?.filter(|kept| !kept.pruned)?;
    let payment = live(connection, &kept).ok()?;
    Some((payment, kept.row))
}

/// Who changed after a point, and where the journal ends.
pub(in super::super) fn changes(
    connection: &Connection,
    after: u64,
) -> Result<(Vec<PaymentId>, u64), Failure> {
    snapshot(connection, |connection| {
        let end = State::load(connection)?.number;
        let sql = "SELECT DISTINCT subject FROM records WHERE number > ?1 ORDER BY subject";
        let subjects = list(connection, sql, [int(after)], |row| row.get(0))?;
        let payments = subjects.into_iter().filter_map(|bytes| match Subject::from_bytes(bytes) {
            Subject::Payment(payment) => Some(payment),
            Subject::Journal => None,
        });
        Ok((payments.collect(), end))
    })
}

/// Everything that one look sees is of one instant.
pub(in super::super) fn snapshot<T>(
    connection: &Connection,
    look: impl FnOnce(&Connection) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let transaction = connection.unchecked_transaction().map_err(of_sqlite)?;
    let seen = look(&transaction)?;
    transaction.commit().map_err(of_sqlite)?;
    Ok(seen)
}

fn stored(connection: &Connection, id: PaymentId) -> Look<Stored> {
    match Kept::find(connection, id)? {
        Some(kept) if kept.pruned => {
            Ok(Some(Stored::Tombstone(Box::new(tombstone(connection, id)?))))
        }
        Some(kept) => Ok(Some(Stored::Live(Box::new(live(connection, &kept)?)))),
        // A row that was lost must not read as a payment that never was.
        None if records::has_any(connection, id)? => {
            Err(corrupt(format!("payment {id} has records and no row")))
        }
        None => Ok(None),
    }
}

/// The fold of a payment's events, each record checked.
pub(super) fn live(connection: &Connection, kept: &Kept) -> Result<Payment, Failure> {
    let records = records::of_payment(connection, kept.id, kept.sequence)?;
    let folded = records.iter().try_fold(None, |state, record| {
        let event = record.event()?;
        apply(state, &event)
            .map(Some)
            .map_err(|misfit| corrupt(format!("record {} does not fit: {misfit}", record.number)))
    })?;
    folded
        .filter(|payment| payment.id == kept.id)
        .ok_or_else(|| corrupt(format!("the records of payment {} tell of another", kept.id)))
}

/// What was kept of a pruned payment.
pub(super) fn tombstone(connection: &Connection, id: PaymentId) -> Result<Tombstone, Failure> {
    let sql = "SELECT body, checksum FROM tombstones WHERE id = ?1";
    let found = find(connection, sql, [id.bytes()], |row| {
        Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Checksum>(1)?))
    })?;
    let damaged = || corrupt(format!("the tombstone of payment {id} is damaged"));
    let (body, checksum) = found.ok_or_else(damaged)?;
    if checksum_of(&body) != checksum {
        return Err(damaged());
    }
    serde_json::from_slice(&body).map_err(|_| damaged())
}

/// Writes what is kept of a pruned payment.
pub(super) fn bury(connection: &Connection, tombstone: &Tombstone) -> Result<(), Failure> {
    let body = encoded(tombstone)?;
    let sql = "INSERT INTO tombstones VALUES (?1, ?2, ?3)";
    change(connection, sql, (tombstone.id.bytes(), &body, checksum_of(&body))).map(drop)
}

fn checksum_of(body: &[u8]) -> Checksum {
    shortened(&Sha256::digest(body).into())
}

fn certain(stored: Option<Stored>, id: PaymentId) -> Result<Stored, Failure> {
    stored.ok_or_else(|| corrupt(format!("an index names payment {id}, which has no row")))
}
