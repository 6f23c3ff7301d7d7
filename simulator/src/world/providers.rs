//! The providers of the world, one row each: a fake and the adapter that translates for it.
//!
//! A row stands in a file of its own; to add one is that file, a variant of [`Kind`] and an arm in
//! [`Kind::row`]. Four of them are mixed where no provider is named; the others live on their own,
//! so that a new one changes no draw of an old seed.

mod centrapay;
mod dintero;
mod houses;
mod qonto;
mod vinr;

use std::fmt;
use std::sync::Arc;

use tillkit_model::provider::{Adapter, Hint};
use tillkit_model::sale::SaleRequest;

use super::mutants::Mutant;
use super::verdict::Cause;
use crate::fakes::ledger::Charge;
use crate::fakes::{Habits, Provider};
use crate::rng::Rng;

/// Which provider. Closed: one for each kind of manners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A key that expires; no list, no cancel.
    Qonto,
    /// A key that conflicts.
    Conflict,
    /// No key, and a look-up by reference.
    Reference,
    /// No key, void on doubt, and a read that charges.
    Quickpay,
    /// VINR, in the cloud and at the terminal.
    Vinr,
    /// No key, look-ups by reference, and sessions that outlive their end.
    Dintero,
    /// The real Centrapay.
    Centrapay,
}

/// One provider of the world.
pub struct Row {
    /// Its name on the command line.
    pub name: &'static str,
    /// What tills ask for there.
    pub shop: Shop,
    /// Makes the fake of one life, and the adapter that belongs to it.
    pub cast: fn(&mut Casting<'_>) -> Cast,
    /// How many of a thousand payments may be left to a person where it is the only provider; the
    /// causes that are not named keep the bounds of the mixture.
    pub bounds: &'static [(Cause, u64)],
    /// The protections against its own traps that can be removed.
    pub mutants: &'static [Mutant],
}

/// What tills ask for at one provider, beside what its adapter says it can do.
#[derive(Debug)]
pub struct Shop {
    /// The provider's id of each terminal; none where sales need no terminal.
    pub terminal: Option<fn(usize) -> String>,
    /// ISO 4217.
    pub currency: &'static str,
    /// Some sales get longer than usual.
    pub patient: bool,
    /// Makes a sale one of a scanned code, where there are such.
    pub scan: Option<fn(&mut SaleRequest)>,
}

/// What one life's provider is made from.
#[derive(Debug)]
pub struct Casting<'a> {
    /// Nothing is made to go wrong in this life.
    pub faultless: bool,
    /// One sale to a customer who pays at once.
    pub short: bool,
    /// What decides.
    pub draws: &'a mut Rng,
}

/// One life's provider.
pub struct Cast {
    /// The translator.
    pub adapter: Arc<dyn Adapter>,
    /// The fake.
    pub provider: Box<dyn Provider>,
    /// Says what a webhook of this charge at that time comes to, through the adapter's own
    /// translation; none lets the world write the hint.
    pub listener: Option<Listener>,
    /// The worst readings of undocumented behaviour that this life plays, in plain words.
    pub readings: Vec<&'static str>,
}

/// What a webhook comes to; nothing where none is sent, or where it is refused.
pub type Listener = Box<dyn Fn(&Charge, u64) -> Option<Hint>>;

impl Casting<'_> {
    /// Draws how customers behave. Where nobody but a customer ends a sale (`endless`), those of a
    /// life without faults do.
    #[must_use]
    pub fn habits(&mut self, tips: bool, endless: bool) -> Habits {
        let ignores = self.draws.pick(&[0, 100, 400]);
        let habits = Habits {
            declines: self.draws.pick(&[0, 100, 300]),
            ignores: if endless && self.faultless { 0 } else { ignores },
            tips: if tips { self.draws.pick(&[0, 300]) } else { 0 },
            dawdles: self.draws.pick(&[0, 100]),
        };
        if self.short { Habits { declines: 0, ignores: 0, tips: 0, dawdles: 0 } } else { habits }
    }
}

impl Kind {
    /// Those that are mixed where none is named. Each seed's draws depend on this list.
    pub const ALL: &[Self] = &[Self::Qonto, Self::Conflict, Self::Reference, Self::Quickpay];

    /// Every one that can be named.
    pub const KNOWN: &[Self] = &[
        Self::Qonto,
        Self::Conflict,
        Self::Reference,
        Self::Quickpay,
        Self::Vinr,
        Self::Dintero,
        Self::Centrapay,
    ];

    /// Its row.
    #[must_use]
    pub const fn row(self) -> &'static Row {
        match self {
            Self::Qonto => &qonto::ROW,
            Self::Conflict => &houses::CONFLICT,
            Self::Reference => &houses::REFERENCE,
            Self::Quickpay => &houses::QUICKPAY,
            Self::Vinr => &vinr::ROW,
            Self::Dintero => &dintero::ROW,
            Self::Centrapay => &centrapay::ROW,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::KNOWN.iter().copied().find(|kind| kind.name() == name)
    }

    /// How many of a thousand payments may be left to a person for this cause, where it is the only
    /// provider.
    #[must_use]
    pub fn bound_per_mille(self, cause: Cause) -> u64 {
        let own = self.row().bounds.iter().find(|(known, _)| *known == cause);
        own.map_or_else(|| cause.bound_per_mille(), |(_, bound)| *bound)
    }
}

/// How many terminals the shop has.
pub const TERMINALS: usize = 3;

/// A terminal that is named by a UUID.
#[must_use]
pub fn uuid_terminal(number: usize) -> String {
    format!("019d7188-1476-7a74-a7da-{number:012}")
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl fmt::Debug for Cast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {:?}", self.adapter.name(), self.readings)
    }
}
