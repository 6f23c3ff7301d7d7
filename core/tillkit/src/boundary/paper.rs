//! What is printed: receipts, the report of a period, and how it compares with the provider's list.

use serde::Serialize;
use tillkit_model::payment::details::{Entry, Holder};
use tillkit_model::payment::stage::Stage;
use tillkit_model::payment::view::Outcome;
use tillkit_model::sale::Item as ModelItem;

use super::failure::Answer;
use super::payment::{Amounts, Asset, Money, Operation, ReceiptText, text};
use crate::receipt::{Layout as TillLayout, Receipt as TillReceipt};
use crate::report::{
    Agreement, Difference as TillDifference, Group, Period, Reconciliation as TillReconciliation,
    Report as TillReport, Row, Sum, Theirs as TillTheirs, Total, Unreadable as TillUnreadable,
};

/// A receipt to be set in lines; its record is what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper(TillReceipt);

/// What a customer is handed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Our id of the payment.
    pub payment: String,
    /// The host's name for the account.
    pub account: String,
    /// Through which provider.
    pub provider: String,
    /// The device, where the flow has one.
    pub terminal: Option<String>,
    /// The till's own name for the sale.
    pub reference: String,
    /// Which try it was.
    pub attempt: u32,
    /// How it ended, as far as is known.
    pub outcome: Outcome,
    /// Whether it proves that money was taken.
    pub is_proof: bool,
    /// How much of what.
    pub amounts: Amounts,
    /// The approval may yet be reversed.
    pub provisional: bool,
    /// What was bought, where the till said so.
    pub items: Vec<ReceiptItem>,
    /// The card's scheme, as the provider spells it.
    pub scheme: Option<String>,
    /// The card's last four digits.
    pub last_four: Option<String>,
    /// How the card or code was read.
    pub entry: Option<Entry>,
    /// What it was paid with, in the provider's own kinds.
    pub assets: Vec<Asset>,
    /// The provider's ids of it.
    pub charges: Vec<String>,
    /// The provider's second id, by which it is refunded.
    pub transaction: Option<String>,
    /// A short name that a customer can read out when asking for a refund.
    pub short_code: Option<String>,
    /// Captures and refunds.
    pub operations: Vec<Operation>,
    /// The provider's own receipt texts.
    pub texts: Vec<ReceiptText>,
    /// When the till called, in milliseconds since 1970.
    pub created_at_ms: i64,
}

/// One line of what was bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptItem {
    /// What it is.
    pub name: String,
    /// The shop's own number for it.
    pub sku: Option<String>,
    /// How many, as decimal text.
    pub quantity: String,
    /// The whole line, tax and discount included.
    pub amount: Money,
    /// The tax within, in percent, as decimal text.
    pub tax_percent: Option<String>,
    /// What was taken off, already subtracted.
    pub discount: Option<Money>,
}

/// How a receipt is set in lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// How many columns a line has, from 32 to 48.
    pub columns: i64,
    /// Whose copy it is.
    pub holder: Holder,
    /// The shop's name and address, centred above.
    pub header: Vec<String>,
    /// What the shop wants to say below.
    pub footer: Vec<String>,
    /// The shop's offset from UTC.
    pub utc_offset_minutes: i32,
}

impl Paper {
    pub(super) const fn new(receipt: TillReceipt) -> Self {
        Self(receipt)
    }

    /// What it says.
    #[must_use]
    pub fn record(&self) -> Receipt {
        self.0.clone().into()
    }

    /// It in lines, each at most as wide as the layout says.
    ///
    /// # Errors
    /// `invalid-field` for a width that no roll has.
    pub fn text(&self, layout: Layout) -> Answer<String> {
        let Layout { columns, holder, header, footer, utc_offset_minutes } = layout;
        let layout = TillLayout {
            holder,
            header,
            footer,
            offset_minutes: utc_offset_minutes,
            // What is no width at all is refused as too narrow.
            ..TillLayout::columns(usize::try_from(columns).unwrap_or(0))
        };
        Ok(self.0.text(&layout)?)
    }
}

