//! The next step of a payment: what to do now, or when to think again.
//!
//! A pure function of the payment's facts, of what this process remembers about its looks, of the
//! provider's manners and of the time. The engine carries a step out; [`super::decide`] judges it
//! again.

mod paying;

use super::event::Abandonment;
use super::manners::{Absence, Looking, Manners};
use super::permission::{self, LOST_SEND_MS, Permission, SEND_HORIZON_MS};
use super::sighting::Charge;
use super::state::{Operation, OperationKind, Payment};
use super::view::{self, Progress};
use super::{hold, loss, surplus};
use crate::ids::{ChargeId, OperationId};
use crate::time::Moment;
use crate::wire::Request;

pub use paying::{lists_nothing_new, until_over_ms};

/// What to do next. Closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Permit and send the start.
    Start,
    /// Permit and send a capture, refund or cancel.
    Operate(OperationId),
    /// Permit the reads of a sale where a read may pay.
    PermitPolls,
    /// Read one charge.
    Read(ChargeId),
    /// Look for the start by our reference.
    LookUp,
    /// Wish a cancel ourselves: the sale was left unpaid past its expiry.
    WishCancel,
    /// Withdraw a charge beside the one that is kept.
    Withdraw(ChargeId),
    /// Let go of what the last capture left.
    Release(ChargeId),
    /// Give the start up; it never ran.
    Abandon(Abandonment),
    /// Tell the caller *unknown*.
    Doubt,
    /// Ask a person.
    Escalate,
    /// Stop looking on a schedule.
    EndLooking,
    /// Believe a verified hint that says *taken*, since the read cannot be had.
    BelieveHint(ChargeId),
}

/// A step, or the time until there may be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// Do this now.
    Act(Step),
    /// Think again after so many milliseconds at the latest.
    Wait(u64),
    /// Only something that arrives can change anything.
    Rest,
}

impl Plan {
    /// The first thing to do, or the shortest wait.
    #[must_use]
    pub fn or(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Act(step) => Self::Act(step),
            Self::Rest => other(),
            Self::Wait(ms) => match other() {
                Self::Act(step) => Self::Act(step),
                Self::Wait(earlier) => Self::Wait(ms.min(earlier)),
                Self::Rest => Self::Wait(ms),
            },
        }
    }
}

/// What this process remembers about looking at a payment; nothing of it needs to survive.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Looks {
    /// When the last look ended.
    pub last: Option<Moment>,
    /// Since when looks have failed without one success.
    pub failing_since: Option<Moment>,
    /// The provider asked to be left alone from then on, so long.
    pub leave_alone: Option<(Moment, u64)>,
    /// A hint or a caller made it due.
    pub due_now: bool,
    /// How many looks there were, so that several charges take turns.
    pub count: u32,
    /// This process holds a permit for reads that may pay.
    pub may_poll: bool,
    /// A read was answered, so whatever a first read starts was started in its time.
    pub was_read: bool,
    /// The list of the last look-up goes on.
    pub further: Option<Box<Further>>,
}

/// The rest of a list that a look-up showed the beginning of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Further {
    /// The request of its next page.
    pub page: Request,
    /// How many of its pages were seen.
    pub seen: u32,
}

/// More pages than this are not turned in one go: the next look-up begins anew with the newest.
pub const PAGES_MAX: u32 = 20;

/// What a plan is made from.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The payment.
    pub payment: &'a Payment,
    /// What this process remembers.
    pub looks: &'a Looks,
    /// The provider's manners.
    pub manners: &'a Manners,
    /// Whether a read of this sale may pay.
    pub read_may_pay: bool,
    /// Whether a list that shows what this sale started may pay it, as a first read does.
    pub list_may_pay: bool,
    /// A request of this payment is on its way.
    pub in_flight: bool,
    /// A code was scanned for the start, and this process does not hold it.
    pub code_lost: bool,
    /// Whether this process may permit anything at all.
    pub may_permit: bool,
    /// When.
    pub now: &'a Moment,
}

