//! A sale as Marlin writes it, wherever it writes it.

use serde::Deserialize;
use tillkit_model::ids::{ChargeId, PaymentId, Reference, TerminalId};
use tillkit_model::money::{Currency, Money};
use tillkit_model::payment::sighting::{NotTaken, Ours, SeenOperation, Sighting, Standing};

/// A sale, in an answer or in a notification.
#[derive(Debug, Deserialize)]
pub(super) struct Record {
    id: String,
    our_id: Option<String>,
    device: String,
    minor: i64,
    currency: String,
    state: String,
    #[serde(default)]
    refunds: Vec<Refund>,
}

#[derive(Debug, Deserialize)]
struct Refund {
    #[serde(rename = "ref")]
    reference: String,
    minor: i64,
}

/// Every state, and what it means; what is not here is *unknown*.
const STATES: &[(&str, State)] = &[
    ("waiting", State::Waiting),
    ("at-reader", State::AtReader),
    ("approved", State::Approved),
    ("declined", State::Over(NotTaken::Declined)),
    ("called-off", State::Over(NotTaken::Cancelled)),
    ("timed-out", State::Over(NotTaken::Expired)),
];

#[derive(Debug, Clone, Copy)]
enum State {
    Waiting,
    AtReader,
    Approved,
    Over(NotTaken),
}

impl Record {
    /// Our payment's id in it, if it holds one.
    pub(super) fn payment(&self) -> Option<PaymentId> {
        self.our_id.as_deref().and_then(|id| PaymentId::parse(id).ok())
    }

    /// The sale as `payment` sees it; none where any part that decides cannot be read.
    pub(super) fn sighting(&self, payment: PaymentId) -> Option<Sighting> {
        let currency = Currency::parse(&self.currency).ok()?;
        let asked = Money::from_minor(self.minor, currency).ok()?;
        let ours = match (&self.our_id, self.payment()) {
            (None, _) => Ours::Unsaid,
            (Some(_), Some(named)) if named == payment => Ours::Yes,
            (Some(_), _) => Ours::No,
        };
        let operations = self.refunds.iter().map(|refund| refund.seen(currency));
        Some(Sighting {
            charge: ChargeId::parse(&self.id).ok()?,
            ours,
            asked: Some(asked),
            terminal: Some(TerminalId::parse(&self.device).ok()?),
            standing: self.standing(asked)?,
            operations: operations.collect::<Option<_>>()?,
            card: None,
            details: None,
        })
    }

    fn standing(&self, asked: Money) -> Option<Standing> {
        let (_, state) = STATES.iter().find(|(word, _)| *word == self.state)?;
        Some(match state {
            State::Waiting => Standing::Pending,
            State::AtReader => Standing::Processing,
            State::Approved => Standing::Taken {
                authorized: asked,
                captured: asked,
                tip: None,
                returned: self.returned(asked.currency())?,
                provisional: false,
            },
            State::Over(how) => Standing::NotTaken { how: *how, reason: None },
        })
    }

    fn returned(&self, currency: Currency) -> Option<Option<Money>> {
        let zero = Money::zero(currency);
        let sum = self.refunds.iter().try_fold(zero, |sum, refund| {
            sum.checked_add(Money::from_minor(refund.minor, currency).ok()?).ok()
        })?;
        Some((!sum.is_zero()).then_some(sum))
    }
}

impl Refund {
    fn seen(&self, currency: Currency) -> Option<SeenOperation> {
        Some(SeenOperation {
            reference: Reference::parse(&self.reference).ok()?,
            amount: Some(Money::from_minor(self.minor, currency).ok()?),
            took_effect: Some(true),
        })
    }
}
