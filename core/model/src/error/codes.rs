//! The catalogue: every error there is, as one table.
//!
//! A row may get better words. Its number, its name and what it means stay; a row that is no longer
//! raised moves to [`RETIRED`] with both, so that neither is ever given to another error.

use serde::{Serialize, Serializer};

use super::row::{Cashier, Charged, Class, Retry, Row, Tombstone};

/// The errors of the past.
pub const RETIRED: &[Tombstone] = &[];

/// Each line of the table becomes one variant, and so one arm of every exhaustive match.
macro_rules! catalogue {
    ($($number:literal $code:ident $name:literal
        ($class:ident, $charged:ident, $retry:ident, $cashier:ident) $message:literal)+) => {
        /// The name of an error, closed: a new one has to be seen by every language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = concat!("`", $name, "`: ", $message, ".")] $code,)+
        }

        impl Code {
            /// Every code, by number.
            pub const ALL: &[Self] = &[$(Self::$code),+];

            /// What is true of this error wherever it is raised.
            #[must_use]
            pub const fn row(self) -> Row {
                match self {
                    $(Self::$code => Row {
                        number: $number,
                        name: $name,
                        class: Class::$class,
                        charged: Charged::$charged,
                        retry: Retry::$retry,
                        cashier: Cashier::$cashier,
                        message: $message,
                    },)+
                }
            }
        }
    };
}

