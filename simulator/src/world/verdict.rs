//! What an auditor may find, and why a payment may be left to a person: two closed lists.

macro_rules! named {
    ($(#[$doc:meta])* $set:ident { $($(#[$each:meta])* $name:ident $word:literal)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $set {
            $($(#[$each])* $name,)+
        }

        impl $set {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// In plain words.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

named! {
    /// What went wrong. Closed; none of these may ever be found.
    Verdict {
        /// Two charges for one intent.
        DoubleCharge "double charge"
        /// A capture or refund ran twice.
        DoubleMove "capture or refund ran twice"
        /// Something that could start a prompt left or arrived out of its time.
        PromptOutOfTime "prompt out of time"
        /// A request that may move money left without a durable record.
        SentWithoutRecord "sent without record"
        /// A permit was used up for a request that could not leave.
        PermitInVain "permit used up in vain"
        /// Not paid was said of money that was taken.
        FalseNotPaid "false \"not paid\""
        /// Paid, held or returned was said and was not so.
        FalsePaid "false \"paid\""
        /// The provider can tell, and the till does not know.
        LostOutcome "lost outcome"
        /// Neither settled nor left to a person.
        StillOpen "still open"
        /// Another's payment was taken for ours.
        StrangerAdopted "stranger's payment adopted"
        /// Opposite facts, and no alarm.
        ContradictionHidden "contradiction hidden"
        /// Ours and agreeing, tip allowed for, was called disagreeing.
        TipMistaken "tip mistaken"
        /// Something was started on a journal that went back in time.
        SoldOnRestored "sold on a restored journal"
        /// A payment was taken from a living process, or a permit written without a lease.
        TwoDrivers "two drivers at once"
        /// An error where none should be.
        RefusedInVain "refused in vain"
        /// A caller of a living process was never answered.
        LeftHanging "caller never answered"
        /// What was held was let go of before the till said so.
        RestLost "hold let go of unasked"
        /// What the till let go of is still held.
        RestHeld "hold not let go of"
        /// The provider's guide asks for something else.
        RuleBroken "a rule of the provider's guide broken"
        /// What was asked or answered is not what the provider publishes.
        SchemaBroken "published schema broken"
        /// A life without faults left something to a person.
        LeftToPersonInVain "left to a person without a fault"
    }
}

named! {
    /// Why a payment was left to a person. Closed; how many there may be is bounded.
    Cause {
        /// No list, and neither an answer nor a hint brought the provider's id.
        IdNeverLearned "id never learned, no list, no hint"
        /// The provider itself does not know: nobody paid, and nothing ends it there.
        UndecidedThere "undecided at the provider to the end"
        /// The list shows nothing, and that is no proof.
        NoTraceNoProof "no trace of the start, absence is no proof"
        /// A capture or refund was lost, may not be repeated, and left no trace.
        OperationWithoutTrace "capture or refund without trace"
        /// The journal went back in time, and what it forgot cannot be told.
        Restored "journal restored"
        /// It was decided only after a person had spoken.
        SpokenBefore "decided after a person spoke"
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub verdict: Verdict,
    /// When, by the world's time.
    pub at_ms: u64,
    /// The particulars.
    pub words: String,
}

impl Cause {
    /// How many of a thousand payments may be left for it, in a long soak.
    #[must_use]
    pub const fn bound_per_mille(self) -> u64 {
        match self {
            Self::IdNeverLearned => 60,
            Self::UndecidedThere => 90,
            Self::NoTraceNoProof => 90,
            Self::OperationWithoutTrace => 20,
            Self::Restored => 30,
            Self::SpokenBefore => 10,
        }
    }
}

impl Verdict {
    /// As a soak counts it.
    #[must_use]
    pub const fn plural(self) -> &'static str {
        match self {
            Self::DoubleCharge => "double charges",
            Self::PromptOutOfTime => "prompts out of time",
            Self::LostOutcome => "lost outcomes",
            other => other.name(),
        }
    }
}
