//! What a provider can do and within which limits, as plain data.
//!
//! Each adapter fills it in; this module knows none of them.

/// What a provider can do, as data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether a sale names a terminal.
    pub terminal: Presence,
    /// The currencies that it takes; empty means any.
    pub currencies: &'static [&'static str],
    /// The least amount, in minor units of each listed currency.
    pub amount_min_minor: Option<i64>,
    /// The most, likewise.
    pub amount_max_minor: Option<i64>,
    /// How many bytes of metadata, as compact JSON with our own fields inside; none where it takes
    /// no metadata.
    pub metadata_bytes_max: Option<usize>,
    /// Whether a sale may be approved now and captured later.
    pub manual_capture: bool,
    /// Whether less than the amount may be paid.
    pub part_payment: bool,
    /// Whether an undecided payment can be cancelled.
    pub cancel: bool,
    /// What is held can be let go by a cancel.
    pub release: bool,
    /// Whether money can be given back.
    pub refund: bool,
    /// Whether less than what was approved may be captured.
    pub partial_capture: bool,
    /// Whether less than what was captured may be given back.
    pub partial_refund: bool,
    /// Whether a sale may list its items.
    pub items: bool,
    /// Whether a customer may be elsewhere.
    pub customer_absent: bool,
    /// Whether the till may scan a customer's code.
    pub scanned_code: bool,
    /// Whether there may be conditions that the till has to answer.
    pub conditions: bool,
    /// Beside payments.
    pub beside: Beside,
}

/// What a provider offers beside payments, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beside {
    /// Its terminals can be listed.
    pub terminals: bool,
    /// It notifies of what happens to payments.
    pub notifications: bool,
    /// Notifications can be subscribed to through its API.
    pub subscriptions: bool,
    /// It lists payments of a period, to be compared with ours.
    pub reconcile: bool,
    /// Terminals can be told to end their day.
    pub end_of_day: bool,
    /// It lists what it notified, so that missed notifications can be made up for.
    pub recover_hints: bool,
}

impl Capabilities {
    /// Nothing but a sale of any amount in any currency.
    pub const BARE: Self = Self {
        terminal: Presence::Optional,
        currencies: &[],
        amount_min_minor: None,
        amount_max_minor: None,
        metadata_bytes_max: None,
        manual_capture: false,
        part_payment: false,
        cancel: false,
        release: false,
        refund: false,
        partial_capture: false,
        partial_refund: false,
        items: false,
        customer_absent: false,
        scanned_code: false,
        conditions: false,
        beside: Beside::NOTHING,
    };
}

impl Beside {
    /// Payments and nothing else.
    pub const NOTHING: Self = Self {
        terminals: false,
        notifications: false,
        subscriptions: false,
        reconcile: false,
        end_of_day: false,
        recover_hints: false,
    };
}

/// Whether a field must, may or must not be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It must be there.
    Required,
    /// It may be there.
    Optional,
    /// It must not be there.
    Refused,
}
