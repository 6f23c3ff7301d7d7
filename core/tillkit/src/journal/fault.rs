//! Where a test may let the writer fail. In the product nothing stands here.

#[cfg(any(test, feature = "testing"))]
use std::sync::Arc;

use tillkit_model::engine::store::Failure;

/// A place in the writing of one group of appends. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    /// Everything is written and nothing is durable.
    BeforeCommit,
    /// Everything is durable, and the mark does not know.
    AfterCommit,
    /// The mark knows, and nobody has been answered.
    AfterMark,
}

/// Decides whether the writer fails at a point.
#[cfg(any(test, feature = "testing"))]
pub type Fault = Arc<dyn Fn(Point) -> Option<Failure> + Send + Sync>;

/// The points of one journal.
#[derive(Clone, Default)]
pub(super) struct Faults {
    #[cfg(any(test, feature = "testing"))]
    pub(super) fault: Option<Fault>,
}

impl Faults {
    #[cfg(any(test, feature = "testing"))]
    pub(super) fn reach(&self, point: Point) -> Result<(), Failure> {
        self.fault.as_ref().and_then(|fault| fault(point)).map_or(Ok(()), Err)
    }

    #[cfg(not(any(test, feature = "testing")))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "its twin may fail")]
    pub(super) const fn reach(&self, _point: Point) -> Result<(), Failure> {
        Ok(())
    }
}
