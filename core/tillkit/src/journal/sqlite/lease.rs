//! Leases as rows: which process may write permits, and since when it has not been heard.

use rusqlite::Connection;
use tillkit_model::engine::lease::{self, Lease};
use tillkit_model::engine::store::{Failure, Look};
use tillkit_model::ids::ProcessId;
use tillkit_model::payment::Driver;
use tillkit_model::time::{BootId, Moment};

use super::super::failure::corrupt;
use super::{change, int, uint};

/// The lease of exactly that driver.
pub(in super::super) fn find(connection: &Connection, driver: Driver) -> Look<Lease> {
    let sql = "SELECT wall, up, boot FROM leases WHERE epoch = ?1 AND process = ?2";
    let key = (int(driver.epoch), driver.process.bytes());
    let found = super::find(connection, sql, key, |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?, row.get::<_, [u8; 8]>(2)?))
    })?;
    let Some((wall_ms, boot_ms, boot)) = found else { return Ok(None) };
    let boot_ms = uint(boot_ms, "the time of a heartbeat")?;
    let boot = BootId(u64::from_be_bytes(boot));
    Ok(Some(Lease { driver, beat_at: Moment { wall_ms, boot_ms, boot } }))
}

/// Gives out a lease. Those that are over make room: to be over and to be gone are the same.
pub(in super::super) fn give(
    connection: &Connection,
    process: ProcessId,
    now: &Moment,
) -> Result<Driver, Failure> {
    for driver in all(connection)? {
        if is_over(connection, driver, now)? {
            release(connection, driver)?;
        }
    }
    let sql = "INSERT INTO leases (process, wall, up, boot) VALUES (?1, ?2, ?3, ?4)";
    let boot = now.boot.0.to_be_bytes();
    change(connection, sql, (process.bytes(), now.wall_ms, int(now.boot_ms), boot))?;
    let epoch = uint(connection.last_insert_rowid(), "the epoch of a lease")?;
    Ok(Driver { process, epoch })
}

/// Prolongs a lease that is still held.
pub(in super::super) fn beat(
    connection: &Connection,
    driver: Driver,
    now: &Moment,
) -> Result<bool, Failure> {
    if !lease::is_held(find(connection, driver)?.as_ref(), driver, now) {
        return Ok(false);
    }
    let sql = "UPDATE leases SET wall = ?1, up = ?2, boot = ?3 WHERE epoch = ?4";
    let boot = now.boot.0.to_be_bytes();
    let changed =
        change(connection, sql, (now.wall_ms, int(now.boot_ms), boot, int(driver.epoch)))?;
    if changed == 1 { Ok(true) } else { Err(corrupt("a lease was read and cannot be found")) }
}

/// Ends a lease.
pub(in super::super) fn release(connection: &Connection, driver: Driver) -> Result<(), Failure> {
    let sql = "DELETE FROM leases WHERE epoch = ?1 AND process = ?2";
    change(connection, sql, (int(driver.epoch), driver.process.bytes())).map(drop)
}

/// Whether a lease is over for certain.
pub(in super::super) fn is_over(
    connection: &Connection,
    driver: Driver,
    now: &Moment,
) -> Result<bool, Failure> {
    Ok(lease::is_over(find(connection, driver)?.as_ref(), now))
}

/// How many leases are not over for certain.
pub(super) fn living(connection: &Connection, now: &Moment) -> Result<u32, Failure> {
    let mut living = 0_u32;
    for driver in all(connection)? {
        living = living.saturating_add((!is_over(connection, driver, now)?).into());
    }
    Ok(living)
}

fn all(connection: &Connection) -> Result<Vec<Driver>, Failure> {
    let sql = "SELECT process, epoch FROM leases";
    let rows = super::list(connection, sql, [], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?;
    rows.into_iter()
        .map(|(process, epoch)| {
            let epoch = uint(epoch, "the epoch of a lease")?;
            Ok(Driver { process: ProcessId::from_bytes(process), epoch })
        })
        .collect()
}