impl From<TillReceipt> for Receipt {
    fn from(receipt: TillReceipt) -> Self {
        let is_proof = receipt.is_proof();
        let TillReceipt {
            payment,
            account,
            provider,
            terminal,
            reference,
            attempt,
            outcome,
            amounts,
            provisional,
            items,
            scheme,
            last_four,
            entry,
            assets,
            charges,
            transaction,
            short_code,
            operations,
            texts,
            created_at_ms,
        } = receipt;
        Self {
            payment: payment.to_string(),
            account: account.to_string(),
            provider: provider.into(),
            terminal: terminal.map(|terminal| terminal.to_string()),
            reference: reference.to_string(),
            attempt,
            outcome,
            is_proof,
            amounts: amounts.into(),
            provisional,
            items: items.into_iter().map(ReceiptItem::from).collect(),
            scheme: text(scheme),
            last_four: text(last_four),
            entry,
            assets: assets.into_iter().map(Asset::from).collect(),
            charges: charges.iter().map(ToString::to_string).collect(),
            transaction: text(transaction),
            short_code: text(short_code),
            operations: operations.into_iter().map(Operation::from).collect(),
            texts: texts.into_iter().map(ReceiptText::from).collect(),
            created_at_ms,
        }
    }
}

impl From<ModelItem> for ReceiptItem {
    fn from(item: ModelItem) -> Self {
        let ModelItem { name, sku, quantity, amount, tax_percent, discount } = item;
        Self {
            name: name.into(),
            sku: text(sku),
            quantity: quantity.into(),
            amount: amount.into(),
            tax_percent: text(tax_percent),
            discount: discount.map(Money::from),
        }
    }
}

/// What was taken in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// From when on, in milliseconds since 1970.
    pub from_ms: i64,
    /// Until when, in milliseconds since 1970; not part of it.
    pub to_ms: i64,
    /// By account, currency, outcome, status and kind of money, in this order.
    pub rows: Vec<ReportRow>,
    /// What was taken, by account and currency.
    pub totals: Vec<ReportTotal>,
    /// Not decided yet.
    pub open: Vec<String>,
    /// Not known: a person may have to look.
    pub in_doubt: Vec<String>,
    /// With an alarm.
    pub alarmed: Vec<String>,
    /// Stored, and cannot be read.
    pub unreadable: Vec<Unreadable>,
}

/// Payments that are alike. Sums are whole minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportRow {
    /// The host's name for the account.
    pub account: String,
    /// The ISO 4217 code.
    pub currency: String,
    /// How they ended.
    pub outcome: Outcome,
    /// What a screen shows.
    pub status: Stage,
    /// What they were paid with; empty where it is not said.
    pub paid_with: String,
    /// How many.
    pub count: u64,
    /// What was asked for.
    pub asked_minor: i64,
    /// What was captured, tips included.
    pub captured_minor: i64,
    /// Of it, tips.
    pub tips_minor: i64,
    /// Of it, given back.
    pub returned_minor: i64,
}

/// What an account took in one currency. Sums are whole minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportTotal {
    /// The host's name for the account.
    pub account: String,
    /// The ISO 4217 code.
    pub currency: String,
    /// How many payments took money.
    pub count: u64,
    /// What was captured, tips included.
    pub captured_minor: i64,
    /// Of it, tips.
    pub tips_minor: i64,
    /// Of it, given back.
    pub returned_minor: i64,
    /// What is left of it.
    pub net_minor: i64,
}

/// A payment that is stored and cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unreadable {
    /// Its id, where the error names it.
    pub payment: Option<String>,
    /// Why.
    pub why: String,
}

/// How our payments of a period compare with the provider's own list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reconciliation {
    /// How many agree.
    pub agreeing: u64,
    /// The provider has them, and we do not.
    pub missing_here: Vec<Theirs>,
    /// We say that money was taken, and the provider does not list it.
    pub missing_there: Vec<String>,
    /// Both have them, and say different things.
    pub different: Vec<Difference>,
    /// Ours that are stored and cannot be read.
    pub unreadable: Vec<Unreadable>,
}

