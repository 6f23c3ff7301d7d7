//! A payment's charges by the provider's ids: nearly always one, so a short list in order rather
//! than a tree, which makes room for eleven at once.

use super::sighting::Charge;
use crate::ids::ChargeId;

/// Charges, each id once, in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Charges(Vec<(ChargeId, Charge)>);

impl Charges {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// The charge of this id.
    #[must_use]
    pub fn get(&self, id: &ChargeId) -> Option<&Charge> {
        let place = self.place(id).ok()?;
        self.0.get(place).map(|(_, charge)| charge)
    }

    /// The charge of this id, to be changed.
    pub fn get_mut(&mut self, id: &ChargeId) -> Option<&mut Charge> {
        let place = self.place(id).ok()?;
        self.0.get_mut(place).map(|(_, charge)| charge)
    }

    /// Whether there is a charge of this id.
    #[must_use]
    pub fn contains_key(&self, id: &ChargeId) -> bool {
        self.place(id).is_ok()
    }

    /// Makes room for a charge of which nothing is known but its id, unless it is here.
    pub fn admit(&mut self, id: &ChargeId) {
        if let Err(place) = self.place(id) {
            self.0.reserve_exact(1);
            self.0.insert(place, (id.clone(), Charge::default()));
        }
    }

    /// The charges with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (&ChargeId, &Charge)> + Clone {
        self.0.iter().map(|(id, charge)| (id, charge))
    }

    /// The ids.
    pub fn keys(&self) -> impl Iterator<Item = &ChargeId> + Clone {
        self.iter().map(|(id, _)| id)
    }

    /// The charges.
    pub fn values(&self) -> impl Iterator<Item = &Charge> + Clone {
        self.iter().map(|(_, charge)| charge)
    }

    fn place(&self, id: &ChargeId) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.cmp(id))
    }
}
