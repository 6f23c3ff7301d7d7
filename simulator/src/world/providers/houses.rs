//! The three made-up providers, behind made-up adapters.

use std::sync::Arc;

use super::{Cast, Casting, Row, Shop, uuid_terminal};
use crate::adapters::{self, SCAN};
use crate::fakes::house::{House, Rules};
use crate::world::verdict::Cause;

const AT_TERMINALS: Shop =
    Shop { terminal: Some(uuid_terminal), currency: "EUR", patient: true, scan: None };

/// A key that conflicts.
pub(super) static CONFLICT: Row = Row {
    name: "conflict",
    shop: AT_TERMINALS,
    cast: |casting| cast(casting, adapters::Kind::Conflict),
    bounds: &[(Cause::NoTraceNoProof, 130)],
    mutants: &[],
};

/// No key, and a look-up by reference.
pub(super) static REFERENCE: Row = Row {
    name: "reference",
    shop: AT_TERMINALS,
    cast: |casting| cast(casting, adapters::Kind::Reference),
    bounds: &[(Cause::NoTraceNoProof, 270), (Cause::UndecidedThere, 270)],
    mutants: &[],
};

/// No key, void on doubt, and a read that charges.
pub(super) static QUICKPAY: Row = Row {
    name: "quickpay",
    shop: Shop {
        terminal: None,
        currency: "EUR",
        patient: false,
        scan: Some(|request| {
            request.metadata.insert(SCAN.to_owned(), "code".to_owned());
        }),
    },
    cast: |casting| cast(casting, adapters::Kind::Quickpay),
    bounds: &[],
    mutants: &[],
};

fn cast(casting: &mut Casting<'_>, kind: adapters::Kind) -> Cast {
    let (rules, reading) = match kind {
        adapters::Kind::Conflict => (Rules::CONFLICT, "a 409 on a replay says nothing"),
        adapters::Kind::Reference => (Rules::REFERENCE, "an expired session still charges"),
        adapters::Kind::Quickpay => (Rules::QUICKPAY, "the first read of a code pays"),
    };
    let tips = kind != adapters::Kind::Quickpay;
    let habits = casting.habits(tips, kind == adapters::Kind::Reference);
    Cast {
        adapter: Arc::new(adapters::House::new(kind)),
        provider: Box::new(House::new(rules, habits)),
        listener: None,
        readings: vec![reading],
    }
}
