//! The protections that can be removed, and the verdict that each removal must bring about.

use super::providers::Kind;
use super::verdict::Verdict;

/// One removed protection.
#[derive(Debug)]
pub struct Mutant {
    /// The name of the build flag.
    pub name: &'static str,
    /// What the auditor must find.
    pub verdict: Verdict,
}

/// A row of the list.
#[must_use]
pub const fn mutant(name: &'static str, verdict: Verdict) -> Mutant {
    Mutant { name, verdict }
}

/// Those of the core, whatever the provider.
pub const CORE: &[Mutant] = &[
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
    mutant("permit_without_credentials", Verdict::PermitInVain),
];

/// Those of one provider's own traps, or the core's.
#[must_use]
pub fn of(provider: Option<Kind>) -> &'static [Mutant] {
    provider.map_or(CORE, |kind| kind.row().mutants)
}

/// The one of that name, among the provider's own and the core's.
#[must_use]
pub fn named(name: &str, provider: Option<Kind>) -> Option<&'static Mutant> {
    of(provider).iter().chain(CORE).find(|mutant| mutant.name == name)
}
