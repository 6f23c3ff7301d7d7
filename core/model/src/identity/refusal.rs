//! The verdicts that are errors, in the words of the catalogue.

use super::Verdict;
use crate::error::{Charged, Code, Error};

impl Verdict {
    /// The error that a caller gets; none where the verdict leads to a payment.
    #[must_use]
    pub fn error(&self) -> Option<Error> {
        match self {
            Self::New { .. } | Self::Join(_) | Self::Replay(_) => None,
            Self::ReferenceUsed { payment, taken } => {
                let charged = if *taken { Charged::Yes } else { Charged::No };
                let error = Error::new(Code::ReferenceUsed).field("reference");
                Some(error.payment(*payment).charged(charged))
            }
            Self::Conflict { payment, field } => {
                Some(Error::new(Code::IdempotencyConflict).payment(*payment).field(*field))
            }
            Self::OutcomeUnknown(payment) => {
                Some(Error::new(Code::OutcomeUnknown).payment(*payment))
            }
            Self::AttemptOutOfOrder => Some(Error::new(Code::AttemptOutOfOrder).field("attempt")),
            Self::Refused(fault) => Some(fault.clone().into()),
            Self::TerminalBusy { by, screen_clear_would_do } => {
                let error = Error::new(Code::TerminalBusy).payment(*by);
                Some(if *screen_clear_would_do { error.message(LOOK_FIRST) } else { error })
            }
        }
    }
}

const LOOK_FIRST: &str = "the terminal may still show a sale that is cancelled or in doubt: look at \
                          its screen, and if it is clear repeat with that payment in screen_clear";
