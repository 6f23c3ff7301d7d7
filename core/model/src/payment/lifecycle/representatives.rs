//! Payments that stand for each stage, told as short stories of events and never built by hand.
//!
//! The table of all pairs and the picture of the lifecycle are computed from the same payments, so
//! that neither can say what the other does not.

use crate::ids::{
    AccountName, ChargeId, MerchantId, OperationId, PaymentId, ProcessId, Reference, TerminalId,
};
use crate::money::{Currency, Money};
use crate::payment::apply::apply;
use crate::payment::details::{Condition, ConditionStatus, Details};
use crate::payment::event::{Abandonment, Again, Answer, Event, Fingerprint, Reason, Source, Word};
use crate::payment::manners::{Absence, Looking, Manner, Manners, StartManner, Times};
use crate::payment::sighting::{NotTaken, Ours, SeenOperation, Sighting, Standing};
use crate::payment::stage::never_ran;
use crate::payment::{Driver, Operation, OperationKind, Payment};
use crate::sale::{Account, Capture, Environment, Sale};
use crate::time::{BootId, MINUTE_MS, Moment, SECOND_MS};
use crate::wire::{Method, Request};

/// A payment that stands for a stage.
#[derive(Debug, Clone)]
pub struct Representative {
    /// Its stage, and what sets it apart: `sent/lost`.
    pub name: &'static str,
    /// Its provider's manners.
    pub manners: Manners,
    /// What has happened.
    pub events: Vec<Event>,
    /// The fold of that.
    pub payment: Payment,
    /// When it is looked at.
    pub now: Moment,
}

/// The condition that some of them meet.
pub const CONDITION: &str = "condition-1";

/// A start with a key and nothing else, as at a provider that only takes payments.
const KEYED: Manners = Manners {
    start: StartManner {
        manner: Manner::Keyed { life_ms: 25 * MINUTE_MS },
        timeout_ms: MINUTE_MS,
        quiet_gap_ms: 5 * SECOND_MS,
        replays_max: 1,
    },
    capture: None,
    refund: None,
    cancel: None,
    release: None,
    several_captures: false,
    answer: None,
    look_up: false,
    absence: Absence::NeverProof,
    void_after_expiry_ms: None,
    times: Times { start_by_ms: 90_000, expires_ms: None, settle_by_ms: 120_000 },
    looking: Looking::DEFAULT,
};

/// Keys for everything that moves money; a cancel that may be repeated.
const FULL: Manners = Manners {
    capture: Some(Manner::Keyed { life_ms: 25 * MINUTE_MS }),
    refund: Some(Manner::Keyed { life_ms: 25 * MINUTE_MS }),
    cancel: Some(Manner::SameEffect),
    answer: Some(Manner::SameEffect),
    ..KEYED
};

/// The same, and a hold that is captured in parts, whose rest can be let go of.
const PARTS: Manners =
    Manners { release: Some(Manner::SameEffect), several_captures: true, ..FULL };

/// No key anywhere; a cancel that may be repeated.
const ONCE: Manners = Manners {
    start: StartManner { manner: Manner::Once, replays_max: 0, ..KEYED.start },
    capture: Some(Manner::Once),
    refund: Some(Manner::Once),
    cancel: Some(Manner::SameEffect),
    ..KEYED
};

/// No key, but a list that shows what was started, and an expiry after which absence is proof.
const LISTED: Manners = Manners {
    look_up: true,
    absence: Absence::ProofAfterExpiry { margin_ms: 10 * SECOND_MS },
    void_after_expiry_ms: Some(10 * SECOND_MS),
    times: Times { start_by_ms: 90_000, expires_ms: Some(120_000), settle_by_ms: 130_000 },
    ..ONCE
};