/// The next step.
#[must_use]
pub fn plan(view: View<'_>) -> Plan {
    if view.in_flight {
        return doubts(view);
    }
    start(view).or(|| doubts(view)).or(|| operations(view)).or(|| looks(view))
}

fn start(view: View<'_>) -> Plan {
    if !view.may_permit {
        return Plan::Rest;
    }
    let permission = permission::start(view.payment, view.manners, view.now);
    match permission {
        // Nobody can fill it in, so that only a repeat of the call may still send it in its time.
        Permission::Now(_) | Permission::In(_) if view.code_lost => {
            Plan::Wait(permission::until_late_ms(view.payment, view.now))
        }
        Permission::Now(_) | Permission::In(_) | Permission::GiveUp(_) | Permission::Never(_) => {
            by_permission(&permission, Step::Start)
        }
    }
}

fn by_permission(permission: &Permission, step: Step) -> Plan {
    match permission {
        Permission::Now(_) => Plan::Act(step),
        Permission::In(ms) => Plan::Wait(*ms),
        Permission::GiveUp(why) => Plan::Act(Step::Abandon(*why)),
        Permission::Never(_) => Plan::Rest,
    }
}

fn operations(view: View<'_>) -> Plan {
    if !view.may_permit {
        return Plan::Rest;
    }
    let unasked = abandoned(view).or(|| surplus(view)).or(|| rest(view));
    view::all_operations(view.payment).fold(unasked, |plan, operation| {
        plan.or(|| {
            let may = permission::operation(view.payment, operation, view.manners, view.now);
            let look = look_first(view, operation).filter(|_| matches!(may, Permission::Now(_)));
            look.unwrap_or_else(|| by_permission(&may, Step::Operate(operation.id)))
        })
    })
}

/// Where a void undoes even what was paid, a safe look comes before it, so that what was paid
/// meanwhile is adopted; where no look can be had for long, it goes all the same.
fn look_first(view: View<'_>, operation: &Operation) -> Option<Plan> {
    let View { payment, looks, manners, now, .. } = view;
    let voids = manners.void_after_expiry_ms.is_some() && !view.read_may_pay;
    let cancels = matches!(operation.kind, OperationKind::Cancel | OperationKind::Withdraw);
    if !voids || !cancels || !operation.sends.is_empty() {
        return None;
    }
    let charge = permission::target(payment, operation)?;
    let undecided = payment.charges.get(charge).is_some_and(Charge::is_undecided);
    if !undecided || has_looked_since(looks, &operation.wished_at) {
        return None;
    }
    let step = Step::Read(charge.clone());
    match &looks.failing_since {
        None if looks.leave_alone.is_none() => Some(Plan::Act(step)),
        Some(since) if now.has_surely_passed(since, manners.looking.hint_alone_after_ms) => None,
        None | Some(_) => Some(due(view, step)),
    }
}

/// Whether a look that ended after this moment was clear.
fn has_looked_since(looks: &Looks, moment: &Moment) -> bool {
    let later = |last: &Moment| last.boot != moment.boot || last.boot_ms >= moment.boot_ms;
    looks.failing_since.is_none() && looks.last.as_ref().is_some_and(later)
}

/// An unpaid sale is voided unasked where the provider's manners say so.
fn abandoned(view: View<'_>) -> Plan {
    let View { payment, manners, now, .. } = view;
    let (Some(margin), Some(expires)) = (manners.void_after_expiry_ms, payment.times.expires_ms)
    else {
        return Plan::Rest;
    };
    let undecided = payment.charges.values().any(Charge::is_undecided);
    // What the lost part of a journal held may have been paid, and goods handed out for it.
    let unsure = payment.history_lost.is_some();
    if payment.cancel.is_some() || !undecided || unsure || view::is_settled(payment) {
        return Plan::Rest;
    }
    match now.until_surely_passed_ms(&payment.created_at, expires.saturating_add(margin)) {
        0 => Plan::Act(Step::WishCancel),
        wait => Plan::Wait(wait),
    }
}