catalogue! {
    1 InvalidField "invalid-field" (InvalidRequest, No, Never, CheckEntry)
        "a field of the request breaks a rule: correct it as field, rule and limit say"
    2 AmountNotText "amount-not-text" (InvalidRequest, No, Never, CheckEntry)
        "an amount is decimal text, because floats cannot hold money: pass \"13.30\" or amount_minor"
    3 InvalidAmount "invalid-amount" (InvalidRequest, No, Never, CheckEntry)
        "the amount breaks a rule: correct it as rule and limit say"
    4 UnknownAccount "unknown-account" (InvalidRequest, No, Never, SetUp)
        "no account of this name is connected: connect it first, or correct the name"
    5 UnknownPayment "unknown-payment" (InvalidRequest, Unknown, Never, NotFound)
        "this journal holds no such payment: check the id, the reference and which journal is open"
    6 AttemptOutOfOrder "attempt-out-of-order" (InvalidRequest, No, AfterLookup, CheckEntry)
        "attempts are counted one by one: use the next_attempt that the payment names"

    7 IdempotencyConflict "idempotency-conflict" (Idempotency, Unknown, Never, AlreadyUsed)
        "the reference already stands for another sale: repeat that one unchanged, or use a new reference"
    8 ReferenceUsed "reference-used" (Idempotency, Unknown, AfterLookup, AlreadyUsed)
        "the reference has a settled payment: read its outcome; start a next attempt only if it names one"
    9 OutcomeUnknown "outcome-unknown" (Idempotency, Unknown, AfterLookup, DoNotChargeAgain)
        "an earlier attempt may have been paid: wait until it is settled, or resolve it"
    10 TerminalBusy "terminal-busy" (Idempotency, No, Later, TerminalBusy)
        "the terminal may show another sale: wait for it or cancel it; say screen_clear only after a look at it"
    11 OperationUnresolved "operation-unresolved" (Idempotency, No, AfterLookup, StepRunning)
        "another operation of this payment is not settled: wait until the payment shows what became of it"
    12 OperationConflict "operation-conflict" (Idempotency, Unknown, Never, AlreadyUsed)
        "the operation's reference already stands for another one: repeat that unchanged, or use a new one"

    13 Unsupported "unsupported" (Unsupported, No, Never, NotSupported)
        "the provider, account or terminal cannot do this: read its capabilities before asking"

    14 NotOpen "not-open" (IllegalState, Unknown, AfterLookup, NotPossible)
        "the payment is settled and takes no more of this: read its outcome"
    15 NothingToCapture "nothing-to-capture" (IllegalState, No, AfterLookup, NotPossible)
        "the payment holds no amount to capture: read its status"
    16 NothingToRefund "nothing-to-refund" (IllegalState, No, AfterLookup, NotPossible)
        "the payment has no captured amount to give back: read its status"
    17 AmountExceedsRemaining "amount-exceeds-remaining" (IllegalState, No, Never, TooMuch)
        "the amount is more than what remains of the payment: ask for at most the limit"
    18 NotYetResolvable "not-yet-resolvable" (IllegalState, Unknown, AfterLookup, DoNotChargeAgain)
        "the payment may still settle by itself: wait for settle_by, or wish it cancelled first"
    19 Closed "closed" (IllegalState, Unknown, Same, OpenAgain)
        "the till is closed, and its payments go on without it: open it again and repeat the call"
    20 ForkDetected "fork-detected" (IllegalState, Unknown, Same, OpenAgain)
        "this till was opened before the process forked: open it again in the child"

    21 CredentialsRefused "credentials-refused" (Authentication, No, Never, SetUp)
        "the provider refuses the account's credentials: connect it with valid ones"

    22 RejectedByProvider "rejected-by-provider" (Rejected, No, Never, ServiceRefused)
        "the provider refused and did nothing: read its own words in provider"

    23 RateLimited "rate-limited" (RateLimited, No, Later, TryLater)
        "too many requests for this account: wait for retry_after_ms"

    24 ProviderUnreachable "provider-unreachable" (Unreachable, No, Later, TryLater)
        "the provider cannot be reached, and nothing that moves money was sent: try again later"

    25 JournalFailed "journal-failed" (Journal, Unknown, Same, RecordsUnusable)
        "the journal could not be written or read: mend its storage, then repeat the call"
    26 JournalMissing "journal-missing" (Journal, Unknown, Never, RecordsUnusable)
        "the mark is there and the journal is not: bring the journal back to its path"
    27 JournalRestored "journal-restored" (Journal, Unknown, Never, RecordsUnusable)
        "the journal is older than its mark and sells nothing: look its payments up, then acknowledge"
    28 JournalCorrupt "journal-corrupt" (Journal, Unknown, Never, RecordsUnusable)
        "a record of the journal is damaged: keep the file, and restore an intact copy"
    29 JournalNewer "journal-newer" (Journal, Unknown, Never, RecordsUnusable)
        "a newer Tillkit wrote this journal: open it with that version or a later one"
    30 JournalFull "journal-full" (Journal, Unknown, Same, RecordsUnusable)
        "the journal's storage is full: free space, then repeat the call"
    31 JournalReadOnly "journal-read-only" (Journal, Unknown, Never, RecordsUnusable)
        "the journal may not be written: give the process write access to it and to its directory"
    32 JournalLocked "journal-locked" (Journal, Unknown, Same, RecordsUnusable)
        "another program holds the journal locked: end it, then repeat the call"
    33 LeaseLost "lease-lost" (Journal, Unknown, Same, DoNotChargeAgain)
        "another process has taken this payment over: repeat the call to join it"

    34 WebhookSignature "webhook-signature" (WebhookRefused, Unknown, Never, NothingToDo)
        "the signature does not match the exact bytes received: check the webhook secrets and public_url"
    35 WebhookMalformed "webhook-malformed" (WebhookRefused, Unknown, Never, NothingToDo)
        "the notification is not what the provider documents: pass its exact bytes and headers"

    36 AccountIdentityChanged "account-identity-changed" (Configuration, No, Never, SetUp)
        "the name belongs to another merchant, provider or environment: connect this one under a new name"
    37 InsecureUrl "insecure-url" (Configuration, No, Never, SetUp)
        "the address is not encrypted: use https, or name a terminal on the local network as such"
    38 InvalidConfiguration "invalid-configuration" (Configuration, No, Never, SetUp)
        "a setting breaks a rule: correct it as field, rule and limit say"

    39 Internal "internal" (Internal, Unknown, AfterLookup, CallForHelp)
        "Tillkit failed in a way it did not foresee: look the payment up, and report this with its details"
}

impl Code {
    /// The name in kebab case, the same in every language.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The number, the same in every language.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.row().number
    }

    /// The class.
    #[must_use]
    pub const fn class(self) -> Class {
        self.row().class
    }

    /// The code of this name, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }

    /// The code of this number, if there is one.
    #[must_use]
    pub fn numbered(number: u16) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.number() == number)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