/// Name, manners, whether the till captures, and what has happened.
#[rustfmt::skip]
const STORIES: &[(&str, &Manners, Capture, &str)] = &[
    ("created/fresh",             &KEYED,  Capture::Automatic, "+1s"),
    ("created/late",              &KEYED,  Capture::Automatic, "+90s"),
    ("created/cancel-wished",     &FULL,   Capture::Automatic, "wish-cancel +1s"),
    ("created/after-a-reboot",    &KEYED,  Capture::Automatic, "reboot"),
    ("sent/waiting",              &KEYED,  Capture::Automatic, "permit +1s"),
    ("sent/lost-keyed",           &KEYED,  Capture::Automatic, "permit +10s unknown +55s"),
    ("sent/lost-keyed-quiet",     &KEYED,  Capture::Automatic, "permit +10s unknown +54s"),
    ("sent/lost-twice",           &KEYED,  Capture::Automatic, "permit unknown +65s permit unknown +5s"),
    ("sent/lost-key-gone",        &KEYED,  Capture::Automatic, "permit key-gone +5s"),
    ("sent/lost-cancel-wished",   &FULL,   Capture::Automatic, "permit unknown wish-cancel +5s"),
    ("sent/lost-once",            &ONCE,   Capture::Automatic, "permit unknown +5s"),
    ("sent/lost-listed",          &LISTED, Capture::Automatic, "permit unknown +5s"),
    ("sent/not-yet",              &ONCE,   Capture::Automatic, "permit not-yet +5s"),
    ("sent/not-yet-late",         &ONCE,   Capture::Automatic, "permit not-yet +90s"),
    ("sent/history-lost",         &ONCE,   Capture::Automatic, "permit not-yet history-lost +5s"),
    ("pending/accepted",          &KEYED,  Capture::Automatic, "permit accepted +1s"),
    ("pending/hinted",            &KEYED,  Capture::Automatic, "permit accepted hint-taken +1s"),
    ("pending/cancel-wished",     &FULL,   Capture::Automatic, "permit accepted wish-cancel +1s"),
    ("pending/cancel-unsupported", &KEYED,  Capture::Automatic, "permit accepted wish-cancel +1s"),
    ("pending/cancel-accepted",   &FULL,   Capture::Automatic, "permit accepted wish-cancel permit-cancel accepted +6s"),
    ("pending/condition",         &FULL,   Capture::Automatic, "permit accepted condition +1s"),
    ("pending/condition-late",    &FULL,   Capture::Automatic, "permit accepted condition +120s"),
    ("pending/condition-cancelled", &FULL, Capture::Automatic, "permit accepted condition wish-cancel +1s"),
    ("pending/answer-wished",     &FULL,   Capture::Automatic, "permit accepted condition wish-answer +1s"),
    ("pending/answer-lost",       &FULL,   Capture::Automatic, "permit accepted condition wish-answer permit-money unknown +6s"),
    ("pending/answer-refused",    &FULL,   Capture::Automatic, "permit accepted condition wish-answer permit-money refused +6s"),
    ("pending/answered",          &FULL,   Capture::Automatic, "permit accepted condition wish-answer permit-money accepted condition-accepted +1s"),
    ("pending/second",            &FULL,   Capture::Automatic, "permit accepted second +1s"),
    ("pending/second-kept",       &KEYED,  Capture::Automatic, "permit accepted second +1s"),
    ("pending/second-withdrawn",  &FULL,   Capture::Automatic, "permit accepted second wish-withdrawal permit-money accepted +6s"),
    ("pending/second-refused",    &FULL,   Capture::Automatic, "permit accepted second wish-withdrawal permit-money refused +6s"),
    ("processing/at-the-reader",  &KEYED,  Capture::Automatic, "permit accepted processing +1s"),
    ("authorized/keyed",          &FULL,   Capture::Manual,    "permit accepted held +1s"),
    ("authorized/once",           &ONCE,   Capture::Manual,    "permit accepted held +1s"),
    ("authorized/capture-wished", &FULL,   Capture::Manual,    "permit accepted held wish-capture +1s"),
    ("authorized/capture-lost",   &FULL,   Capture::Manual,    "permit accepted held wish-capture permit-money unknown +6s"),
    ("authorized/capture-once",   &ONCE,   Capture::Manual,    "permit accepted held wish-capture permit-money unknown +6s"),
    ("authorized/release-wished", &FULL,   Capture::Manual,    "permit accepted held wish-cancel +1s"),
    ("authorized/release-sent",   &FULL,   Capture::Manual,    "permit accepted held wish-cancel permit-cancel accepted +6s"),
    ("authorized/release-refused", &FULL,  Capture::Manual,    "permit accepted held wish-cancel permit-cancel refused +6s"),
    ("authorized/history-lost",   &FULL,   Capture::Manual,    "permit accepted held history-lost +1s"),
    ("authorized/capture-unseen", &FULL,   Capture::Manual,    "permit accepted held history-lost wish-capture +1s"),
    ("completed/paid",            &FULL,   Capture::Automatic, "permit accepted taken +1s"),
    ("completed/paid-keyed",      &KEYED,  Capture::Automatic, "permit accepted taken +1s"),
    ("completed/captured",        &FULL,   Capture::Manual,    "permit accepted held wish-capture permit-money accepted taken +1s"),
    ("completed/captured-in-part", &PARTS, Capture::Manual,    "permit accepted held wish-part permit-money accepted part-seen +1s"),
    ("completed/captured-twice",  &PARTS,  Capture::Manual,    "permit accepted held wish-part permit-money accepted part-seen wish-capture permit-money unknown +6s"),
    ("completed/captured-last",   &PARTS,  Capture::Manual,    "permit accepted held wish-last permit-money accepted part-seen +1s"),
    ("completed/release-wished",  &PARTS,  Capture::Manual,    "permit accepted held wish-last permit-money accepted part-seen wish-release +1s"),
    ("completed/release-lost",    &PARTS,  Capture::Manual,    "permit accepted held wish-last permit-money accepted part-seen wish-release permit-money unknown +6s"),
    ("completed/release-refused", &PARTS,  Capture::Manual,    "permit accepted held wish-last permit-money accepted part-seen wish-release permit-money refused +6s"),
    ("completed/released",        &PARTS,  Capture::Manual,    "permit accepted held wish-last permit-money accepted part-seen wish-release permit-money accepted rest-released +1s"),
    ("completed/refund-wished",   &ONCE,   Capture::Automatic, "permit accepted taken wish-refund +1s"),
    ("completed/part-paid",       &FULL,   Capture::Automatic, "permit accepted taken-part +1s"),
    ("completed/refund-sent",     &ONCE,   Capture::Automatic, "permit accepted taken wish-refund permit-money +6s"),
    ("completed/refund-lost",     &ONCE,   Capture::Automatic, "permit accepted taken wish-refund permit-money unknown +6s"),
    ("completed/refund-accepted", &ONCE,   Capture::Automatic, "permit accepted taken wish-refund permit-money accepted +6s"),
    ("completed/refunded",        &ONCE,   Capture::Automatic, "permit accepted taken wish-refund permit-money accepted refund-seen +1s"),
    ("completed/twice",           &FULL,   Capture::Automatic, "permit accepted taken taken-twice +1s"),
    ("completed/cancel-strays",   &FULL,   Capture::Automatic, "permit accepted wish-cancel permit-cancel unknown taken +1s"),
    ("completed/second",          &FULL,   Capture::Automatic, "permit accepted second taken +1s"),
    ("completed/second-strays",   &FULL,   Capture::Automatic, "permit accepted second wish-withdrawal permit-money unknown taken-twice +1s"),
    ("completed/second-by-word",  &FULL,   Capture::Automatic, "permit accepted second +120s doubt word-paid +1s"),
    ("completed/one-of-two-back", &FULL,   Capture::Automatic, "permit accepted taken taken-twice wish-refund permit-money accepted refund-seen +1s"),
    ("completed/history-lost",    &ONCE,   Capture::Automatic, "permit accepted taken history-lost +81s"),
    ("completed/by-word",         &KEYED,  Capture::Automatic, "permit unknown +120s doubt word-paid +1s"),
    ("declined/by-the-card",      &KEYED,  Capture::Automatic, "permit accepted declined +1s"),
    ("failed/refused",            &KEYED,  Capture::Automatic, "permit refused +1s"),
    ("failed/given-up",           &ONCE,   Capture::Automatic, "permit not-yet +90s late +1s"),
    ("failed/broken",             &KEYED,  Capture::Automatic, "permit accepted failed +1s"),
    ("cancelled/before-the-send", &FULL,   Capture::Automatic, "wish-cancel given-up +1s"),
    ("cancelled/at-the-terminal", &FULL,   Capture::Automatic, "permit accepted wish-cancel permit-cancel accepted cancelled +1s"),
    ("cancelled/released",        &FULL,   Capture::Manual,    "permit accepted held wish-cancel permit-cancel accepted reversed +1s"),
    ("cancelled/by-word",         &ONCE,   Capture::Automatic, "permit unknown +120s doubt word-not-paid +1s"),
    ("expired/never-sent",        &KEYED,  Capture::Automatic, "+90s late +1s"),
    ("expired/absent",            &LISTED, Capture::Automatic, "permit unknown +220s doubt absent +1s"),
    ("expired/shown",             &KEYED,  Capture::Automatic, "permit accepted expired +1s"),
    ("in_doubt/lost",             &KEYED,  Capture::Automatic, "permit unknown +120s doubt +1s"),
    ("in_doubt/pending",          &FULL,   Capture::Manual,    "permit accepted +120s doubt +1s"),
    ("in_doubt/listed",           &LISTED, Capture::Automatic, "permit unknown +230s doubt +1s"),
    ("needs_person/lost",         &ONCE,   Capture::Automatic, "permit unknown +120s doubt +600s escalate +1s"),
    ("needs_person/not-looking",  &ONCE,   Capture::Automatic, "permit unknown +120s doubt +600s escalate +259200s end-looking +1s"),
];

