//! A terminal in a person's hands: nobody taps there by themselves, and it can be unplugged.
//!
//! It knows what the device shows and what a customer does to it. What becomes of the money, the
//! fake alone knows; what a screen says of that is read from its ledger.

use serde::{Deserialize, Serialize};
use tillkit_model::wire::Request;

use crate::fakes::ledger::{Ledger, Reader, Standing};
use crate::fakes::{Customer, Provider, Step};

/// What a person does with the terminal that they hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Deed {
    /// A card meets the reader.
    Present {
        /// How it does.
        how: How,
        /// On top, in minor units.
        #[serde(default)]
        tip_minor: i64,
        /// The issuer says no.
        #[serde(default)]
        declined: bool,
    },
    /// The customer walks away; the prompt stays.
    Leave,
    /// The plug is pulled.
    Unplug,
    /// It is plugged in again.
    PlugIn,
    /// Whether a prompt outlives an outage.
    Remember {
        /// It is shown again when the power is back.
        on: bool,
    },
    /// Whether the till has to answer a condition before the next customer may pay.
    Condition {
        /// It has to.
        on: bool,
    },
}

/// How a card meets the reader. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Contactless.
    Tap,
    /// The chip.
    Insert,
    /// The stripe.
    Swipe,
}

/// What the device shows. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Screen {
    /// Nothing: it is unplugged.
    Dark,
    /// That it waits for a sale.
    Ready,
    /// That it waits for a card.
    Prompt,
    /// The same, and nobody is there any more.
    Left,
    /// That the card is being asked.
    Working,
    /// That the money was taken.
    Approved,
    /// That the card said no.
    Declined,
    /// That the till cancelled.
    Cancelled,
    /// That nobody paid in time.
    Expired,
    /// That an approval was undone.
    Reversed,
}

/// Something that happened at the device.
#[derive(Debug, Clone, Serialize)]
pub struct Moment {
    /// When, on the simulator's clock.
    pub at_ms: u64,
    /// The charge that it is about, by the provider's id.
    pub charge: Option<String>,
    /// What.
    pub what: &'static str,
}

/// The device as it is now.
#[derive(Debug, Clone, Serialize)]
pub struct Held {
    /// Its id at the provider.
    pub terminal: String,
    /// It has power.
    pub plugged: bool,
    /// A prompt outlives an outage.
    pub remembers: bool,
    /// The next sale meets a condition.
    pub condition: bool,
    /// What it shows.
    pub screen: Screen,
    /// The sale that it shows, or showed last, by the provider's id.
    pub charge: Option<String>,
    /// What happened at it, in order.
    pub moments: Vec<Moment>,
}

/// How long an issuer thinks.
const DECIDED_AFTER_MS: u64 = 900;

pub(super) struct Hand {
    terminal: String,
    plugged: bool,
    remembers: bool,
    condition: bool,
    /// The sales that it was sent, in order.
    sales: Vec<Sale>,
    /// How many charges and prompts of the ledger were looked at.
    looked: (usize, usize),
    moments: Vec<Moment>,
}

struct Sale {
    place: usize,
    id: String,
    light: Light,
    /// A card was held to it, or none is needed.
    met: bool,
    standing: Standing,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Light {
    On,
    /// On, and the customer has gone.
    Left,
    /// It comes back with the power, where the device remembers.
    Asleep,
    /// It was dropped in silence.
    Lost,
}

impl Hand {
    pub(super) fn new(terminal: String, ledger: &Ledger) -> Self {
        Self {
            terminal,
            plugged: true,
            remembers: false,
            condition: false,
            sales: Vec::new(),
            looked: (ledger.charges.len(), ledger.prompts.len()),
            moments: Vec::new(),
        }
    }

    /// Whether a request is about this terminal: its id stands in no other's.
    pub(super) fn is_meant(&self, request: &Request) -> bool {
        let body = request.body.as_deref().unwrap_or_default();
        request.path.contains(&self.terminal) || body.contains(&self.terminal)
    }

    /// What its customer does by themselves: nothing.
    pub(super) const fn customer(&self) -> Customer {
        let shows = self.plugged || self.remembers;
        Customer::told(if shows { Some(0) } else { None }, None)
    }

    /// Takes in what the ledger shows by now; the place of a sale that is to meet a condition.
    pub(super) fn look(&mut self, ledger: &Ledger, now_ms: u64) -> Option<usize> {
        for at in 0..self.sales.len() {
            let standing = ledger.charges[self.sales[at].place].standing;
            if std::mem::replace(&mut self.sales[at].standing, standing) != standing {
                self.note_end(at, standing, now_ms);
            }
        }
        let prompted = ledger.prompts.len() > self.looked.1;
        let mut conditioned = None;
        for place in self.looked.0..ledger.charges.len() {
            let charge = &ledger.charges[place];
            if charge.terminal.as_deref() == Some(self.terminal.as_str()) {
                let (id, standing) = (charge.id.as_str().to_owned(), charge.standing);
                let sale = Sale { place, id, light: Light::On, met: !prompted, standing };
                self.meet(sale, prompted, now_ms);
                conditioned = std::mem::take(&mut self.condition).then_some(place);
            }
        }
        self.looked = (ledger.charges.len(), ledger.prompts.len());
        conditioned
    }

