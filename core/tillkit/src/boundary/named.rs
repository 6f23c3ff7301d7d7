//! Closed sets of names: every language has the same words, and exactly these.

use tillkit_model::engine::Role;
use tillkit_model::engine::port::CancelTruth;
use tillkit_model::error::{Cashier, Charged, Class, Code, Error, Retry};
use tillkit_model::payment::OperationKind;
use tillkit_model::payment::details::{ConditionStatus, Entry, Holder};
use tillkit_model::payment::event::Word;
use tillkit_model::payment::stage::Stage;
use tillkit_model::payment::view::{Alarm, Outcome, Progress};
use tillkit_model::provider::Readiness;
use tillkit_model::sale::{Capture, Presence};

use super::failure::Answer;
use super::standing::Standing;
use crate::report::Agreement;
use crate::webhook::Heard;

/// A closed set of values, each with one name that all languages use.
pub trait Named: Copy + 'static {
    /// Every value.
    const ALL: &'static [Self];

    /// The name, as it crosses the border and as JSON has it.
    fn word(self) -> &'static str;
}

/// The value of this name.
///
/// # Errors
/// `invalid-field` for any other text, with the names that there are.
pub fn named<T: Named>(field: &str, text: &str) -> Answer<T> {
    let found = T::ALL.iter().copied().find(|value| value.word() == text);
    found.ok_or_else(|| {
        let known: Vec<&str> = T::ALL.iter().map(|value| value.word()).collect();
        let known = known.join(", ");
        let error = Error::new(Code::InvalidField).field(field).rule("one-of").limit(&known);
        error.message(format!("{field} is one of {known}")).into()
    })
}

/// Each line becomes one arm of a match without a wildcard: a new value needs a word here.
macro_rules! sets {
    ($($set:ident { $($value:ident $word:literal)+ })+) => {
        $(impl Named for $set {
            const ALL: &'static [Self] = &[$(Self::$value),+];

            fn word(self) -> &'static str {
                match self {
                    $(Self::$value => $word,)+
                }
            }
        })+

        /// Every set and its words, so that a language can prove that it has exactly these. The
        /// sets of the error catalogue are among them.
        #[must_use]
        pub fn named_sets() -> Vec<(&'static str, Vec<&'static str>)> {
            vec![
                $((stringify!($set), vec![$($word),+]),)+
                ("Code", words(Code::ALL)),
                ("Class", words(Class::ALL)),
                ("Charged", words(Charged::ALL)),
                ("Retry", words(Retry::ALL)),
                ("Cashier", words(Cashier::ALL)),
            ]
        }
    };
}

/// The sets of the catalogue, which name themselves.
macro_rules! of_the_catalogue {
    ($($set:ident)+) => {
        $(impl Named for $set {
            const ALL: &'static [Self] = $set::ALL;

            fn word(self) -> &'static str {
                self.name()
            }
        })+
    };
}

of_the_catalogue! { Code Class Charged Retry Cashier }

fn words<T: Named>(all: &[T]) -> Vec<&'static str> {
    all.iter().map(|value| value.word()).collect()
}

sets! {
    Outcome {
        Open "open"
        Paid "paid"
        Held "held"
        PartPaid "part_paid"
        NotPaid "not_paid"
        Returned "returned"
        Unknown "unknown"
    }
    Stage {
        Created "created"
        Sent "sent"
        Pending "pending"
        Processing "processing"
        Authorized "authorized"
        Completed "completed"
        Declined "declined"
        Failed "failed"
        Cancelled "cancelled"
        Expired "expired"
        InDoubt "in_doubt"
        NeedsPerson "needs_person"
    }
    Alarm {
        DuplicateCharge "duplicate_charge"
        Contradiction "contradiction"
        WrongAmount "wrong_amount"
        PartPaidUnasked "part_paid_unasked"
        CaptureFailed "capture_failed"
    }
    OperationKind {
        Start "start"
        Capture "capture"
        Refund "refund"
        Cancel "cancel"
        Answer "answer"
        Withdraw "withdraw"
        Release "release"
    }
    Progress {
        Wished "wished"
        Unresolved "unresolved"
        Accepted "accepted"
        Done "done"
        Refused "refused"
    }
    Entry {
        Contactless "contactless"
        Chip "chip"
        Swipe "swipe"
        Manual "manual"
        Code "code"
    }
    Holder {
        Customer "customer"
        Merchant "merchant"
    }
    ConditionStatus {
        AwaitingCustomer "awaiting-customer"
        AwaitingTill "awaiting-till"
        Accepted "accepted"
        Void "void"
        Declined "declined"
    }
    Capture {
        Automatic "automatic"
        Manual "manual"
    }
    CancelTruth {
        Cancelled "cancelled"
        AlreadyPaid "already_paid"
        AlreadyNotPaid "already_not_paid"
        TooLate "too_late"
        NotSupported "not_supported"
        Unknown "unknown"
    }
    Word {
        Paid "paid"
        NotPaid "not_paid"
    }
    Role {
        Drives "drives"
        Observes "observes"
        Restored "restored"
    }
    Standing {
        Ready "ready"
        Asking "asking"
        NeedsAuthorize "needs_authorize"
        Refused "refused"
        Failing "failing"
    }
    Readiness {
        Ready "yes"
        NotReady "no"
        Unsaid "unsaid"
    }
    Presence {
        Required "required"
        Optional "optional"
        Refused "refused"
    }
    Heard {
        NothingForUs "nothing_for_us"
        Repeated "repeated"
        Kept "kept"
        Taken "taken"
    }
    Agreement {
        Amount "amount"
        Taken "taken"
        Captured "captured"
        Returned "returned"
        Once "once"
    }
}
