//! The offers of all providers, for those who cannot read the registry: Markdown for people.

use super::{Capabilities, Offer, Presence, registry};
use crate::money::{Currency, Money};
use crate::payment::manners::{Absence, Manner, Manners};
use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};

/// What every provider can do in each of its modes, its limits, times and manners.
#[must_use]
pub fn capabilities_markdown() -> String {
    let columns: Vec<Column> = registry().iter().flat_map(columns).collect();
    let mut page = String::from(PREAMBLE);
    for (title, rows) in SECTIONS {
        page.push_str(&format!("\n## {title}\n\n{}", table(&columns, rows)));
    }
    page
}

const PREAMBLE: &str = "# Capabilities

Generated from the offers in `core/model/src/provider/registry.rs`: the very data by which a sale, an
operation or an errand is refused before anything is sent, with the error `unsupported` and the names of
provider and operation. `till.capabilities(account)` shows the same. How to add a column is in
`docs/adding-a-provider.md`.
";

/// One provider in one of its modes.
struct Column {
    title: String,
    offer: &'static Offer,
}

fn columns(row: &'static super::Provider) -> Vec<Column> {
    let title = |offer: &Offer| match row.offers {
        [_] => row.name.to_owned(),
        _ => format!("{}, {}", row.name, offer.mode),
    };
    row.offers.iter().map(|offer| Column { title: title(offer), offer }).collect()
}

type Row = (&'static str, fn(&Capabilities, &Manners) -> String);

const SECTIONS: &[(&str, &[Row])] =
    &[("Sales", SALES), ("Beside payments", BESIDE), ("Times", TIMES), ("Manners", MANNERS)];

const SALES: &[Row] = &[
    ("names a terminal", |can, _| presence(can.terminal).to_owned()),
    ("currencies", |can, _| listed(can.currencies)),
    ("least amount", |can, _| limit(can.amount_min_minor, can.currencies)),
    ("greatest amount", |can, _| limit(can.amount_max_minor, can.currencies)),
    ("metadata", |can, _| {
        can.metadata_bytes_max.map_or_else(|| "no".to_owned(), |max| format!("{max} bytes"))
    }),
    ("manual capture", |can, _| yes(can.manual_capture)),
    ("capture of a part", |can, _| yes(can.partial_capture)),
    ("several captures of one hold", |_, how| yes(how.several_captures)),
    ("refund", |can, _| yes(can.refund)),
    ("refund of a part", |can, _| yes(can.partial_refund)),
    ("cancel", |can, _| yes(can.cancel)),
    ("release of what is held", |can, _| yes(can.release)),
    ("part payment", |can, _| yes(can.part_payment)),
    ("line items", |can, _| yes(can.items)),
    ("customer elsewhere", |can, _| yes(can.customer_absent)),
    ("scanned code", |can, _| yes(can.scanned_code)),
    ("conditions to answer", |can, _| yes(can.conditions)),
];

const BESIDE: &[Row] = &[
    ("list of terminals", |can, _| yes(can.beside.terminals)),
    ("notifications", |can, _| yes(can.beside.notifications)),
    ("subscriptions by its API", |can, _| yes(can.beside.subscriptions)),
    ("list to reconcile with", |can, _| yes(can.beside.reconcile)),
    ("end of day", |can, _| yes(can.beside.end_of_day)),
    ("list of what was notified", |can, _| yes(can.beside.recover_hints)),
];

const TIMES: &[Row] = &[
    ("nothing starts after", |_, how| span(how.times.start_by_ms)),
    ("expiry told to the provider", |_, how| {
        how.times.expires_ms.map_or_else(|| "takes none".to_owned(), span)
    }),
    ("outcome told by", |_, how| span(how.times.settle_by_ms)),
    ("first answer awaited for", |_, how| span(how.start.timeout_ms)),
    ("read every", |_, how| span(how.looking.poll_ms)),
    ("read densely for", |_, how| span(how.looking.dense_for_ms)),
    ("read until", |_, how| span(how.looking.until_ms)),
    ("a person is asked after", |_, how| span(how.looking.person_after_ms)),
    ("unpaid, voided after its expiry", |_, how| {
        how.void_after_expiry_ms.map_or_else(|| "never".to_owned(), span)
    }),
];

const MANNERS: &[Row] = &[
    ("start", |_, how| manner(how.start.manner)),
    ("replays of a start", |_, how| how.start.replays_max.to_string()),
    ("quiet after a lost answer", |_, how| span(how.start.quiet_gap_ms)),
    ("capture", |_, how| optional(how.capture)),
    ("refund", |_, how| optional(how.refund)),
    ("cancel", |_, how| optional(how.cancel)),
    ("release of what captures left", |_, how| optional(how.release)),
    ("look-up by our reference", |_, how| yes(how.look_up)),
    ("finding nothing is proof", |_, how| match how.absence {
        Absence::NeverProof => "never".to_owned(),
        Absence::ProofAfterExpiry { margin_ms } => format!("{} after expiry", span(margin_ms)),
    }),
    ("a signed hint that says taken counts alone after", |_, how| {
        match how.looking.hint_alone_after_ms {
            u64::MAX => "never".to_owned(),
            after_ms => span(after_ms),
        }
    }),
];

fn table(columns: &[Column], rows: &[Row]) -> String {
    let titles: String = columns.iter().map(|column| format!(" {} |", column.title)).collect();
    let mut table = format!("| |{titles}\n| --- |{}\n", " --- |".repeat(columns.len()));
    for (name, cell) in rows {
        let cells: String = columns
            .iter()
            .map(|Column { offer, .. }| format!(" {} |", cell(offer.capabilities, offer.manners)))
            .collect();
        table.push_str(&format!("| {name} |{cells}\n"));
    }
    table
}

fn yes(it_can: bool) -> String {
    if it_can { "yes" } else { "no" }.to_owned()
}

const fn presence(terminal: Presence) -> &'static str {
    match terminal {
        Presence::Required => "must",
        Presence::Optional => "may",
        Presence::Refused => "must not",
    }
}

fn listed(currencies: &[&str]) -> String {
    if currencies.is_empty() { "any".to_owned() } else { currencies.join(", ") }
}

/// In the currency's own digits where there is but one, else in minor units.
fn limit(minor: Option<i64>, currencies: &[&str]) -> String {
    let Some(minor) = minor else { return "none told".to_owned() };
    let only = match currencies {
        [only] => Currency::parse(only).ok(),
        _ => None,
    };
    let money = only.and_then(|currency| Money::from_minor(minor, currency).ok());
    money.map_or_else(|| format!("{minor} minor units"), |money| money.to_string())
}

fn optional(how: Option<Manner>) -> String {
    how.map_or_else(|| "none".to_owned(), manner)
}

fn manner(how: Manner) -> String {
    match how {
        Manner::Keyed { life_ms } => format!("keyed, for {}", span(life_ms)),
        Manner::SameEffect => "same effect".to_owned(),
        Manner::Once => "once".to_owned(),
    }
}

fn span(ms: u64) -> String {
    for (unit_ms, unit) in [(DAY_MS, "d"), (HOUR_MS, "h"), (MINUTE_MS, "min")] {
        if ms > unit_ms && ms.is_multiple_of(unit_ms) {
            return format!("{} {unit}", ms.checked_div(unit_ms).unwrap_or(0));
        }
    }
    match ms.checked_div(SECOND_MS) {
        Some(seconds) if ms.is_multiple_of(SECOND_MS) => format!("{seconds} s"),
        _ => format!("{ms} ms"),
    }
}