/// Every representative.
///
/// # Errors
/// When a story says what cannot happen; it names the story.
pub fn all() -> Result<Vec<Representative>, &'static str> {
    STORIES
        .iter()
        .map(|(name, manners, capture, story)| tell(name, manners, *capture, story).ok_or(*name))
        .collect()
}

fn tell(
    name: &'static str,
    manners: &Manners,
    capture: Capture,
    story: &str,
) -> Option<Representative> {
    let created = created(manners, capture)?;
    let payment = apply(None, &created).ok()?;
    let now = *created.at();
    let mut told =
        Representative { name, manners: manners.clone(), events: vec![created], payment, now };
    for word in story.split_whitespace() {
        told.go_on(word)?;
    }
    Some(told)
}

impl Representative {
    fn go_on(&mut self, word: &str) -> Option<()> {
        if word == "reboot" {
            self.now = Moment { boot: BootId(8), boot_ms: 1_000, ..later(&self.now, 60_000) };
            return Some(());
        }
        if let Some(seconds) = word.strip_prefix('+').and_then(|word| word.strip_suffix('s')) {
            let seconds: u64 = seconds.parse().ok()?;
            self.now = later(&self.now, seconds.checked_mul(SECOND_MS)?);
            return Some(());
        }
        let event = happened(word, &self.payment, self.now)?;
        self.payment = apply(Some(self.payment.clone()), &event).ok()?;
        self.events.push(event);
        Some(())
    }
}

