//! Lists of payments, newest first, a page at a time.

use rusqlite::Connection;
use tillkit_model::engine::store::{Failure, Row};
use tillkit_model::ids::PaymentId;

use super::row::{COLUMNS, RawRow};

/// The most rows that one page looks at, so that no page scans the whole journal.
const LOOKED_AT_MAX: u32 = 10_000;

/// Which payments to list. Ids are made in the order of time, so the newest come first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// Only those of this account.
    pub account: Option<Box<str>>,
    /// Only those that are unsettled, or only those that are settled.
    pub unsettled: Option<bool>,
    /// Only those with this outcome.
    pub outcome: Option<Box<str>>,
    /// Only attempts under this reference, on whatever day.
    pub reference: Option<Box<str>>,
    /// Only those that the till called for at this moment or later, in milliseconds since 1970.
    pub from_ms: Option<i64>,
    /// Only those that the till called for before this moment.
    pub to_ms: Option<i64>,
    /// Only those before this one: where the page before said to go on.
    pub before: Option<PaymentId>,
    /// The most that one page holds.
    pub limit: u32,
}

/// Some payments, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Newest first. A page may hold fewer than asked for and still not be the last.
    pub payments: Vec<Listed>,
    /// What to say as `before` for the next page; none after the last.
    pub next: Option<PaymentId>,
}

/// One payment of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Which payment.
    pub id: PaymentId,
    /// Its row; a damaged one is listed as such, never left out.
    pub row: Result<Row, Failure>,
    /// Only its tombstone is left.
    pub pruned: bool,
}

/// How long after its call a payment's id may have been made.
const MADE_LATER_MS: i64 = 60 * 60 * 1_000;

/// One page.
pub(in super::super) fn page(connection: &Connection, query: &Query) -> Result<Page, Failure> {
    let latest = query.to_ms.map(|to_ms| to_ms.saturating_add(MADE_LATER_MS));
    let before = query.before.into_iter().chain(latest.map(PaymentId::earliest_at)).min();
    let before = before.map_or([0xff; 16], |before| *before.bytes());
    let filter = match query.unsettled {
        Some(true) => "unsettled = 1 AND",
        Some(false) => "unsettled = 0 AND",
        None => "",
    };
    let sql =
        format!("SELECT {COLUMNS} FROM payments WHERE {filter} id < ?1 ORDER BY id DESC LIMIT ?2");
    let rows = super::list(connection, &sql, (before, LOOKED_AT_MAX), RawRow::read)?;
    let cut_off = u32::try_from(rows.len()).is_ok_and(|looked_at| looked_at == LOOKED_AT_MAX);
    let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let mut page = Page { payments: Vec::new(), next: None };
    let mut last = None;
    for raw in rows {
        if page.payments.len() >= limit {
            page.next = last;
            return Ok(page);
        }
        let id = raw.id();
        // Ids are in the order of their moments, and none is made before its call.
        if query.from_ms.is_some_and(|from_ms| id.made_at_ms() < from_ms) {
            return Ok(page);
        }
        last = Some(id);
        page.payments.extend(listed(raw, query));
    }
    page.next = last.filter(|_| cut_off);
    Ok(page)
}

fn listed(raw: RawRow, query: &Query) -> Option<Listed> {
    let id = raw.id();
    let kept = match raw.checked() {
        Ok(kept) => kept,
        Err(failure) => return Some(Listed { id, row: Err(failure), pruned: false }),
    };
    wanted(&kept.row, query).then_some(Listed { id, row: Ok(kept.row), pruned: kept.pruned })
}

fn wanted(row: &Row, query: &Query) -> bool {
    let asked =
        |wanted: &Option<Box<str>>, is: &str| wanted.as_ref().is_none_or(|wanted| &**wanted == is);
    asked(&query.account, &row.account)
        && asked(&query.outcome, &row.outcome)
        && asked(&query.reference, row.identity.reference())
        && query.from_ms.is_none_or(|from_ms| row.created_wall_ms >= from_ms)
        && query.to_ms.is_none_or(|to_ms| row.created_wall_ms < to_ms)
}
