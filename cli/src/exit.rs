//! Exit codes, for scripts; told in `docs/cli.md`.

use tillkit::till::Outcome;

/// What was asked for came about: paid or held, or the command did its work.
pub const DONE: u8 = 0;
/// It was refused or went wrong; one sentence says how.
pub const FAILED: u8 = 1;
/// The words of the call cannot be understood.
pub const USAGE: u8 = 2;
/// Not paid, or all of it given back; an operation that did not come about.
pub const NOT_PAID: u8 = 3;
/// Not known: do not charge again.
pub const UNKNOWN: u8 = 4;
/// Still open.
pub const OPEN: u8 = 5;
/// Less than asked was paid.
pub const PART_PAID: u8 = 6;

/// The exit code of an outcome.
pub const fn of(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Paid | Outcome::Held => DONE,
        Outcome::NotPaid | Outcome::Returned => NOT_PAID,
        Outcome::Unknown => UNKNOWN,
        Outcome::Open => OPEN,
        Outcome::PartPaid => PART_PAID,
    }
}
