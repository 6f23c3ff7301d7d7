//! Webhooks on their way: to whom, when, and when again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::faults::Fault;

/// Who is notified, and by which secret it is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The address, on this machine.
    pub url: String,
    /// The secret.
    #[serde(default)]
    pub secret: String,
}

/// One notification, signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outgoing {
    /// The method.
    pub(super) method: &'static str,
    /// What is put behind the target's address.
    pub(super) query: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// One delivery that is due at a time.
pub(super) struct Delivery {
    pub(super) outgoing: Outgoing,
    pub(super) target: Target,
    pub(super) tries: usize,
}

/// Deliveries in the order of their times.
#[derive(Default)]
pub(super) struct Outbox {
    targets: Vec<Target>,
    due: BTreeMap<(u64, u64), Delivery>,
    written: u64,
    /// The one that waits for the next to overtake it.
    overtaken: Option<Delivery>,
}

impl Outbox {
    pub(super) fn add(&mut self, target: Target) {
        self.targets.retain(|known| known.url != target.url);
        self.targets.push(target);
    }

    pub(super) fn targets(&self) -> Vec<Target> {
        self.targets.clone()
    }

    pub(super) fn next_ms(&self) -> Option<u64> {
        self.due.first_key_value().map(|((at_ms, _), _)| *at_ms)
    }

    pub(super) fn put(
        &mut self,
        outgoing: Outgoing,
        target: Target,
        fault: Option<Fault>,
        now_ms: u64,
    ) {
        let delivery = || Delivery { outgoing: outgoing.clone(), target: target.clone(), tries: 0 };
        match fault {
            Some(Fault::DropWebhook) => {}
            Some(Fault::DoubleWebhook) => {
                self.write(now_ms, delivery());
                self.write(now_ms, delivery());
            }
            Some(Fault::DelayWebhook { ms }) => self.write(now_ms + ms, delivery()),
            Some(Fault::ReorderWebhooks) => self.overtaken = Some(delivery()),
            _ => {
                self.write(now_ms, delivery());
                if let Some(late) = self.overtaken.take() {
                    self.write(now_ms, late);
                }
            }
        }
    }

    /// Nobody took it: once more, that much later.
    pub(super) fn again(&mut self, delivery: Delivery, at_ms: u64) {
        let tries = delivery.tries + 1;
        self.write(at_ms, Delivery { tries, ..delivery });
    }

    /// Takes the next one that is due.
    pub(super) fn due(&mut self, now_ms: u64) -> Option<Delivery> {
        let entry = self.due.first_entry().filter(|entry| entry.key().0 <= now_ms)?;
        Some(entry.remove())
    }

    fn write(&mut self, at_ms: u64, delivery: Delivery) {
        self.due.insert((at_ms, self.written), delivery);
        self.written += 1;
    }
}
