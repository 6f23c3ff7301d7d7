//! Every provider's parsers under any bytes at all, by its row in the registry; shared by the short
//! run and the fuzz targets. There is one target for each kind of message, and each is told the row
//! by its first byte.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "../rows/cast.rs"]
pub mod cast;
#[path = "judge.rs"]
mod judge;
#[path = "proof.rs"]
pub mod proof;
#[path = "seeds.rs"]
pub mod seeds;
#[path = "signing.rs"]
mod signing;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use cast::{Cast, answer, at, errands, setups};
use judge::{happen, may_say_no, may_settle};
use signing::{Signed, keys, secrets, signed};
use tillkit_model::error::Charged;
use tillkit_model::payment::event::{Answer, Event, Source};
use tillkit_model::payment::{Operation, Payment};
use tillkit_model::provider::{
    Credentials, Delivery, Finding, Kept, Need, Notice, Reading, Refused, Setup, Trust, registry,
};
use tillkit_model::wire::Exchange;

/// What the first byte of an answer picks.
pub const STATUSES: &[u16] =
    &[200, 201, 202, 204, 302, 400, 401, 402, 403, 404, 409, 422, 429, 500, 503];

/// How an answer calls itself, and whether it is whole.
pub const KINDS: &[(&str, bool)] =
    &[("application/json", false), ("text/html", false), ("application/json", true)];

/// What bytes led to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// As the answer to a start or an operation they were an acceptance.
    pub accepted: bool,
    /// As the answer to a read or a look-up they showed a charge.
    pub shown: bool,
    /// As the answer to an errand they were found to mean something.
    pub found: bool,
    /// As the answer of whoever hands out tokens they were tokens.
    pub kept: bool,
    /// As a notification they were a hint.
    pub hinted: bool,
}

/// What is done with a provider's bytes.
pub type Check = fn(provider: &str, bytes: &[u8]) -> Reached;

/// Hands the bytes to the row that the first of them picks.
#[allow(dead_code, reason = "the short run knows its rows")]
pub fn of_any_row(check: Check, bytes: &[u8]) {
    if let [row, bytes @ ..] = bytes {
        let rows = registry();
        check(rows[usize::from(*row) % rows.len()].name, bytes);
    }
}

/// Each row in each of its modes.
static CASTS: LazyLock<BTreeMap<&str, Vec<Cast>>> =
    LazyLock::new(|| registry().iter().map(|row| (row.name, cast::of(row))).collect());

/// What stands behind each account's settings.
static SETUPS: LazyLock<BTreeMap<&str, Vec<Setup>>> =
    LazyLock::new(|| registry().iter().map(|row| (row.name, setups(row.name))).collect());

/// An answer as bytes tell it: the first picks the status, the next how it calls itself and whose
/// it is, the rest is the body.
struct Taken {
    pick: usize,
    exchange: Exchange,
    status: u16,
    whole: bool,
}

impl Taken {
    fn read(bytes: &[u8]) -> Option<Self> {
        let [status, kind, body @ ..] = bytes else { return None };
        let status = STATUSES[usize::from(*status) % STATUSES.len()];
        let kind = usize::from(*kind);
        let (content_type, truncated) = KINDS[kind % KINDS.len()];
        Some(Self {
            pick: kind / KINDS.len(),
            exchange: answer(status, content_type, body, truncated),
            status,
            whole: content_type == "application/json" && !truncated,
        })
    }

    /// One mode of a row, or one of its accounts.
    fn one_of<'a, T>(&self, all: &'a [T]) -> &'a T {
        &all[self.pick % all.len()]
    }
}

/// Takes bytes as the answer to each request of each payment.
pub fn responses(provider: &str, bytes: &[u8]) -> Reached {
    let mut reached = Reached::default();
    let Some(taken) = Taken::read(bytes) else { return reached };
    let cast = taken.one_of(&CASTS[provider]);
    taken.as_answers(cast, &mut reached);
    taken.as_readings(cast, &mut reached);
    reached
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

    /// Only a whole success is an acceptance, no success is ever proof that nothing ran, and
    /// nothing settles a sale as not paid but what the provider's pages call proof and a vector
    /// shows.
    fn judge(
        &self,
        cast: &Cast,
        payment: &Payment,
        operation: &Operation,
        answer: Answer,
        reached: &mut Reached,
    ) {
        let (status, name) = (self.status, cast.name());
        let starts = operation.id == payment.start.id;
        match &answer {
            Answer::Accepted { sightings } => {
                // What is to be undone may be found undone, or paid, in a refusal's own words.
                assert!(self.whole && (status < 300 || !starts), "{name} {status} {answer:?}");
                reached.accepted |= status < 300;
                assert!(!starts || !sightings.is_empty(), "{name} {answer:?}");
                may_say_no(cast.provider.name, &self.exchange, sightings);
            }
            Answer::NotExecuted { again, reason } => {
                let proof = proof::may_prove(
                    cast.provider.name,
                    operation.kind,
                    status,
                    self.whole,
                    &reason.code,
                );
                assert!(proof, "{name} {status} {answer:?} proves nothing");
                let listed = judge::refuses(cast.provider.name, starts, status, *again, reason);
                assert!(listed, "{name} {status} {answer:?} is in no vector");
            }
            Answer::Unknown { .. } => {}
        }
        let proven = !matches!(answer, Answer::Unknown { .. });
        let answered = Event::Answered { operation: operation.id, number: 1, answer, at: at() };
        may_settle(payment, &happen(payment, &answered), proven);
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
                may_say_no(cast.provider.name, &self.exchange, &sightings);
                reached.shown |= !sightings.is_empty();
                for sighting in sightings {
                    let sighting = Box::new(sighting);
                    happen(payment, &Event::Observed { source, sighting, at: at() });
                }
            }
        }
    }
}