    /// Where a scanned code pays, nobody is asked for anything.
    fn meet(&mut self, sale: Sale, prompted: bool, now_ms: u64) {
        let (light, what) = match (self.plugged, prompted) {
            (true, true) => (Light::On, "prompt"),
            (true, false) => (Light::On, "scanned"),
            (false, true) => (Light::Asleep, "asleep"),
            (false, false) => (Light::Lost, "lost"),
        };
        self.sales.push(Sale { light, ..sale });
        self.note(what, now_ms);
    }

    fn note_end(&mut self, at: usize, standing: Standing, now_ms: u64) {
        let what = match standing {
            Standing::Pending | Standing::Processing => return,
            Standing::Taken => "approved",
            Standing::Declined => "declined",
            Standing::Cancelled => "cancelled",
            Standing::Expired => "expired",
            Standing::Reversed => "reversed",
        };
        let charge = Some(self.sales[at].id.clone());
        self.moments.push(Moment { at_ms: now_ms, charge, what });
    }

    /// Does it, or says why it cannot be done.
    pub(super) fn act(
        &mut self,
        deed: Deed,
        fake: &mut dyn Provider,
        now_ms: u64,
    ) -> Result<(), &'static str> {
        match deed {
            Deed::Present { how, tip_minor, declined } => {
                let place = self.present(how, now_ms)?;
                fake.read_by(place, how.reader());
                let step = if declined { Step::Decline } else { Step::Approve { tip_minor } };
                // Where a customer pays in an app there is no reader to be held to.
                fake.act(place, Step::Tap, now_ms);
                if !fake.act(place, step, now_ms + DECIDED_AFTER_MS) {
                    return Err("this provider's customers cannot do that");
                }
            }
            Deed::Leave => self.leave(now_ms)?,
            Deed::Unplug => self.unplug(now_ms),
            Deed::PlugIn => self.plug_in(now_ms),
            Deed::Remember { on } => self.remembers = on,
            Deed::Condition { on } => self.condition = on,
        }
        Ok(())
    }

    fn present(&mut self, how: How, now_ms: u64) -> Result<usize, &'static str> {
        if self.screen() != Screen::Prompt {
            return Err("the terminal does not ask for a card");
        }
        self.note(how.word(), now_ms);
        let sale = self.sales.last_mut().ok_or("there is no sale")?;
        sale.met = true;
        Ok(sale.place)
    }

    fn leave(&mut self, now_ms: u64) -> Result<(), &'static str> {
        if self.screen() != Screen::Prompt {
            return Err("nobody stands at the terminal");
        }
        self.relight(Light::On, Light::Left);
        self.note("left", now_ms);
        Ok(())
    }

    fn unplug(&mut self, now_ms: u64) {
        if std::mem::replace(&mut self.plugged, false) {
            self.note("unplugged", now_ms);
            self.relight(Light::On, Light::Asleep);
            self.relight(Light::Left, Light::Asleep);
        }
    }

    fn plug_in(&mut self, now_ms: u64) {
        if !std::mem::replace(&mut self.plugged, true) {
            let back = if self.remembers { Light::On } else { Light::Lost };
            let woke = self.sales.last().is_some_and(|sale| sale.light == Light::Asleep);
            self.relight(Light::Asleep, back);
            self.note(if woke && self.remembers { "woke" } else { "plugged-in" }, now_ms);
        }
    }

    /// Only the last sale can be on the screen.
    fn relight(&mut self, from: Light, to: Light) {
        if let Some(sale) = self.sales.last_mut().filter(|sale| sale.light == from) {
            sale.light = to;
        }
    }

    fn note(&mut self, what: &'static str, at_ms: u64) {
        let charge = self.sales.last().map(|sale| sale.id.clone());
        self.moments.push(Moment { at_ms, charge, what });
    }

    fn screen(&self) -> Screen {
        let Some(sale) = self.sales.last().filter(|_| self.plugged) else {
            return if self.plugged { Screen::Ready } else { Screen::Dark };
        };
        match (sale.standing, sale.light) {
            (_, Light::Lost | Light::Asleep) => Screen::Ready,
            (Standing::Pending, _) if sale.met => Screen::Working,
            (Standing::Pending, Light::On) => Screen::Prompt,
            (Standing::Pending, Light::Left) => Screen::Left,
            (Standing::Processing, _) => Screen::Working,
            (Standing::Taken, _) => Screen::Approved,
            (Standing::Declined, _) => Screen::Declined,
            (Standing::Cancelled, _) => Screen::Cancelled,
            (Standing::Expired, _) => Screen::Expired,
            (Standing::Reversed, _) => Screen::Reversed,
        }
    }

    pub(super) fn held(&self) -> Held {
        Held {
            terminal: self.terminal.clone(),
            plugged: self.plugged,
            remembers: self.remembers,
            condition: self.condition,
            screen: self.screen(),
            charge: self.sales.last().map(|sale| sale.id.clone()),
            moments: self.moments.clone(),
        }
    }
}

impl How {
    const fn reader(self) -> Reader {
        match self {
            Self::Tap => Reader::Contactless,
            Self::Insert => Reader::Chip,
            Self::Swipe => Reader::Stripe,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Tap => "tap",
            Self::Insert => "insert",
            Self::Swipe => "swipe",
        }
    }
}

#[cfg(test)]
mod tests;
