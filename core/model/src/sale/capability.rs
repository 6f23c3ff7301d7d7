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
    /// Whether money can be given back.
    pub refund: bool,
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
