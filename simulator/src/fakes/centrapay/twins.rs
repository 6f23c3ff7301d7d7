//! Requests of one sale beside each other, of which a till has to void all but one.

use super::entry::Entry;
use super::{Centrapay, Standing};
use crate::fakes::Complaint;

impl Centrapay {
    /// All requests that carry the same reference.
    pub(super) fn of_one_sale(&mut self, place: usize) -> impl Iterator<Item = &mut Entry> {
        let reference = self.entries[place].external_ref.clone();
        self.entries.iter_mut().filter(move |entry| entry.external_ref == reference)
    }

    /// A request has ended without money: it was too many if it was left for long beside another,
    /// and what is left alone by it is not.
    pub(super) fn part(&mut self, place: usize, at_ms: u64) {
        if let Some(due_ms) = self.entries[place].left_since_ms(at_ms) {
            let words =
                format!("{} was one too many and was never voided", self.ledger.charges[place].id);
            self.complaints.push(Complaint { at_ms, words, left_undone: Some(due_ms) });
        }
        let reference = self.entries[place].external_ref.clone();
        let lives = |other: &usize| {
            self.entries[*other].external_ref == reference
                && matches!(
                    self.standing(*other),
                    Standing::Pending | Standing::Processing | Standing::Taken
                )
        };
        if (0..self.entries.len()).filter(lives).count() < 2 {
            self.of_one_sale(place).for_each(|entry| entry.pair(false, at_ms));
        }
    }
}
