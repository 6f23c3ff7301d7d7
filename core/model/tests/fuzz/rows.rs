//! Every provider's parsers under any bytes at all, by its row in the registry; shared by the short
//! run and the fuzz targets.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "../rows/cast.rs"]
pub mod cast;
#[path = "signing.rs"]
mod signing;

use std::sync::LazyLock;

use cast::{Cast, answer, at, cases, errands};
use serde_json::Value;
use signing::{Signed, keys, secrets, signed};
use tillkit_model::payment::event::{Answer, Event, Source};
use tillkit_model::payment::sighting::Sighting;
use tillkit_model::payment::{Operation, Payment, apply, stage, view};
use tillkit_model::provider::{Credentials, Delivery, Finding, Reading, Refused, Trust, registry};
use tillkit_model::wire::Exchange;

const STATUSES: &[u16] =
    &[200, 201, 202, 204, 302, 400, 401, 402, 403, 404, 409, 422, 429, 500, 503];

/// How an answer calls itself, and whether it is whole.
const KINDS: &[(&str, bool)] =
    &[("application/json", false), ("text/html", false), ("application/json", true)];

/// What bytes led to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reached {
    /// As the answer to a start or an operation they were an acceptance.
    pub accepted: bool,
    /// As the answer to a read or a look-up they showed a charge.
    pub shown: bool,
    /// As the answer to an errand or for tokens they were found to mean something.
    pub found: bool,
    /// As a notification they were a hint.
    pub hinted: bool,
}

static CASTS: LazyLock<Vec<Cast>> = LazyLock::new(cast::casts);

/// As [`response`] of the row that the first byte picks.
#[allow(dead_code, reason = "one target for each kind of bytes")]
pub fn any_response(bytes: &[u8]) {
    if let [row, bytes @ ..] = bytes {
        responses(picked(*row), bytes);
    }
}

/// As [`notification`] of the row that the first byte picks.
#[allow(dead_code, reason = "one target for each kind of bytes")]
pub fn any_notification(bytes: &[u8]) {
    if let [row, bytes @ ..] = bytes {
        notifications(picked(*row), bytes);
    }
}

fn picked(row: u8) -> &'static str {
    let rows = registry();
    rows[usize::from(row) % rows.len()].name
}

/// As [`response`], for those who only want it to hold.
#[allow(dead_code, reason = "one target for each kind of bytes")]
pub fn responses(provider: &str, bytes: &[u8]) {
    let _ = response(provider, bytes);
}

/// As [`notification`], for those who only want it to hold.
#[allow(dead_code, reason = "one target for each kind of bytes")]
pub fn notifications(provider: &str, bytes: &[u8]) {
    let _ = notification(provider, bytes);
}

/// Takes bytes as every kind of answer of this provider: the first picks the status, the next how
/// it calls itself, the rest is the body.
pub fn response(provider: &str, bytes: &[u8]) -> Reached {
    let [pick, kind, body @ ..] = bytes else { return Reached::default() };
    let status = STATUSES[usize::from(*pick) % STATUSES.len()];
    let (content_type, truncated) = KINDS[usize::from(*kind) % KINDS.len()];
    let taken = Taken {
        exchange: answer(status, content_type, body, truncated),
        status,
        whole: content_type == "application/json" && !truncated,
    };
    let mut reached = Reached::default();
    for cast in of(provider) {
        taken.as_answers(cast, &mut reached);
        taken.as_readings(cast, &mut reached);
        taken.at_the_desk(cast, &mut reached);
    }
    reached
}

fn of(provider: &str) -> impl Iterator<Item = &'static Cast> {
    CASTS.iter().filter(move |cast| cast.provider.name == provider)
}

struct Taken {
    exchange: Exchange,
    status: u16,
    whole: bool,
}

impl Taken {
    fn as_answers(&self, cast: &Cast, reached: &mut Reached) {
        let adapter = &cast.setup.adapter;
        for replay in [false, true] {
            let answer = adapter.started(&cast.payment, &self.exchange, replay);
            self.judge(cast, &cast.payment, &cast.payment.start, answer, reached);
        }
        for (payment, operation) in &cast.operations {
            let answer = adapter.operated(payment, operation, &self.exchange);
            self.judge(cast, payment, operation, answer, reached);
        }
    }

    /// Only a whole success is an acceptance, and no success is ever proof that nothing ran.
    fn judge(
        &self,
        cast: &Cast,
        payment: &Payment,
        operation: &Operation,
        answer: Answer,
        reached: &mut Reached,
    ) {
        let (status, name) = (self.status, cast.name());
        match &answer {
            Answer::Accepted { sightings } => {
                // What is to be undone may be found undone, or paid, in a refusal's own words.
                let undoes = operation.id != payment.start.id;
                assert!(self.whole && (status < 300 || undoes), "{name} {status} {answer:?}");
                reached.accepted |= status < 300;
                let starts = operation.id == payment.start.id;
                assert!(!starts || !sightings.is_empty(), "{name} {answer:?}");
            }
            Answer::NotExecuted { .. } => {
                assert!((400..500).contains(&status), "{name} {status} {answer:?}");
            }
            Answer::Unknown { .. } => {}
        }
        happen(payment, &Event::Answered { operation: operation.id, number: 1, answer, at: at() });
    }