/// Whatever still waits beside the charge that is kept is withdrawn unasked.
fn surplus(view: View<'_>) -> Plan {
    let charge = surplus::to_withdraw(view.payment, view.manners);
    #[cfg(mutant = "second_request_left")]
    let charge = charge.filter(|_| false);
    charge.map_or(Plan::Rest, |charge| Plan::Act(Step::Withdraw(charge.clone())))
}

/// What the last capture left is let go of once that capture was seen: the wish for it stood in the
/// capture's own, so that it outlives whoever wished it.
fn rest(view: View<'_>) -> Plan {
    let due = hold::to_release(view.payment).filter(|_| view.manners.release.is_some());
    #[cfg(mutant = "rest_left_held")]
    let due = due.filter(|_| false);
    due.map_or(Plan::Rest, |(charge, _)| Plan::Act(Step::Release(charge.clone())))
}

/// What time alone may do: tell the caller, ask a person, stop looking. Never *no*.
fn doubts(view: View<'_>) -> Plan {
    let View { payment, manners, now, .. } = view;
    if !view::is_unsettled(payment) || payment.looking_ended {
        return Plan::Rest;
    }
    let looking = &manners.looking;
    if view::is_settled(payment) {
        return end_of_looking(view, looking);
    }
    if payment.doubted.is_none() {
        let settle_by = payment.times.settle_by_ms;
        return match now.until_may_have_passed_ms(&payment.created_at, settle_by) {
            0 => Plan::Act(Step::Doubt),
            wait => Plan::Wait(wait),
        };
    }
    let escalation = if payment.escalated {
        Plan::Rest
    } else {
        match since_base(view, looking.person_after_ms) {
            0 => Plan::Act(Step::Escalate),
            wait => Plan::Wait(wait),
        }
    };
    escalation.or(|| end_of_looking(view, looking))
}

/// Looking ends once everything that is looked for has had its time.
fn end_of_looking(view: View<'_>, looking: &Looking) -> Plan {
    let waits = awaited(view.payment, looking)
        .map(|(since, lead_ms)| until_looked_ms(view.now, since, lead_ms, looking));
    match waits.max().unwrap_or(0) {
        0 => Plan::Act(Step::EndLooking),
        wait => Plan::Wait(wait),
    }
}

/// How long until something was looked for long enough. A machine that starts anew every night
/// never counts three days by its boot clock, so there the wall clock counts too, after one dense
/// hour.
fn until_looked_ms(now: &Moment, since: &Moment, lead_ms: u64, looking: &Looking) -> u64 {
    let by_boot_ms = now.until_surely_passed_ms(since, lead_ms);
    if now.boot == since.boot {
        return by_boot_ms;
    }
    let by_wall_ms = lead_ms.saturating_sub(now.wall_since_ms(since));
    by_boot_ms.min(by_wall_ms.max(looking.dense_for_ms.saturating_sub(now.boot_ms)))
}

/// Each thing that is looked for: since when, and for how long.
fn awaited<'a>(payment: &'a Payment, looking: &Looking) -> impl Iterator<Item = (&'a Moment, u64)> {
    let until_ms = looking.until_ms;
    let undecided = payment.charges.values().any(Charge::is_undecided);
    let sale = (undecided || !view::is_settled(payment))
        .then(|| (&payment.created_at, payment.times.settle_by_ms.saturating_add(until_ms)));
    let operations = view::all_operations(payment)
        .filter(|operation| view::is_under_way(payment, operation))
        .chain(hold::to_release(payment).map(|(_, capture)| capture))
        .map(move |operation| (&operation.wished_at, until_ms));
    let heard = payment.heard_at.as_deref().into_iter().filter(|_| !payment.hints.is_empty());
    let lost = loss::unseen_since(payment).into_iter();
    let captured =
        payment.settled_at.as_deref().into_iter().filter(|_| view::awaits_capture(payment));
    let watch_ms = looking.capture_watch_ms;
    sale.into_iter()
        .chain(operations)
        .chain(heard.chain(lost).map(move |since| (since, until_ms)))
        .chain(captured.map(move |since| (since, watch_ms)))
}