/// So many milliseconds later, on both clocks.
#[must_use]
pub fn later(now: &Moment, ms: u64) -> Moment {
    Moment {
        wall_ms: now.wall_ms.saturating_add_unsigned(ms),
        boot_ms: now.boot_ms.saturating_add(ms),
        boot: now.boot,
    }
}

/// The event that a word stands for.
fn happened(word: &str, payment: &Payment, at: Moment) -> Option<Event> {
    let observed = |source, sighting| Event::Observed { source, sighting: Box::new(sighting), at };
    Some(match word {
        "permit" => permitted(&payment.start, at),
        "permit-cancel" => permitted(payment.cancel.as_ref()?, at),
        "permit-money" => permitted(payment.operations.last()?, at),
        "accepted" | "refused" | "not-yet" | "unknown" | "key-gone" => {
            let (operation, number) = unanswered(payment)?;
            Event::Answered { operation, number, answer: answer(word)?, at }
        }
        "hint-taken" => Event::Hinted { sighting: Box::new(sighting("taken")?), at },
        "wish-cancel" => Event::CancelWished { at, operation: operation_id(2), rest: false },
        "wish-capture" | "wish-refund" => {
            let capture = word == "wish-capture";
            Event::OperationWished {
                kind: if capture { OperationKind::Capture } else { OperationKind::Refund },
                operation: operation_id(3),
                reference: Reference::parse("M-1").ok()?,
                amount: payment.sale.amount,
                charge: ChargeId::parse("charge-1").ok(),
                capture: None,
                last: false,
                at,
            }
        }
        "wish-part" | "wish-last" => Event::OperationWished {
            kind: OperationKind::Capture,
            operation: operation_id(6),
            reference: Reference::parse("M-0").ok()?,
            amount: part()?,
            charge: ChargeId::parse("charge-1").ok(),
            capture: None,
            last: word == "wish-last",
            at,
        },
        "wish-release" => Event::ReleaseWished {
            operation: operation_id(8),
            charge: ChargeId::parse("charge-1").ok()?,
            at,
        },
        "wish-answer" => Event::AnswerWished {
            operation: operation_id(3),
            charge: ChargeId::parse("charge-1").ok()?,
            condition: CONDITION.into(),
            accept: true,
            at,
        },
        "wish-withdrawal" => Event::WithdrawalWished {
            operation: operation_id(3),
            charge: ChargeId::parse("charge-2").ok()?,
            at,
        },
        "late" => Event::Abandoned { why: Abandonment::Late, at },
        "given-up" => Event::Abandoned { why: Abandonment::CancelWished, at },
        "doubt" => Event::Doubted { at },
        "absent" => Event::AbsenceProven { at },
        "escalate" => Event::Escalated { at },
        "history-lost" => Event::HistoryLost { at },
        "end-looking" => Event::LookingEnded { at },
        "word-paid" => Event::Resolved { word: Word::Paid, reason: "the slip".into(), at },
        "word-not-paid" => {
            Event::Resolved { word: Word::NotPaid, reason: "the customer left".into(), at }
        }
        shown => observed(Source::Read, sighting(shown)?),
    })
}

