//! The shelf as rows: credentials, claims, notices and hints. Nothing here touches a record.

use rusqlite::Connection;
use tillkit_model::engine::store::{Failure, Look};
use tillkit_model::ids::PaymentId;
use tillkit_model::provider::Hint;
use tillkit_model::time::{BootId, Moment};

use super::super::failure::corrupt;
use super::super::shelf::{Claim, HINTS_MAX, KeptHint, SHELF_LIFE_MS, Sealed, hint_of, hint_text};
use super::{change, find, int, list, uint};

/// How many matched hints are told at once.
const MATCHES_MAX: u32 = 100;

pub(in super::super) fn sealed(connection: &Connection, account: &str) -> Look<Sealed> {
    let sql = "SELECT version, sealed FROM credentials WHERE account = ?1";
    let found = find(connection, sql, [account], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))?;
    let Some((version, bytes)) = found else { return Ok(None) };
    Ok(Some(Sealed { version: uint(version, "the version of credentials")?, bytes }))
}

pub(in super::super) fn seal(
    connection: &Connection,
    account: &str,
    after: u64,
    bytes: &[u8],
) -> Result<bool, Failure> {
    let known = sealed(connection, account)?.map_or(0, |sealed| sealed.version);
    if known != after {
        return Ok(false);
    }
    let sql = "INSERT OR REPLACE INTO credentials VALUES (?1, ?2, ?3)";
    change(connection, sql, (account, int(after.saturating_add(1)), bytes))?;
    Ok(true)
}

pub(in super::super) fn claim(
    connection: &Connection,
    claim: &Claim,
    now: &Moment,
) -> Result<bool, Failure> {
    let sql = "SELECT wall, up, boot, life FROM claims WHERE work = ?1";
    let held = find(connection, sql, [&claim.work], |row| {
        let times = (row.get(0)?, row.get::<_, i64>(1)?, row.get::<_, [u8; 8]>(2)?);
        Ok((times, row.get::<_, i64>(3)?))
    })?;
    if let Some(((wall_ms, boot_ms, boot), life_ms)) = held {
        let boot = BootId(u64::from_be_bytes(boot));
        let since = Moment { wall_ms, boot_ms: uint(boot_ms, "the time of a claim")?, boot };
        if !now.has_surely_passed(&since, uint(life_ms, "the life of a claim")?) {
            return Ok(false);
        }
    }
    let sql = "INSERT OR REPLACE INTO claims VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let boot = now.boot.0.to_be_bytes();
    let (since, life) = ((now.wall_ms, int(now.boot_ms)), int(claim.life_ms));
    let claimant = claim.claimant.bytes();
    change(connection, sql, (&claim.work, claimant, since.0, since.1, boot, life))?;
    Ok(true)
}

pub(in super::super) fn unclaim(connection: &Connection, claim: &Claim) -> Result<(), Failure> {
    let sql = "DELETE FROM claims WHERE work = ?1 AND claimant = ?2";
    change(connection, sql, (&claim.work, claim.claimant.bytes())).map(drop)
}

pub(in super::super) fn knows_notice(
    connection: &Connection,
    account: &str,
    id: &str,
) -> Result<bool, Failure> {
    let sql = "SELECT 1 FROM notices WHERE account = ?1 AND id = ?2";
    Ok(find(connection, sql, (account, id), |row| row.get::<_, i64>(0))?.is_some())
}

pub(in super::super) fn keep_notice(
    connection: &Connection,
    account: &str,
    id: &str,
    now: &Moment,
) -> Result<(), Failure> {
    change(connection, "DELETE FROM notices WHERE came < ?1", [oldest_wall_ms(now)])?;
    let sql = "INSERT OR IGNORE INTO notices VALUES (?1, ?2, ?3)";
    change(connection, sql, (account, id, now.wall_ms)).map(drop)
}

/// The oldest make room: those that came too long ago, and then whatever is too many.
pub(in super::super) fn keep_hint(
    connection: &Connection,
    account: &str,
    hint: &Hint,
    now: &Moment,
) -> Result<(), Failure> {
    change(connection, "DELETE FROM hints WHERE came < ?1", [oldest_wall_ms(now)])?;
    let sql = "INSERT OR IGNORE INTO hints (account, payment, charge, body, came)
        VALUES (?1, ?2, ?3, ?4, ?5)";
    let payment = hint.payment.as_ref().map(PaymentId::bytes);
    let charge = hint.sighting.charge.as_str();
    change(connection, sql, (account, payment, charge, hint_text(hint), now.wall_ms))?;
    let sql = "DELETE FROM hints WHERE account = ?1 AND number <= (
        SELECT number FROM hints WHERE account = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)";
    change(connection, sql, (account, HINTS_MAX)).map(drop)
}

pub(in super::super) fn matched_hints(
    connection: &Connection,
    account: &str,
) -> Result<Vec<KeptHint>, Failure> {
    let sql = "SELECT number, body FROM hints AS hint WHERE account = ?1 AND (
            EXISTS (SELECT 1 FROM charges WHERE charges.account = hint.account
                AND charges.charge = hint.charge)
            OR EXISTS (SELECT 1 FROM payments WHERE payments.id = hint.payment
                AND payments.account = hint.account))
        ORDER BY number LIMIT ?2";
    let rows = list(connection, sql, (account, MATCHES_MAX), |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
    })?;
    rows.into_iter()
        .map(|(number, text)| {
            let hint = hint_of(&text).ok_or_else(|| corrupt("a kept hint cannot be read"))?;
            Ok(KeptHint { number: uint(number, "the number of a hint")?, hint })
        })
        .collect()
}

pub(in super::super) fn newest_hint_wall_ms(connection: &Connection, account: &str) -> Look<i64> {
    let sql = "SELECT came FROM hints WHERE account = ?1 ORDER BY number DESC LIMIT 1";
    find(connection, sql, [account], |row| row.get(0))
}

pub(in super::super) fn forget_hint(connection: &Connection, number: u64) -> Result<(), Failure> {
    change(connection, "DELETE FROM hints WHERE number = ?1", [int(number)]).map(drop)
}

fn oldest_wall_ms(now: &Moment) -> i64 {
    now.wall_ms.saturating_sub_unsigned(SHELF_LIFE_MS)
}
