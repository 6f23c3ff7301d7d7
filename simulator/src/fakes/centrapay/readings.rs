//! The worst readings of what Centrapay's documents leave open.

use crate::rng::Rng;

/// How what the documents leave open is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Readings {
    /// A request that was voided after it was paid reads `paid` and not `cancelled`.
    pub voided_reads_paid: bool,
    /// Looking a request up by its reference polls it too.
    pub list_polls: bool,
    /// The key has no right to list.
    pub list_forbidden: bool,
    /// Activities of refunds name no reference of the till's.
    pub refunds_unnamed: bool,
    /// Voiding what is cancelled is refused.
    pub void_once: bool,
    /// How long after its expiry a request that was being paid may still be.
    pub late_ms: u64,
    /// How long after its making a request is first in a list.
    pub list_lag_ms: u64,
    /// Amounts are numbers.
    pub numbers: bool,
    /// Every list names a next page.
    pub always_pages: bool,
    /// A create that came to a 5xx was made twice.
    pub made_twice: bool,
    /// Several assets pay a request, and the last of them never comes.
    pub parts_break_off: bool,
}

impl Readings {
    /// Those of one life.
    pub fn draw(draws: &mut Rng) -> Self {
        Self {
            voided_reads_paid: draws.chance(500),
            list_polls: draws.chance(300),
            list_forbidden: draws.chance(150),
            refunds_unnamed: draws.chance(300),
            void_once: draws.chance(500),
            late_ms: draws.pick(&[0, 0, 5_000]),
            list_lag_ms: draws.pick(&[0, 0, 5_000]),
            numbers: draws.chance(200),
            always_pages: draws.chance(200),
            made_twice: draws.chance(300),
            parts_break_off: draws.chance(300),
        }
    }

    /// In plain words.
    #[must_use]
    pub fn words(&self) -> Vec<&'static str> {
        let table = [
            (true, "the first read of a code pays"),
            (self.voided_reads_paid, "a voided request still reads paid"),
            (self.list_polls, "a list polls what it lists"),
            (self.list_forbidden, "the key may not list"),
            (self.refunds_unnamed, "activities of refunds name no reference"),
            (self.void_once, "voiding what is cancelled is refused"),
            (self.late_ms > 0, "a request is paid after its expiry"),
            (self.list_lag_ms > 0, "a list shows a request late"),
            (self.numbers, "amounts are numbers"),
            (self.always_pages, "an exhausted list names a next page"),
            (self.made_twice, "a create that came to a 5xx was made twice"),
            (self.parts_break_off, "a part is paid, and the rest never comes"),
        ];
        table.into_iter().filter(|(on, _)| *on).map(|(_, words)| words).collect()
    }
}