fn permitted(operation: &Operation, at: Moment) -> Event {
    let anew = never_ran(operation) || operation.request.is_none();
    let request = anew.then(|| Box::new(request()));
    Event::Permitted { operation: operation.id, at, driver: driver(1), request }
}

fn unanswered(payment: &Payment) -> Option<(OperationId, u32)> {
    let operations = payment.cancel.as_deref().into_iter().chain(&payment.operations);
    operations.chain(std::iter::once(&payment.start)).find_map(|operation| {
        let waits = operation.sends.last().is_some_and(|send| send.answer.is_none());
        let number = u32::try_from(operation.sends.len()).ok()?;
        waits.then_some((operation.id, number))
    })
}

/// The answer that a word stands for.
#[must_use]
pub fn answer(word: &str) -> Option<Answer> {
    let reason = Reason::code(word);
    Some(match word {
        "accepted" => Answer::Accepted { sightings: vec![sighting("pending")?] },
        "refused" => Answer::NotExecuted { again: Again::Never, reason },
        "not-yet" => Answer::NotExecuted { again: Again::After { ms: SECOND_MS }, reason },
        "unknown" => Answer::Unknown { replayable: true, reason },
        "key-gone" => Answer::Unknown { replayable: false, reason },
        _ => return None,
    })
}

