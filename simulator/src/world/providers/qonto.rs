//! Qonto, behind its real adapter.

use super::{Cast, Casting, Row, Shop, TERMINALS, uuid_terminal};
use crate::fakes::qonto::Qonto;
use crate::world::verdict::Cause;

/// Qonto's row. It has no list and no cancel, so more is left to a person than in the mixture.
pub(super) static ROW: Row = Row {
    name: "qonto",
    shop: Shop { terminal: Some(uuid_terminal), currency: "EUR", patient: true, scan: None },
    cast,
    bounds: &[(Cause::IdNeverLearned, 180), (Cause::UndecidedThere, 160), (Cause::Restored, 40)],
    mutants: &[],
};

fn cast(casting: &mut Casting<'_>) -> Cast {
    let habits = casting.habits(true, true);
    let terminals = (0..TERMINALS).map(|number| uuid_terminal(number).into()).collect();
    Cast {
        adapter: tillkit_model::provider::qonto::adapter(),
        provider: Box::new(Qonto::new(terminals, habits)),
        listener: None,
        readings: vec![
            "two running requests with one key both run",
            "a 5xx after the push keeps no key",
            "a pending payment never ends, or is paid hours later",
        ],
    }
}