/// How long until so much has surely passed since the moment from which looking is counted.
fn since_base(view: View<'_>, after_ms: u64) -> u64 {
    let (since, lead_ms) = base(view.payment);
    view.now.until_surely_passed_ms(since, lead_ms.saturating_add(after_ms))
}

/// Looking is counted from `settle_by`, or from the last wish or a loss of history if that came
/// later.
fn base(payment: &Payment) -> (&Moment, u64) {
    let held = view::outcome(payment) == view::Outcome::Held;
    let counts = |operation: &&Operation| {
        let asked_to_move_money = match operation.kind {
            OperationKind::Capture | OperationKind::Refund | OperationKind::Release => true,
            OperationKind::Cancel => held,
            OperationKind::Start | OperationKind::Answer | OperationKind::Withdraw => false,
        };
        asked_to_move_money && view::is_under_way(payment, operation)
    };
    let wished = view::all_operations(payment).filter(counts).map(|known| &known.wished_at);
    let latest = wished.chain(loss::unseen_since(payment)).max_by_key(|at| at.wall_ms);
    latest.map_or((&payment.created_at, payment.times.settle_by_ms), |last| (last, 0))
}

fn looks(view: View<'_>) -> Plan {
    let Some(target) = target(view) else { return until_shown(view) };
    if view.payment.looking_ended && !view.looks.due_now && view.looks.further.is_none() {
        return Plan::Rest;
    }
    if let Some(charge) = believable_hint(view) {
        return Plan::Act(Step::BelieveHint(charge));
    }
    match target {
        Target::Reference => paying::list(view),
        Target::Charge(charge) if !view.read_may_pay => due(view, Step::Read(charge)),
        Target::Charge(charge) => paying::read(view, charge),
    }
}

/// A look at what a lost part of the journal may have done is worth nothing before that has
/// surely arrived.
fn until_shown(view: View<'_>) -> Plan {
    match loss::unseen_since(view.payment) {
        Some(since) if !view.payment.looking_ended => {
            Plan::Wait(view.now.until_surely_passed_ms(since, LOST_SEND_MS))
        }
        Some(_) | None => Plan::Rest,
    }
}

enum Target {
    Charge(ChargeId),
    Reference,
}

/// What is worth looking at, if anything.
fn target(view: View<'_>) -> Option<Target> {
    let View { payment, looks, manners, now, .. } = view;
    let awaits = awaits_trace(payment) || view::awaits_capture(payment);
    let worth: Vec<&ChargeId> = payment
        .charges
        .iter()
        .filter(|(id, charge)| {
            let told = payment.hints.contains_key(*id) || loss::is_due(payment, id, now);
            charge.is_undecided() || awaits || told
        })
        .map(|(id, _)| id)
        .collect();
    if turns_pages(looks, manners, now, worth.is_empty()) {
        return Some(Target::Reference);
    }
    let turn = usize::try_from(looks.count).ok().and_then(|count| count.checked_rem(worth.len()));
    if let Some(charge) = turn.and_then(|turn| worth.get(turn)) {
        return Some(Target::Charge((*charge).clone()));
    }
    let lost = payment.charges.is_empty()
        && !view::is_settled(payment)
        && view::may_have_left(&payment.start);
    (lost && manners.look_up).then_some(Target::Reference)
}

/// A list that goes on is read to its end, for a second charge of ours may stand there; where its
/// next page cannot be had, it takes turns with what else is worth a look.
fn turns_pages(looks: &Looks, manners: &Manners, now: &Moment, alone: bool) -> bool {
    let given_up = looks
        .failing_since
        .as_ref()
        .is_some_and(|since| now.has_surely_passed(since, manners.looking.until_ms));
    let its_turn = alone || looks.failing_since.is_none() || looks.count.is_multiple_of(2);
    looks.further.is_some() && manners.look_up && its_turn && !given_up
}