/// A payment on the provider's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Theirs {
    /// The provider's id of it.
    pub charge: String,
    /// Our payment id, where it carries one.
    pub payment: Option<String>,
    /// The till's reference, where it carries one.
    pub reference: Option<String>,
    /// What was asked for there, in minor units.
    pub asked_minor: Option<i64>,
    /// Whether money was taken there; none where the list does not tell.
    pub taken: Option<bool>,
}

/// Both have it, and say different things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Our id of it.
    pub payment: String,
    /// The provider's id of it.
    pub charge: String,
    /// In what.
    pub what: Agreement,
    /// What we say.
    pub ours: String,
    /// What the provider says.
    pub theirs: String,
}

/// A thousand payments of the greatest amount there is fit; no day has as many.
fn minor(sum: Sum) -> i64 {
    i64::try_from(sum.0).unwrap_or(i64::MAX)
}

impl From<TillReport> for Report {
    fn from(report: TillReport) -> Self {
        let TillReport { period, rows, totals, open, in_doubt, alarmed, unreadable } = report;
        let Period { from_ms, to_ms } = period;
        let ids = |ids: Vec<crate::till::PaymentId>| ids.iter().map(ToString::to_string).collect();
        Self {
            from_ms,
            to_ms,
            rows: rows.into_iter().map(ReportRow::from).collect(),
            totals: totals.into_iter().map(ReportTotal::from).collect(),
            open: ids(open),
            in_doubt: ids(in_doubt),
            alarmed: ids(alarmed),
            unreadable: unreadable.into_iter().map(Unreadable::from).collect(),
        }
    }
}

impl From<Row> for ReportRow {
    fn from(row: Row) -> Self {
        let Row { group, count, asked, captured, tips, returned } = row;
        let Group { account, currency, outcome, status, paid_with } = group;
        Self {
            account: account.to_string(),
            currency: currency.into(),
            outcome,
            status,
            paid_with: paid_with.into(),
            count,
            asked_minor: minor(asked),
            captured_minor: minor(captured),
            tips_minor: minor(tips),
            returned_minor: minor(returned),
        }
    }
}

impl From<Total> for ReportTotal {
    fn from(total: Total) -> Self {
        let Total { account, currency, count, captured, tips, returned, net } = total;
        Self {
            account: account.to_string(),
            currency: currency.into(),
            count,
            captured_minor: minor(captured),
            tips_minor: minor(tips),
            returned_minor: minor(returned),
            net_minor: minor(net),
        }
    }
}

impl From<TillUnreadable> for Unreadable {
    fn from(unreadable: TillUnreadable) -> Self {
        let TillUnreadable { payment, why } = unreadable;
        Self { payment: payment.map(|id| id.to_string()), why }
    }
}

impl From<TillReconciliation> for Reconciliation {
    fn from(reconciliation: TillReconciliation) -> Self {
        let TillReconciliation { agreeing, missing_here, missing_there, different, unreadable } =
            reconciliation;
        Self {
            agreeing,
            missing_here: missing_here.into_iter().map(Theirs::from).collect(),
            missing_there: missing_there.iter().map(ToString::to_string).collect(),
            different: different.into_iter().map(Difference::from).collect(),
            unreadable: unreadable.into_iter().map(Unreadable::from).collect(),
        }
    }
}

impl From<TillTheirs> for Theirs {
    fn from(theirs: TillTheirs) -> Self {
        let TillTheirs { charge, payment, reference, asked_minor, taken } = theirs;
        Self {
            charge: charge.to_string(),
            payment: payment.map(|id| id.to_string()),
            reference: text(reference),
            asked_minor,
            taken,
        }
    }
}

impl From<TillDifference> for Difference {
    fn from(difference: TillDifference) -> Self {
        let TillDifference { payment, charge, what, ours, theirs } = difference;
        Self {
            payment: payment.to_string(),
            charge: charge.to_string(),
            what,
            ours: ours.into(),
            theirs: theirs.into(),
        }
    }
}