/// The sighting that a word stands for.
#[must_use]
pub fn sighting(word: &str) -> Option<Sighting> {
    let amount = amount()?;
    let zero = Money::zero(amount.currency());
    let part = part()?;
    let taken = |authorized, captured| Standing::Taken {
        authorized,
        captured,
        tip: None,
        returned: None,
        provisional: false,
    };
    let not_taken = |how| Standing::NotTaken { how, reason: Some(Reason::code(word)) };
    let standing = match word {
        "pending" | "second" | "condition" | "condition-accepted" | "condition-declined" => {
            Standing::Pending
        }
        "processing" => Standing::Processing,
        "held" => taken(amount, zero),
        "part-seen" | "rest-released" => taken(amount, part),
        "taken" | "taken-twice" | "refund-seen" => taken(amount, amount),
        "taken-part" => taken(part, part),
        "declined" => not_taken(NotTaken::Declined),
        "cancelled" => not_taken(NotTaken::Cancelled),
        "expired" => not_taken(NotTaken::Expired),
        "failed" => not_taken(NotTaken::Failed),
        "reversed" => Standing::Reversed { authorized: Some(amount) },
        _ => return None,
    };
    let charge = if matches!(word, "taken-twice" | "second") { "charge-2" } else { "charge-1" };
    let seen = |name, amount| {
        let reference = Reference::parse(name).ok()?;
        Some(SeenOperation { reference, amount: Some(amount), took_effect: Some(true) })
    };
    Some(Sighting {
        details: details(word),
        charge: ChargeId::parse(charge).ok()?,
        ours: Ours::Yes,
        asked: Some(amount),
        terminal: TerminalId::parse("terminal-1").ok(),
        standing,
        operations: match word {
            "refund-seen" => vec![seen("M-1", amount)?],
            "part-seen" | "rest-released" => vec![seen("M-0", part)?],
            _ => Vec::new(),
        },
        card: None,
    })
}

fn details(word: &str) -> Option<Box<Details>> {
    let status = match word {
        "rest-released" => {
            return Some(Box::new(Details { released: true, ..Details::default() }));
        }
        "condition" => ConditionStatus::AwaitingTill,
        "condition-accepted" => ConditionStatus::Accepted,
        "condition-declined" => ConditionStatus::Declined,
        _ => return None,
    };
    let condition = Condition {
        id: CONDITION.into(),
        name: "photo-id".into(),
        message: "Is it the customer's own card?".into(),
        status,
    };
    Some(Box::new(Details { conditions: vec![condition], ..Details::default() }))
}

fn created(manners: &Manners, capture: Capture) -> Option<Event> {
    let sale = Sale {
        items: Vec::new(),
        customer_absent: false,
        scanned: false,
        account: Account {
            name: AccountName::parse("shop-1").ok()?,
            provider: "any".into(),
            merchant: MerchantId::parse("merchant-1").ok()?,
            environment: Environment::Sandbox,
        },
        terminal: TerminalId::parse("terminal-1").ok(),
        amount: amount()?,
        reference: Reference::parse("order-1").ok()?,
        attempt: 1,
        business_day: None,
        capture,
        allow_part: false,
        metadata: std::collections::BTreeMap::new(),
    };
    Some(Event::Created {
        id: PaymentId::from_bytes([7; 16]),
        fingerprint: Fingerprint("ab".repeat(32).into()),
        sale: Box::new(sale),
        at: Moment { wall_ms: 1_790_000_000_000, boot_ms: 5_000_000, boot: BootId(7) },
        times: manners.times,
        start: operation_id(1),
        driver: driver(1),
        screen_clear: Vec::new(),
    })
}

fn amount() -> Option<Money> {
    Money::from_minor(1330, Currency::EUR).ok()
}

fn part() -> Option<Money> {
    Money::from_minor(1000, Currency::EUR).ok()
}

/// An operation's id, told apart by a number.
#[must_use]
pub const fn operation_id(n: u8) -> OperationId {
    OperationId::from_bytes([n; 16])
}

/// A process, told apart by a number.
#[must_use]
pub const fn driver(n: u8) -> Driver {
    Driver { process: ProcessId::from_bytes([n; 16]), epoch: 1 }
}

/// What any operation here sends.
#[must_use]
pub fn request() -> Request {
    Request {
        method: Method::Post,
        path: "/payments".into(),
        headers: Vec::new(),
        body: Some(r#"{"amount":"13.30"}"#.into()),
        may_move_money: true,
        timeout_ms: MINUTE_MS,
        fresh_connection: true,
    }
}
