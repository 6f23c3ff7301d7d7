//! Which of VINR's contradictory pages a life believes, and which worst readings it plays.

use crate::rng::Rng;

/// One consistent reading of VINR's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// The terminal's own server: no keys, no refunds, nothing but payments, no notifications.
    pub local: bool,
    /// Where a tip stands.
    pub tips: Tips,
    /// How a state that forbids something is refused.
    pub conflict: Conflict,
    /// Lists have `page` instead of `has_more`, and 25 items unless asked.
    pub paged: bool,
    /// Times are ISO 8601 text.
    pub iso_times: bool,
    /// Ids begin with `tpay_`, `created` comes before `pending`, cancelled has one l, and what ran
    /// out of time is called cancelled.
    pub guide_words: bool,
    /// With manual capture an approval is already called `completed`.
    pub completed_when_held: bool,
    /// Metadata of terminal payments comes back.
    pub keeps_metadata: bool,
    /// An approved payment shows a `pay_` id, and refunds know it by that alone.
    pub pay_ids: bool,
    /// A refund is pending at first.
    pub slow_refunds: bool,
    /// How long a payment waits for a card; none for ever.
    pub pending_ms: Option<u64>,
    /// The second of two running requests with one key is refused; otherwise both run.
    pub running_keys_conflict: bool,
    /// Refusals are kept for their keys too.
    pub keeps_refusals: bool,
    /// What ran may be answered with the 409 of a repeat that VINR made itself.
    pub repeats_behind_the_door: bool,
    /// A terminal may be called busy at first.
    pub busy: bool,
    /// Approvals are made offline, and declined so long after.
    pub offline_ms: Option<u64>,
}

/// Where a tip stands. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tips {
    /// `amount` grows by it.
    Included,
    /// `amount` stays, what is captured grows.
    OnTop,
    /// The same, with `tipAmount` and `total`.
    Total,
    /// Neither grows: the tip stands beside them.
    Beside,
}

/// How a state that forbids something is refused. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// 422, and 409 is for keys alone.
    Unprocessable,
    /// 409.
    Conflict,
}

impl Rules {
    /// The one page that describes terminal payments as a whole.
    pub const PLAIN: Self = Self {
        local: false,
        tips: Tips::Included,
        conflict: Conflict::Unprocessable,
        paged: false,
        iso_times: false,
        guide_words: false,
        completed_when_held: false,
        keeps_metadata: true,
        pay_ids: false,
        slow_refunds: false,
        pending_ms: Some(180_000),
        running_keys_conflict: true,
        keeps_refusals: false,
        repeats_behind_the_door: false,
        busy: false,
        offline_ms: None,
    };

    /// Draws the reading of one life.
    pub fn draw(draws: &mut Rng) -> Self {
        Self {
            local: draws.chance(250),
            tips: draws.pick(&[Tips::Included, Tips::OnTop, Tips::Total, Tips::Beside]),
            conflict: draws.pick(&[Conflict::Unprocessable, Conflict::Conflict]),
            paged: draws.chance(500),
            iso_times: draws.chance(500),
            guide_words: draws.chance(500),
            completed_when_held: draws.chance(500),
            keeps_metadata: draws.chance(500),
            pay_ids: draws.chance(500),
            slow_refunds: draws.chance(500),
            pending_ms: draws.pick(&[None, Some(60_000), Some(180_000)]),
            running_keys_conflict: draws.chance(500),
            keeps_refusals: draws.chance(500),
            repeats_behind_the_door: draws.chance(500),
            busy: draws.chance(300),
            offline_ms: None,
        }
    }

    /// The readings that no page documents, in plain words.
    #[must_use]
    pub fn readings(&self) -> Vec<&'static str> {
        let both_run = !self.running_keys_conflict;
        let all = [
            (self.local, "local mode: the terminal knows no keys and tells nobody"),
            (!self.local, "a key is forgotten after half an hour"),
            (!self.local && both_run, "two running requests with one key both run"),
            (self.repeats_behind_the_door, "what ran is answered with the 409 of its own repeat"),
            (self.pending_ms.is_none(), "a pending payment waits for ever"),
            (!self.keeps_metadata, "metadata of terminal payments is not kept"),
            (self.keeps_refusals, "a key keeps refusals too"),
            (self.conflict == Conflict::Conflict, "409 means a state that forbids it"),
            (self.tips == Tips::Included, "tips inside amount"),
            (self.tips == Tips::OnTop, "tips on top of amount"),
            (self.tips == Tips::Total, "tips in total alone"),
            (self.tips == Tips::Beside, "tips beside all amounts"),
            (self.pay_ids, "refunds go by the pay_ id alone"),
            (self.slow_refunds, "refunds are pending at first, and may fail"),
            (self.completed_when_held, "completed is said of what is only held"),
        ];
        all.into_iter().filter(|(on, _)| *on).map(|(_, words)| words).collect()
    }
}
