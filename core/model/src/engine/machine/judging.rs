//! Whether a sale may be, as far as its account, this machine's role and its surroundings tell.

use super::starts::Asking;
use super::{Engine, Role, closed};
use crate::engine::port::Connection;
use crate::engine::store::Surroundings;
use crate::error::{Charged, Code, Error};
use crate::identity::{self, Verdict};
use crate::ids::PaymentId;
use crate::sale::{Sale, Times};
use crate::time::Moment;

/// What is to be done with a call.
pub(super) enum Judged {
    New { times: Times, releases: Vec<PaymentId> },
    Known { payment: PaymentId, replayed: bool },
    Refused(Error),
}

impl Engine {
    /// Whether a sale can be taken now; false means as soon as there is a lease.
    pub(super) fn ready_to_sell(&self, now: &Moment) -> Result<bool, Error> {
        if self.closing.is_some() {
            return Err(closed());
        }
        match self.role {
            Role::Drives => Ok(self.keeper.driver(now).is_some()),
            Role::Restored => Err(Error::new(Code::JournalRestored).charged(Charged::No)),
            Role::Observes => Err(Error::new(Code::InvalidConfiguration)
                .field("role")
                .rule("drives")
                .message("an observer starts nothing: open the journal to drive payments")),
        }
    }

    pub(super) fn connection(&self, name: &str) -> Option<&Connection> {
        let name = crate::ids::AccountName::parse(name).ok()?;
        let member = self.accounts.get(&name).filter(|member| member.connected)?;
        Some(&member.connection)
    }

    pub(super) fn judge(&self, asking: &Asking, around: &Surroundings, now: &Moment) -> Judged {
        let Some(connection) = self.connection(&asking.request.account) else {
            return Judged::Refused(unknown_account());
        };
        let adapter = connection.adapter.as_ref();
        let check = |sale: &Sale| adapter.check(sale);
        let limits = identity::Limits {
            capabilities: adapter.capabilities(),
            usual: &adapter.manners().times,
            check: &check,
            replay_window_ms: connection.terms.replay_window_ms,
        };
        let asked = identity::Asked {
            request: &asking.request,
            sale: &asking.sale,
            fingerprint: &asking.fingerprint,
        };
        let known = around.known();
        match identity::verdict(asked, limits, &known, now) {
            Verdict::New { times, releases } => Judged::New { times, releases },
            Verdict::Join(payment) => Judged::Known { payment, replayed: true },
            Verdict::Replay(payment) => Judged::Known { payment, replayed: true },
            other => Judged::Refused(other.error().unwrap_or_else(|| Error::new(Code::Internal))),
        }
    }
}

pub(super) fn unknown_account() -> Error {
    Error::new(Code::UnknownAccount).field("account").charged(Charged::No)
}
