//! The four providers of the world: each a fake and the adapter that translates for it.

use std::sync::Arc;

use tillkit_model::provider::Adapter;

use crate::adapters;
use crate::fakes::{Habits, Provider, house, qonto};
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
}

impl Kind {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Qonto, Self::Conflict, Self::Reference, Self::Quickpay];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Qonto => "qonto",
            Self::Conflict => "conflict",
            Self::Reference => "reference",
            Self::Quickpay => "quickpay",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Its translator.
    #[must_use]
    pub fn adapter(self) -> Arc<dyn Adapter> {
        match self {
            Self::Qonto => tillkit_model::provider::qonto::adapter(),
            Self::Conflict => Arc::new(adapters::House::new(adapters::Kind::Conflict)),
            Self::Reference => Arc::new(adapters::House::new(adapters::Kind::Reference)),
            Self::Quickpay => Arc::new(adapters::House::new(adapters::Kind::Quickpay)),
        }
    }

    /// Its fake. Where nobody but a customer ends a sale, customers of a life without faults do.
    #[must_use]
    pub fn provider(self, faultless: bool, short: bool, draws: &mut Rng) -> Box<dyn Provider> {
        let endless = matches!(self, Self::Qonto | Self::Reference);
        let ignores = draws.pick(&[0, 100, 400]);
        let mut habits = Habits {
            declines: draws.pick(&[0, 100, 300]),
            ignores: if endless && faultless { 0 } else { ignores },
            tips: if self == Self::Quickpay { 0 } else { draws.pick(&[0, 300]) },
            dawdles: draws.pick(&[0, 100]),
        };
        if short {
            habits = Habits { declines: 0, ignores: 0, tips: 0, dawdles: 0 };
        }
        let house = |rules| -> Box<dyn Provider> { Box::new(house::House::new(rules, habits)) };
        match self {
            Self::Qonto => {
                let terminals = (0..TERMINALS).map(|number| terminal(number).into()).collect();
                Box::new(qonto::Qonto::new(terminals, habits))
            }
            Self::Conflict => house(house::Rules::CONFLICT),
            Self::Reference => house(house::Rules::REFERENCE),
            Self::Quickpay => house(house::Rules::QUICKPAY),
        }
    }

    /// Whether a sale may be approved now and captured later.
    #[must_use]
    pub const fn captures(self) -> bool {
        matches!(self, Self::Conflict | Self::Reference)
    }

    /// Whether money can be given back.
    #[must_use]
    pub const fn refunds(self) -> bool {
        !matches!(self, Self::Qonto)
    }
}

/// How many terminals the shop has.
pub const TERMINALS: usize = 3;

/// The provider's id of a terminal.
#[must_use]
pub fn terminal(number: usize) -> String {
    format!("019d7188-1476-7a74-a7da-{number:012}")
}
