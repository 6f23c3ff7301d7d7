//! Budgets as rows: what is left of each, and since when it has been filling.

use rusqlite::Connection;
use tillkit_model::engine::budget::{self, Draw, Drawn, Pot};
use tillkit_model::engine::store::{Failure, Look};
use tillkit_model::time::{BootId, Moment};

use super::{change, int, lease, uint};

/// Takes tokens out of a budget, which every process with a living lease may want some of.
pub(in super::super) fn draw(
    connection: &Connection,
    asked: &Draw,
    now: &Moment,
) -> Result<Drawn, Failure> {
    let before = find(connection, asked)?;
    let sharers = lease::living(connection, now)?;
    let (pot, drawn) = budget::draw(before.as_ref(), asked, sharers, now);
    keep(connection, asked, &pot)?;
    Ok(drawn)
}

fn find(connection: &Connection, asked: &Draw) -> Look<Pot> {
    let sql = "SELECT units, wall, up, boot FROM pots WHERE purse = ?1";
    let found = super::find(connection, sql, [asked.purse.bytes()], |row| {
        Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get::<_, i64>(2)?, row.get::<_, [u8; 8]>(3)?))
    })?;
    let Some((units, wall_ms, boot_ms, boot)) = found else { return Ok(None) };
    let units = uint(units, "what is left of a budget")?;
    let boot_ms = uint(boot_ms, "the time of a budget")?;
    let boot = BootId(u64::from_be_bytes(boot));
    Ok(Some(Pot { units, filled_at: Moment { wall_ms, boot_ms, boot } }))
}

fn keep(connection: &Connection, asked: &Draw, pot: &Pot) -> Result<(), Failure> {
    let sql = "INSERT OR REPLACE INTO pots (purse, units, wall, up, boot)
               VALUES (?1, ?2, ?3, ?4, ?5)";
    let Pot { units, filled_at: Moment { wall_ms, boot_ms, boot } } = *pot;
    let boot = boot.0.to_be_bytes();
    let row = (asked.purse.bytes(), int(units), wall_ms, int(boot_ms), boot);
    change(connection, sql, row).map(drop)
}