    fn as_readings(&self, cast: &Cast, reached: &mut Reached) {
        let adapter = &cast.setup.adapter;
        let payments = cast.operations.iter().map(|(payment, _)| payment).chain([&cast.payment]);
        for payment in payments {
            let read = adapter.seen(payment, &cast.charge, &self.exchange);
            let found = adapter.found(payment, &self.exchange);
            assert!(!matches!(&read, Reading::Clear(seen) if seen.is_empty()), "{}", cast.name());
            for (source, reading) in [(Source::Read, read), (Source::LookUp, found)] {
                let Reading::Clear(sightings) = reading else { continue };
                assert!(self.whole && self.status < 300, "{} {sightings:?}", cast.name());
                reached.shown |= !sightings.is_empty();
                sightings.into_iter().for_each(|sighting| seen(payment, source, sighting));
            }
        }
    }

    fn at_the_desk(&self, cast: &Cast, reached: &mut Reached) {
        for errand in errands("T-1", "2") {
            let Ok(finding) = cast.setup.desk.answer(&errand, &self.exchange) else { continue };
            let told = matches!(finding, Finding::Right(Err(_))) || self.status < 300;
            assert!(told, "{} {} {finding:?}", cast.name(), self.status);
            reached.found |= !matches!(finding, Finding::Right(Err(_)) | Finding::Done);
        }
        if let Credentials::Tokens(tokens) = &cast.setup.credentials {
            let kept = tokens.answer(&self.exchange, None, &at());
            assert!(kept.is_err() || self.status < 300, "{} {kept:?}", cast.name());
            reached.found |= kept.is_ok();
        }
    }
}

/// Takes bytes as a notification of this provider, rightly signed in each of its ways: then they
/// may be malformed, and are never called forged.
pub fn notification(provider: &str, bytes: &[u8]) -> Reached {
    let mut reached = Reached::default();
    let notifying = of(provider).filter(|cast| cast.offer.capabilities.beside.notifications);
    for cast in notifying {
        for Signed { method, url, public_url, header: (name, value), body } in
            signed(provider, bytes)
        {
            let headers = [(name, &*value)];
            let delivery = Delivery { method, url: &url, headers: &headers, body: &body };
            let (secrets, keys) = (secrets(), keys());
            let trust = Trust { secrets: &secrets, public_url, keys: Some(&keys) };
            match cast.setup.desk.notified(&delivery, &trust, &at()) {
                Ok(notice) => {
                    for hint in notice.hints {
                        reached.hinted = true;
                        let sighting = Box::new(hint.sighting);
                        happen(&cast.payment, &Event::Hinted { sighting, at: at() });
                    }
                }
                Err(refused) => {
                    let malformed = matches!(refused, Refused::Malformed { .. });
                    assert!(malformed, "{}: {refused:?} {url}", cast.name());
                }
            }
        }
    }
    reached
}

fn seen(payment: &Payment, source: Source, sighting: Sighting) {
    happen(payment, &Event::Observed { source, sighting: Box::new(sighting), at: at() });
}

/// What a provider said can always have happened, and everything can be derived from it.
fn happen(payment: &Payment, event: &Event) {
    let after = apply::apply(Some(payment.clone()), event).unwrap();
    let _ = (stage::stage(&after), view::amounts(&after), view::alarms(&after));
    let stored = serde_json::to_vec(event).unwrap();
    assert_eq!(serde_json::from_slice::<Event>(&stored).unwrap(), *event);
}

/// The bodies in a provider's vectors, each as an answer of its own status and as a success.
#[allow(dead_code, reason = "the fuzz targets bring seeds of their own")]
pub fn bodies(provider: &str) -> Vec<Vec<u8>> {
    let seeds = cases(provider).into_iter().filter_map(|case| {
        let exchange = &case["exchange"];
        let own = exchange["status"].as_u64();
        let place = STATUSES.iter().position(|status| Some(u64::from(*status)) == own);
        let body = written(exchange)?;
        Some([place.unwrap_or(0), 0, 2].map(|pick| {
            let head = [u8::try_from(pick).unwrap(), 0];
            head.into_iter().chain(body.bytes()).collect()
        }))
    });
    seeds.flatten().collect()
}

/// The bodies and the queries of the notifications in a provider's vectors.
#[allow(dead_code, reason = "the fuzz targets bring seeds of their own")]
pub fn notices(provider: &str) -> Vec<Vec<u8>> {
    let notices = cases(provider).into_iter().filter(|case| case["exchange"].is_null());
    let seeds = notices.flat_map(|case| {
        let query = case["url"].as_str().and_then(|url| url.split_once('?'));
        [written(&case), query.map(|(_, query)| query.to_owned())]
    });
    seeds.flatten().map(String::into_bytes).collect()
}

fn written(of: &Value) -> Option<String> {
    match (&of["body"], &of["text"]) {
        (Value::String(text), _) | (Value::Null, Value::String(text)) => Some(text.clone()),
        (Value::Null, _) => None,
        (body, _) => Some(body.to_string()),
    }
}