/// Takes bytes as the answer to each errand.
pub fn desks(provider: &str, bytes: &[u8]) -> Reached {
    let mut reached = Reached::default();
    let Some(taken) = Taken::read(bytes) else { return reached };
    for setup in &SETUPS[provider] {
        for errand in errands("T-1", "2") {
            match setup.desk.answer(&errand, &taken.exchange) {
                Ok(finding) => {
                    let refused = matches!(finding, Finding::Right(Err(_)));
                    assert!(refused || taken.status < 300, "{provider} {errand:?} {finding:?}");
                    reached.found |= !refused && finding != Finding::Done;
                }
                // No errand moves money, whatever came back.
                Err(error) => assert_eq!(error.charged, Charged::No, "{provider} {errand:?}"),
            }
        }
    }
    reached
}

/// Takes bytes as the answer of whoever hands out tokens.
pub fn tokens(provider: &str, bytes: &[u8]) -> Reached {
    let mut reached = Reached::default();
    let Some(taken) = Taken::read(bytes) else { return reached };
    for setup in &SETUPS[provider] {
        let Credentials::Tokens(tokens) = &setup.credentials else { continue };
        let Ok(kept) = tokens.answer(&taken.exchange, None, &at()) else { continue };
        assert!(taken.whole && taken.status < 300, "{provider} {} {kept:?}", taken.status);
        // What was just granted is used before anything else is asked for.
        let need = tokens.need(Some(&kept), &at());
        assert!(matches!(need, Need::Nothing { for_ms: 1.. }), "{provider} {kept:?} {need:?}");
        for (header, value) in tokens.headers(&kept.access) {
            let fits = value.expose().bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
            assert!(fits && !value.expose().ends_with(' '), "{provider} {header}");
        }
        assert_eq!(Kept::from_text(kept.to_text().expose()), Some(kept), "{provider}");
        reached.kept = true;
    }
    reached
}

/// Whether some account of this provider asks for tokens.
#[allow(dead_code, reason = "the fuzz targets have no use for it")]
pub fn asks_for_tokens(provider: &str) -> bool {
    let setups = SETUPS[provider].iter();
    setups.map(|setup| &setup.credentials).any(|it| matches!(it, Credentials::Tokens(_)))
}

/// Takes bytes as a notification, rightly signed in each of its provider's ways: then it may be
/// malformed, is never called forged, and settles nothing as not taken. And as a signature, which
/// is never believed. How many there are picks the mode.
pub fn notifications(provider: &str, bytes: &[u8]) -> Reached {
    let mut reached = Reached::default();
    let (signed, forged) = (signed(provider, bytes), String::from_utf8_lossy(bytes));
    let notifies = |cast: &&Cast| cast.offer.capabilities.beside.notifications;
    let modes: Vec<&Cast> = CASTS[provider].iter().filter(notifies).collect();
    let cast = modes[bytes.len() % modes.len()];
    for delivery in &signed {
        let believed = notified(cast, delivery, &forged);
        assert!(believed.is_err(), "{} believes {forged:?}", cast.name());
        match notified(cast, delivery, &delivery.header.1) {
            Ok(notice) => {
                reached.hinted |= !notice.hints.is_empty();
                hinted(cast, notice);
            }
            Err(refused) => {
                let malformed = matches!(refused, Refused::Malformed { .. });
                assert!(malformed, "{}: {refused:?} {}", cast.name(), delivery.url);
            }
        }
    }
    reached
}

fn notified(cast: &Cast, signed: &Signed, signature: &str) -> Result<Notice, Refused> {
    let Signed { method, url, public_url, header: (name, _), body } = signed;
    let headers = [(*name, signature)];
    let delivery = Delivery { method, url, headers: &headers, body };
    let trust = Trust { secrets: secrets(), public_url: *public_url, keys: Some(keys()) };
    cast.setup.desk.notified(&delivery, &trust, &at())
}

fn hinted(cast: &Cast, notice: Notice) {
    for hint in notice.hints {
        let hinted = Event::Hinted { sighting: Box::new(hint.sighting), at: at() };
        let payments = cast.operations.iter().map(|(payment, _)| payment).chain([&cast.payment]);
        for payment in payments {
            may_settle(payment, &happen(payment, &hinted), false);
        }
    }
}
