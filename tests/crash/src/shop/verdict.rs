//! The judgement: what an observer reads in the journal, against what really happened.

use std::ops::AddAssign;

use tillkit::till::{Open, Outcome, Query, Summary, Till};
use tokio::runtime::Builder;

use super::Shop;
use crate::qonto::{Ledger, Prompt};
use crate::word::Job;

/// How long after its last look at the clock a push may arrive at the latest.
const HORIZON_MS: i64 = 90_000;

/// What was found wrong, and how much was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Sales by the till's own names.
    pub identities: u64,
    /// Of them, paid.
    pub paid: u64,
    /// Of them, not paid.
    pub not_paid: u64,
    /// Rung up or charged more than once.
    pub double_charges: u64,
    /// Prompts after `start_by`, after a cancel wish or after a reboot.
    pub prompts_out_of_time: u64,
    /// Outcomes that the journal does not know.
    pub unknown: u64,
    /// Journal and ledger contradict each other.
    pub untrue: u64,
    /// What was wrong, for people.
    pub complaints: Vec<String>,
}

impl Verdict {
    /// Judges a shop whose processes have all ended.
    #[must_use]
    pub fn of(shop: &Shop) -> Self {
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let open = Open { observe: true, ..Open::default() };
            let till = Till::open(shop.journal(), open).unwrap();
            let query = Query { limit: 1_000, ..Query::default() };
            let page = till.payments(query).await.unwrap();
            let views = page.payments.into_iter().collect::<Result<Vec<Summary>, _>>().unwrap();
            let mut verdict = Self::default();
            for job in shop.lanes.iter().flatten() {
                let wished_ms = wished_ms(&till, &views, job).await;
                verdict.judge(shop, job, &views, wished_ms);
            }
            if !verdict.is_clean() {
                verdict.complain(shop.story());
            }
            verdict
        })
    }

    /// Nothing was wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.complaints.is_empty()
    }

    fn judge(&mut self, shop: &Shop, job: &Job, views: &[Summary], wished_ms: Option<i64>) {
        self.identities += 1;
        let ledger = shop.server.ledger();
        let reference = &job.reference;
        let (prompts, charges) = (ledger.prompts_of(reference), ledger.charges_of(reference));
        if prompts > 1 {
            self.double_charges += 1;
            self.complain(format!("{reference}: {prompts} prompts, {charges} charges"));
        }
        let mut ours = views.iter().filter(|view| view.reference.as_str() == reference);
        let (Some(view), None) = (ours.next(), ours.next()) else {
            self.untrue += 1;
            return self.complain(format!("{reference}: not exactly one payment"));
        };
        self.judge_outcome(view, &ledger);
        for prompt in ledger.prompts.iter().filter(|prompt| prompt.reference == *reference) {
            if let Some(why) = out_of_time(shop, job, view, prompt, wished_ms) {
                self.prompts_out_of_time += 1;
                self.complain(format!("{reference}: {why}: {prompt:?}"));
            }
        }
    }

    fn judge_outcome(&mut self, view: &Summary, ledger: &Ledger) {
        let charges = ledger.charges_of(view.reference.as_str());
        match view.outcome {
            Outcome::Paid => self.paid += 1,
            Outcome::NotPaid => self.not_paid += 1,
            _ => {
                self.unknown += 1;
                return self.complain(format!("{view:?}"));
            }
        }
        let paid = view.outcome == Outcome::Paid;
        let names_it = ledger
            .prompts
            .iter()
            .filter(|prompt| prompt.reference == view.reference.as_str())
            .all(|prompt| prompt.payment == view.id.to_string());
        if paid != (charges > 0) || !names_it || !view.alarms.is_empty() {
            self.untrue += 1;
            self.complain(format!("{charges} charges, and {view:?}"));
        }
    }

    fn complain(&mut self, complaint: String) {
        self.complaints.push(complaint);
    }
}

impl AddAssign for Verdict {
    fn add_assign(&mut self, other: Self) {
        self.identities += other.identities;
        self.paid += other.paid;
        self.not_paid += other.not_paid;
        self.double_charges += other.double_charges;
        self.prompts_out_of_time += other.prompts_out_of_time;
        self.unknown += other.unknown;
        self.untrue += other.untrue;
        self.complaints.extend(other.complaints);
    }
}

/// When the wish to cancel became durable.
async fn wished_ms(till: &Till, views: &[Summary], job: &Job) -> Option<i64> {
    let view = views.iter().find(|view| view.reference.as_str() == job.reference)?;
    let lines = till.timeline(view.id).await.unwrap();
    lines.iter().find(|line| line.name == "cancel-wished").map(|line| line.at.wall_ms)
}

/// Why a prompt came when it must not. It left when the wire last looked at the clock for it; from
/// then on the network may take its time, and no core can call it back.
fn out_of_time(
    shop: &Shop,
    job: &Job,
    view: &Summary,
    prompt: &Prompt,
    wished_ms: Option<i64>,
) -> Option<&'static str> {
    let looks = shop.looks.iter().filter(|(key, at)| *key == prompt.key && *at <= prompt.at_ms);
    let Some(left_ms) = looks.map(|(_, at)| *at).max() else {
        return Some("it left without a look at the clock");
    };
    let late_ms = view.created_at_ms.saturating_add_unsigned(job.start_by_ms);
    let old = |since: i64| view.created_at_ms < since && left_ms > since;
    if left_ms > late_ms || prompt.at_ms > late_ms + HORIZON_MS {
        Some("it left after start_by")
    } else if wished_ms.is_some_and(|wished_ms| left_ms > wished_ms + HORIZON_MS) {
        Some("it left after a cancel was wished")
    } else if shop.rebooted_ms.is_some_and(old) {
        Some("it left after a reboot")
    } else {
        None
    }
}
