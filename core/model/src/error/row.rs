//! What each row of the catalogue says, each part a closed set of named values.

use serde::{Serialize, Serializer};

/// One row of the catalogue: what is true of an error wherever it is raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The number, never given to another error.
    pub number: u16,
    /// The name in kebab case, never given to another error.
    pub name: &'static str,
    /// The class, for callers that treat whole families alike.
    pub class: Class,
    /// Whether money may have moved, where nothing closer is known.
    pub charged: Charged,
    /// What a repeat may do.
    pub retry: Retry,
    /// What to tell the cashier.
    pub cashier: Cashier,
    /// What is wrong and the way out, for developers.
    pub message: &'static str,
}

/// A number and a name that were an error once and may never be another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Tombstone {
    /// The number.
    pub number: u16,
    /// The name.
    pub name: &'static str,
}

/// A closed set of values, each with its name on the wire and one sentence that is both its
/// documentation here and its text in the exported catalogue.
macro_rules! named {
    ($(#[$about:meta])* $set:ident { $($variant:ident $name:literal $text:literal)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $set {
            $(#[doc = $text] $variant,)+
        }

        impl $set {
            /// Every value, in the order of the catalogue.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in kebab case, the same in every language.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What the value says, in English.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl Serialize for $set {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    };
}

named! {
    /// The family of an error. Closed: each language has one exception type for each class.
    Class {
        InvalidRequest "invalid-request" "The request breaks a rule; nothing was recorded."
        Idempotency "idempotency" "The reference, the terminal or the payment is spoken for."
        Unsupported "unsupported" "The provider, the account or the terminal cannot do this."
        IllegalState "illegal-state" "The payment or the till is past the point where this is possible."
        Authentication "authentication" "The provider does not accept the account's credentials."
        Rejected "rejected" "The provider understood the request and refused it."
        RateLimited "rate-limited" "The provider or its budget allows no more requests at present."
        Unreachable "unreachable" "The provider cannot be reached, and nothing that moves money was sent."
        Journal "journal" "The journal cannot be written, read or trusted."
        WebhookRefused "webhook-refused" "A notification is not believed."
        Configuration "configuration" "The till is set up in a way that is refused."
        Internal "internal" "Tillkit itself failed."
    }
}

named! {
    /// Whether money moved under the identity that the call named.
    Charged {
        No "no" "Certainly no money moved."
        Unknown "unknown" "Money may have moved: do not charge again before it is known."
        Yes "yes" "Money moved."
    }
}

named! {
    /// What a repeat of the call may do.
    Retry {
        Never "never" "Not as it stands: change the request or the set-up first."
        Same "same" "Repeat the very same call: under its reference it joins what has begun."
        AfterLookup "after-lookup" "Look the payment up first, and decide by what it says."
        Later "later" "Nothing began: repeat the same call after a while."
    }
}

named! {
    /// The key of what a till shows to the cashier, with an English text to translate from.
    Cashier {
        CheckEntry "check-entry" "Check the amount and the details, then try again."
        NotFound "not-found" "No such payment is known here. Check the number."
        AlreadyUsed "already-used" "This order already has a payment. Look at it before charging again."
        DoNotChargeAgain "do-not-charge-again"
            "It is not known yet whether the customer has paid. Do not charge again."
        TerminalBusy "terminal-busy" "The terminal shows another sale. Wait, or look at its screen."
        StepRunning "step-running" "Another step of this payment is under way. Wait until it is done."
        NotSupported "not-supported" "This terminal or payment service cannot do that."
        NotPossible "not-possible" "This payment cannot be changed in that way any more."
        TooMuch "too-much" "The amount is more than what is left of this payment."
        ServiceRefused "service-refused" "The payment service refused this. Call for help."
        TryLater "try-later" "The payment service cannot be reached. Try again in a moment."
        OpenAgain "open-again" "The till was closed. Open it and look at the payment before charging."
        RecordsUnusable "records-unusable"
            "The till cannot use its records. Take no cards with it, and call for help."
        SetUp "set-up" "The till is not set up properly. Call for help."
        NothingToDo "nothing-to-do" "A message from the payment service was refused. Nothing to do."
        CallForHelp "call-for-help"
            "Something went wrong. Do not charge again before the payment is found; call for help."
    }
}
