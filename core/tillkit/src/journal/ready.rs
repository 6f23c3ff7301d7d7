//! An append made ready by whoever hands it in: the writer's own time is what all others wait for.

use tillkit_model::engine::store::{Append, Failure};

use super::record::encoded;

/// An append, with the body of each record that it will make.
pub(super) struct Ready {
    pub(super) append: Append,
    /// One for each event, in order.
    pub(super) bodies: Vec<Vec<u8>>,
}

impl Ready {
    /// Makes the bodies.
    ///
    /// # Errors
    /// Never for the events of this version.
    pub(super) fn of(append: Append) -> Result<Self, Failure> {
        let bodies = append.events.iter().map(encoded).collect::<Result<_, _>>()?;
        Ok(Self { append, bodies })
    }
}
