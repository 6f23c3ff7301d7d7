//! The protections that can be removed, and the verdict that each removal must bring about.

use super::verdict::Verdict;

/// One removed protection.
#[derive(Debug)]
pub struct Mutant {
    /// The name of the build flag.
    pub name: &'static str,
    /// What the auditor must find.
    pub verdict: Verdict,
}

const fn mutant(name: &'static str, verdict: Verdict) -> Mutant {
    Mutant { name, verdict }
}

/// All of them.
pub const ALL: &[Mutant] = &[
    mutant("send_before_record", Verdict::SentWithoutRecord),
    mutant("send_after_start_by", Verdict::PromptOutOfTime),
    mutant("replay_after_expiry", Verdict::DoubleCharge),
    mutant("resend_without_a_key", Verdict::DoubleCharge),
    mutant("absence_concluded_too_early", Verdict::FalseNotPaid),
    mutant("unknown_taken_for_no", Verdict::FalseNotPaid),
    mutant("identity_lost_at_restart", Verdict::DoubleCharge),
    mutant("skipped_match", Verdict::StrangerAdopted),
    mutant("tip_taken_for_a_stranger", Verdict::LostOutcome),
    mutant("lease_ignored", Verdict::TwoDrivers),
    mutant("cancel_believed_without_a_look", Verdict::FalseNotPaid),
    mutant("restored_journal_trusted", Verdict::SoldOnRestored),
];

/// The one of that name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Mutant> {
    ALL.iter().find(|mutant| mutant.name == name)
}
