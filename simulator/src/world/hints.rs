//! Webhooks, as the host hands them over once they are verified: lost, late, twice, out of order.

use tillkit_model::engine::port::Call;
use tillkit_model::ids::{AccountName, TerminalId};
use tillkit_model::money::{Currency, Money};
use tillkit_model::payment::sighting::{NotTaken, Ours, Sighting, Standing as Seen};
use tillkit_model::provider::Hint;

use super::faults::Fault;
use super::life::{Event, World};
use super::process::ACCOUNT;
use super::story::shown;
use super::workload::{Job, Task};
use crate::fakes::ledger::{Charge, Standing};

/// How long a provider waits before the next delivery of what nobody took.
const RETRIES_MS: [u64; 5] = [60_000, 300_000, 1_800_000, 7_200_000, 86_400_000];

impl World {
    /// Lets everything happen at the provider that is due, and sends webhooks on their way.
    pub(super) fn tick_provider(&mut self) {
        for notice in self.provider.tick(self.now_ms) {
            let standing = format!("{:?}", notice.charge.standing).to_lowercase();
            self.tell(|| format!("at the provider {} is {standing}", notice.charge.id));
            self.notices.push(notice);
            let place = self.notices.len() - 1;
            self.send_hint(place);
        }
        if let Some(due_ms) = self.provider.next_ms() {
            if self.provider_due_ms <= self.now_ms || due_ms < self.provider_due_ms {
                self.provider_due_ms = due_ms;
                self.queue.put(due_ms, Event::Provider);
            }
        } else {
            self.provider_due_ms = u64::MAX;
        }
    }

    fn send_hint(&mut self, place: usize) {
        if self.strike(Fault::HintLost).is_some() {
            return;
        }
        let mut wait_ms = self.draws(0x41).between(200, 40_000);
        if let Some(mut draws) = self.strike(Fault::HintLate) {
            let longest = draws.pick(&[120_000, 1_200_000, 14_400_000]);
            wait_ms += draws.between(30_000, longest);
        }
        self.put_hint(place, 0, wait_ms);
        if let Some(mut draws) = self.strike(Fault::HintRepeated) {
            self.put_hint(place, 0, wait_ms + draws.between(1, 600_000));
        }
    }

    fn put_hint(&mut self, place: usize, tries: u32, wait_ms: u64) {
        self.open_hints += 1;
        self.queue.put(self.now_ms + wait_ms, Event::Hint { place, tries });
    }

    /// A webhook reaches the host.
    pub(super) fn deliver(&mut self, place: usize, tries: u32) {
        let Some(hint) = self.hint(place) else {
            self.open_hints -= 1;
            return;
        };
        let Some(who) = self.any_process() else {
            return self.redeliver(place, tries);
        };
        let sighting = &hint.sighting;
        self.tell(|| format!("a webhook reaches p{}: {}", who.process, shown(sighting)));
        let account = AccountName::parse(ACCOUNT).expect("a name");
        let call = Call::Hint { account, hint: Box::new(hint) };
        self.call(who, call, Task { job: Job::Hint { place }, tries });
        self.pump(who);
    }

    /// Nobody took it: the provider tries again, for about a day.
    pub(super) fn redeliver(&mut self, place: usize, tries: u32) {
        self.open_hints -= 1;
        if let Some(wait_ms) = RETRIES_MS.get(tries as usize) {
            self.put_hint(place, tries + 1, *wait_ms);
        }
    }

    /// It was taken in.
    pub(super) fn hint_taken(&mut self, place: usize) {
        self.open_hints -= 1;
        let charge = self.notices[place].charge.id.clone();
        self.auditor.hint_taken(charge);
    }

    fn hint(&self, place: usize) -> Option<Hint> {
        let charge = &self.notices[place].charge;
        if let Some(listener) = &self.listener {
            return listener(charge, self.now_ms);
        }
        let payment = charge.payment;
        let currency = Currency::parse(&charge.currency).ok()?;
        let money = |minor| Money::from_minor(minor, currency).ok();
        let sighting = Sighting {
            details: None,
            charge: charge.id.clone(),
            ours: if payment.is_some() { Ours::Yes } else { Ours::Unsaid },
            asked: money(charge.asked_minor),
            terminal: charge.terminal.as_deref().and_then(|id| TerminalId::parse(id).ok()),
            standing: seen(charge, self.provider.surface().expiry_is_final, &money)?,
            operations: Vec::new(),
            card: None,
        };
        Some(Hint { payment, sighting })
    }
}

fn seen(
    charge: &Charge,
    expiry_is_final: bool,
    money: &dyn Fn(i64) -> Option<Money>,
) -> Option<Seen> {
    let not_taken = |how| Some(Seen::NotTaken { how, reason: None });
    match charge.standing {
        Standing::Pending => Some(Seen::Pending),
        Standing::Processing => Some(Seen::Processing),
        Standing::Taken => Some(Seen::Taken {
            authorized: money(charge.authorized_minor)?,
            captured: money(charge.captured_minor)?,
            tip: money(charge.tip_minor).filter(|tip| !tip.is_zero()),
            returned: None,
            provisional: false,
        }),
        Standing::Declined => not_taken(NotTaken::Declined),
        Standing::Cancelled => not_taken(NotTaken::Cancelled),
        Standing::Expired if expiry_is_final => not_taken(NotTaken::Expired),
        Standing::Expired => None,
        Standing::Reversed => Some(Seen::Reversed { authorized: money(charge.authorized_minor) }),
    }
}
