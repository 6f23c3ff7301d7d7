//! How customers and devices behave once a terminal asks for a card.

use crate::rng::Rng;

/// What a customer or a device does to one charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A card is held to the reader.
    Tap,
    /// The issuer approves, with this tip on top.
    Approve {
        /// In minor units.
        tip_minor: i64,
    },
    /// The issuer declines.
    Decline,
    /// The provider's session ends.
    Expire,
    /// A cancel that the provider took on reaches the device.
    CancelArrives,
}

/// How often customers do what, in thousandths.
#[derive(Debug, Clone, Copy)]
pub struct Habits {
    /// They decline, or their bank does.
    pub declines: u32,
    /// They walk away and never pay.
    pub ignores: u32,
    /// They leave a tip, where the provider knows tips.
    pub tips: u32,
    /// They take longer than a minute.
    pub dawdles: u32,
}

/// How a terminal is when it is asked for a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// It shows the sale at once.
    Ready,
    /// It is not reachable, and the sale is dropped in silence.
    Offline,
    /// It shows the sale after a minute or two.
    Slow {
        /// After so long.
        after_ms: u64,
    },
    /// It wakes hours later, still shows the sale, and someone taps.
    WakesLate {
        /// After so long.
        after_ms: u64,
    },
    /// It and its customer do exactly as they were told.
    Told(Customer),
}

/// What one customer will do at one prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Customer {
    /// When the terminal lights up, counted from the arrival; none when it never does.
    pub prompt_after_ms: Option<u64>,
    /// When the card is held to the reader, counted from the light, and what comes of it.
    pub tap: Option<Tap>,
}

/// A card at the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tap {
    /// Counted from the light.
    pub after_ms: u64,
    /// How long the issuer takes.
    pub decided_after_ms: u64,
    /// What it says.
    pub step: Step,
}

impl Customer {
    /// Exactly so: when the terminal lights up, when the card comes, and what the issuer says a
    /// moment later.
    #[must_use]
    pub const fn told(prompt_after_ms: Option<u64>, tap: Option<(u64, Step)>) -> Self {
        let tap = match tap {
            Some((after_ms, step)) => Some(Tap { after_ms, decided_after_ms: 200, step }),
            None => None,
        };
        Self { prompt_after_ms, tap }
    }

    /// Draws what happens at this prompt.
    pub fn draw(habits: &Habits, device: Device, draws: &mut Rng) -> Self {
        let (prompt_after_ms, sure) = match device {
            Device::Ready => (Some(draws.between(200, 400)), false),
            Device::Offline => (None, false),
            Device::Slow { after_ms } => (Some(after_ms), false),
            Device::WakesLate { after_ms } => (Some(after_ms), true),
            Device::Told(customer) => return customer,
        };
        let ignores = draws.chance(habits.ignores) && !sure;
        let declines = draws.chance(habits.declines);
        let tip_minor = if draws.chance(habits.tips) { draws.between(1, 500) as i64 } else { 0 };
        let longest = if draws.chance(habits.dawdles) { 150_000 } else { 25_000 };
        // Most type their number at once; some have to think, or their bank has.
        let slowest = match (sure, draws.chance(500)) {
            (true, true) => 240_000,
            (false, true) => 60_000,
            (_, false) => 6_000,
        };
        let tap = Tap {
            after_ms: draws.between(500, longest),
            decided_after_ms: draws.between(300, slowest),
            step: if declines { Step::Decline } else { Step::Approve { tip_minor } },
        };
        Self { prompt_after_ms, tap: (!ignores && prompt_after_ms.is_some()).then_some(tap) }
    }
}