/// An operation of which only a read can tell.
fn awaits_trace(payment: &Payment) -> bool {
    view::all_operations(payment).any(|operation| {
        let sent = matches!(view::progress(operation), Progress::Unresolved | Progress::Accepted);
        view::is_under_way(payment, operation) && sent
            || view::cancel_may_yet_undo(payment, operation)
    })
}

fn due(view: View<'_>, step: Step) -> Plan {
    let View { looks, now, .. } = view;
    let alone = looks.leave_alone.as_ref();
    let alone_ms = alone.map_or(0, |(since, ms)| now.until_surely_passed_ms(since, *ms));
    let turns_the_page =
        step == Step::LookUp && looks.further.is_some() && looks.failing_since.is_none();
    let gap_ms = if looks.due_now || turns_the_page {
        0
    } else {
        let last = looks.last.as_ref();
        last.map_or(0, |last| now.until_surely_passed_ms(last, gap(view).min(patience(view))))
    };
    match alone_ms.max(gap_ms) {
        0 => Plan::Act(step),
        wait => Plan::Wait(wait),
    }
}

/// How long to leave between two looks: a second at the counter, growing to a minute within the
/// hour, hourly after that.
fn gap(view: View<'_>) -> u64 {
    let looking = &view.manners.looking;
    let (since, lead_ms) = base(view.payment);
    let age = view.now.age_at_least_ms(since).saturating_sub(lead_ms);
    if age > looking.dense_for_ms {
        looking.sparse_ms
    } else if view.payment.doubted.is_some() || lead_ms == 0 || view::is_settled(view.payment) {
        let tenth = age.checked_div(10).unwrap_or(0);
        tenth.clamp(looking.doubt_first_ms, looking.doubt_longest_ms.max(looking.doubt_first_ms))
    } else if view.payment.charges.is_empty() {
        looking.poll_ms.saturating_mul(5)
    } else {
        looking.poll_ms
    }
}

/// How long to leave after a look that failed: as long as they have been failing, so that a process
/// which lives for minutes does not wait for hours because its first look never left.
fn patience(view: View<'_>) -> u64 {
    let shortest = view.manners.looking.doubt_first_ms;
    let failing = view.looks.failing_since.as_ref();
    failing.map_or(u64::MAX, |since| view.now.age_at_least_ms(since).max(shortest))
}

/// A hint that says *taken* may stand alone when the read that should confirm it cannot be had.
fn believable_hint(view: View<'_>) -> Option<ChargeId> {
    let View { payment, looks, manners, now, .. } = view;
    let failing = looks.failing_since.as_ref()?;
    if !now.has_surely_passed(failing, manners.looking.hint_alone_after_ms) {
        return None;
    }
    let mut hints = payment.hints.iter();
    hints.find(|(_, hint)| view::tells_of_money(hint)).map(|(charge, _)| charge.clone())
}

/// Whether finding nothing now would be proof: the look-up was asked when no send of the start
/// could still arrive, and whatever had arrived by then would have expired.
#[must_use]
pub fn absence_is_proof(payment: &Payment, manners: &Manners, asked_at: &Moment) -> bool {
    let Absence::ProofAfterExpiry { margin_ms } = manners.absence else { return false };
    let expires_ms = payment.times.expires_ms.unwrap_or(u64::MAX);
    let wait_ms = SEND_HORIZON_MS.saturating_add(expires_ms).saturating_add(margin_ms);
    let start = &payment.start;
    let mut sent = start.sends.iter().map(|send| &send.at).chain(start.untold_until.as_deref());
    let proof =
        sent.all(|sent| asked_at.has_surely_passed(sent, wait_ms)) && view::may_have_left(start);
    #[cfg(mutant = "absence_concluded_too_early")]
    let proof = true || proof;
    proof && payment.charges.is_empty()
}
