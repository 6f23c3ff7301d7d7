//! What a provider's vectors say of a *no*, for those who have to tell whether bytes may say it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value;
use tillkit_model::payment::event::{Again, Event, Reason};
use tillkit_model::payment::sighting::{Sighting, Standing};
use tillkit_model::payment::view::{self, Outcome};
use tillkit_model::payment::{Payment, apply, stage};
use tillkit_model::provider::registry;
use tillkit_model::wire::Exchange;

use super::cast::cases;

/// The words without which a provider never says that nothing was taken: values or names of fields
/// as it documents them. A new provider has an arm here.
fn words_of_no(provider: &str) -> &'static [&'static str] {
    match provider {
        "qonto" => &["refused"],
        "vinr" => &["failed", "cancelled", "canceled", "expired"],
        "dintero" => &["declined", "failed", "cancelled", "cancelled_at"],
        "centrapay" => &[
            "cancelled",
            "expired",
            // Among the activities.
            "cancellation",
            "expiry",
            "release",
            // In the refusal of a void or a release.
            "request_cancelled",
            "request_expired",
        ],
        other => panic!("say here by which words {other} says that nothing was taken"),
    }
}

/// Holds that whatever says that nothing was taken stands in the answer in the provider's words.
pub fn may_say_no(provider: &str, exchange: &Exchange, sightings: &[Sighting]) {
    let says_no = |sighting: &Sighting| matches!(sighting.standing, Standing::NotTaken { .. });
    if !sightings.iter().any(says_no) {
        return;
    }
    let body = &exchange.as_ref().unwrap().body;
    let said = serde_json::from_slice::<Value>(body)
        .is_ok_and(|body| words_of_no(provider).iter().any(|word| holds(&body, word)));
    assert!(said, "{provider} {sightings:?} of {}", String::from_utf8_lossy(body));
}

fn holds(value: &Value, word: &str) -> bool {
    match value {
        Value::String(text) => text.eq_ignore_ascii_case(word),
        Value::Array(items) => items.iter().any(|item| holds(item, word)),
        Value::Object(fields) => {
            fields.iter().any(|(name, value)| name == word || holds(value, word))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The refusals of one status, as the vectors show them.
#[derive(Debug, Default)]
struct Refusals {
    /// The provider's codes for what is not sent again.
    never: BTreeSet<String>,
    /// The same for what may be sent again after a while.
    after: BTreeSet<String>,
    /// The same for what leaves it unknown.
    unknown: BTreeSet<String>,
}

impl Refusals {
    /// Whether the code decides: there is one that proves nothing, on a first send as on a replay.
    fn are_by_code(&self) -> bool {
        !self.unknown.is_subset(&self.after)
    }
}

/// By provider, by whether a start is refused, and by status. The vectors hold each row of each
/// adapter's tables; that is tested beside the tables.
type Documented = BTreeMap<(&'static str, bool, u16), Refusals>;

static DOCUMENTED: LazyLock<Documented> = LazyLock::new(|| {
    let mut documented = Documented::new();
    for row in registry() {
        for case in cases(row.name) {
            note(&mut documented, row.name, &case);
        }
    }
    documented
});

fn note(documented: &mut Documented, provider: &'static str, case: &Value) {
    let answer = [&case["answer"], &case["expected"]].into_iter().find(|it| it.is_object());
    let (Some(answer), Some(status)) = (answer, case["exchange"]["status"].as_u64()) else {
        return;
    };
    let starts = case["kind"].is_null() && case["operation"].is_null();
    let code = answer["reason"]["code"].as_str().unwrap_or_default().to_lowercase();
    // It is the provider's own where it stands in the body.
    let told = case["exchange"]["body"].to_string().to_lowercase().contains(&code);
    let refusals =
        documented.entry((provider, starts, u16::try_from(status).unwrap())).or_default();
    match (answer["answer"].as_str(), answer["again"]["when"].as_str()) {
        (Some("not-executed"), Some("never")) => refusals.never.insert(code),
        (Some("not-executed"), Some("after")) => refusals.after.insert(code),
        (Some("unknown"), _) if told => refusals.unknown.insert(code),
        _ => false,
    };
}

/// Whether the vectors show that this answer is proof that nothing ran. What ends a payment has
/// to be shown with this very status; what only puts it off may be told by its code alone.
pub fn refuses(provider: &str, starts: bool, status: u16, again: Again, reason: &Reason) -> bool {
    let code = reason.code.to_lowercase();
    let mut known = DOCUMENTED.iter().filter(|((of, ..), _)| *of == provider);
    match again {
        Again::Never => known.any(|((_, of_start, of_status), refusals)| {
            (*of_start, *of_status) == (starts, status)
                && !refusals.never.is_empty()
                && (!starts || !refusals.are_by_code() || refusals.never.contains(&code))
        }),
        Again::After { .. } => known.any(|((_, _, of_status), refusals)| {
            refusals.after.contains(&code) || *of_status == status && !refusals.after.is_empty()
        }),
    }
}

/// What a provider said can always have happened, and everything can be derived from it.
pub fn happen(payment: &Payment, event: &Event) -> Payment {
    let after = apply::apply(Some(payment.clone()), event).unwrap();
    let _ = (stage::stage(&after), view::amounts(&after), view::alarms(&after));
    let stored = serde_json::to_vec(event).unwrap();
    assert_eq!(serde_json::from_slice::<Event>(&stored).unwrap(), *event);
    after
}

/// Holds that nothing but what proves it makes a payment not paid, or paid back.
pub fn may_settle(before: &Payment, after: &Payment, proven: bool) {
    let (was, is) = (view::outcome(before), view::outcome(after));
    let gone = matches!(is, Outcome::NotPaid | Outcome::Returned);
    assert!(proven || was == is || !gone, "{was:?} became {is:?}: {after:?}");
}
