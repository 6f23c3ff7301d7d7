//! Journals that earlier versions wrote, byte for byte: each still opens, and still tells the same.
//!
//! `tests/journals/v<N>` is written once, by the version that introduces format N, and never
//! edited.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed look is how a changed format is told"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Once};

use serde_json::{Value, json};
use tillkit::journal::{Journal, Opened, Options, Query, record};
use tillkit_model::engine::conformance::append;
use tillkit_model::engine::conformance::samples::{self, amount, charge, moment, start};
use tillkit_model::engine::opening::Opening;
use tillkit_model::engine::store::{Append, Store, Stored};
use tillkit_model::ids::{OperationId, Reference};
use tillkit_model::payment::details::{Condition, ConditionStatus, Details};
use tillkit_model::payment::event::{Abandonment, Again, Answer, Event, Reason, Source, Word};
use tillkit_model::payment::sighting::{Card, NotTaken, Ours, SeenOperation, Sighting, Standing};
use tillkit_model::payment::timeline::name;
use tillkit_model::payment::view::{alarms, amounts, outcome};
use tillkit_model::payment::{Driver, OperationKind, Payment, stage};
use tillkit_model::time::{Clock, Entropy, Moment};

struct Still;

impl Clock for Still {
    fn now(&self) -> Moment {
        moment(0)
    }
}

struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(31).wrapping_add(7);
            *byte = self.0;
        }
    }
}

#[test]
fn every_stored_journal_still_tells_the_same() {
    for version in 1..=record::VERSION {
        let stored = home(version);
        let copy = tempfile::tempdir().unwrap();
        for name in ["till.db", "till.db.mark"] {
            std::fs::copy(stored.join(name), copy.path().join(name)).unwrap();
        }
        let (journal, opening) = open(copy.path(), false);
        assert_eq!(opening, Opening::Agreed, "version {version}");
        let expected = std::fs::read_to_string(stored.join("expected.json")).unwrap();
        let expected: Value = serde_json::from_str(&expected).unwrap();
        assert_eq!(told(&journal), expected, "version {version}");
        assert_eq!(journal.check().unwrap().faults, [], "version {version}");
    }
}

#[test]
fn a_stored_journal_goes_on() {
    let copy = tempfile::tempdir().unwrap();
    for name in ["till.db", "till.db.mark"] {
        std::fs::copy(home(1).join(name), copy.path().join(name)).unwrap();
    }
    let (mut journal, _) = open(copy.path(), false);
    let driver = journal.lease(samples::process(8), &moment(0)).unwrap();
    append(&mut journal, samples::started(900, driver)).unwrap();
    assert_eq!(journal.check().unwrap().faults, []);
    drop(journal);
    assert_eq!(open(copy.path(), false).1, Opening::Agreed);
}

#[test]
fn the_newest_format_has_every_event_in_its_journal() {
    let text = std::fs::read_to_string(home(record::VERSION).join("expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    let events = expected["payments"].as_array().unwrap().iter();
    let stored: BTreeSet<&str> = events
        .filter_map(|payment| payment["events"].as_array())
        .flatten()
        .map(|event| event["event"].as_str().unwrap())
        .collect();
    let known: BTreeSet<&str> = everything(driver()).iter().flatten().map(name).collect();
    assert_eq!(stored, known);
    assert_eq!(known.len(), 20, "a new event needs a place in `everything`");
}

/// Where the journals are. The one of this version's format is written first, where that is asked
/// for and there is none yet.
fn home(version: u32) -> PathBuf {
    static BLESSED: Once = Once::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/journals");
    BLESSED.call_once(|| {
        let wanted = std::env::var_os("TILLKIT_BLESS").is_some_and(|value| value == "1");
        let newest = root.join(format!("v{}", record::VERSION));
        if wanted && !newest.exists() {
            write_journal(&newest);
        }
    });
    root.join(format!("v{version}"))
}

fn write_journal(to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    let (mut journal, _) = open(to, true);
    let driver = journal.lease(samples::process(1), &moment(0)).unwrap();
    for (number, events) in (1..).zip(everything(driver)) {
        write(&mut journal, number, driver, events);
    }
    // What was settled before the second day is a tombstone.
    journal.prune(moment(1).wall_ms, &moment(86_400_000), |it| outcome(it).name().into()).unwrap();
    let text = serde_json::to_string_pretty(&told(&journal)).unwrap();
    std::fs::write(to.join("expected.json"), text + "\n").unwrap();
}

fn open(directory: &Path, create: bool) -> (Journal, Opening) {
    let options = Options { create, ..Options::new(Arc::new(Still)) };
    let path = directory.join("till.db");
    let Opened { journal, opening } = Journal::open(path, &options, &mut Counting(1)).unwrap();
    (journal, opening)
}

fn driver() -> Driver {
    Driver { process: samples::process(1), epoch: 1 }
}

/// All that a journal tells, in words that outlive the types.
fn told(journal: &Journal) -> Value {
    let page = journal.payments(&Query { limit: 1_000, ..Query::default() }).unwrap();
    let payments: Vec<Value> = page
        .payments
        .iter()
        .map(|listed| match journal.clone().payment(listed.id).unwrap().unwrap() {
            Stored::Live(payment) => {
                let events = journal.events(listed.id).unwrap().unwrap();
                let row = listed.row.as_ref().unwrap();
                json!({ "row": row, "fold": fold(&payment), "events": events })
            }
            Stored::Tombstone(tombstone) => json!({ "tombstone": tombstone }),
        })
        .collect();
    json!({ "payments": payments })
}

fn fold(payment: &Payment) -> Value {
    let charges: Vec<_> = payment.charges.keys().map(ToString::to_string).collect();
    json!({
        "id": payment.id,
        "sale": payment.sale,
        "driver": payment.driver,
        "sequence": payment.sequence,
        "stage": stage::stage(payment).name(),
        "outcome": outcome(payment).name(),
        "amounts": amounts(payment),
        "alarms": alarms(payment),
        "charges": charges,
        "sends": payment.start.sends.len(),
    })
}

/// Appends a payment's whole life.
fn write(journal: &mut Journal, number: u64, driver: Driver, events: Vec<Event>) {
    let settled = number == 2;
    let mut first: Append = samples::created(number, driver);
    first.events = events;
    first.row.charges = vec![charge(number)];
    if settled {
        first.row.holds = None;
        first.row.unsettled = false;
        first.row.outcome = "paid".into();
    }
    append(journal, first).unwrap();
}

/// Payments that between them live through every kind of event.
fn everything(driver: Driver) -> Vec<Vec<Event>> {
    let created = |number| samples::started(number, driver).events;
    let life = |number, rest: Vec<Event>| [created(number), rest].concat();
    let standing = |number, standing| sighting(number, standing);
    vec![
        samples::created(1, driver).events,
        life(2, vec![answered(2, accepted(standing(2, Standing::Pending))), seen(2, taken())]),
        life(
            3,
            vec![
                answered(3, Answer::Unknown { replayable: true, reason: reason("timeout") }),
                replayed(3, driver),
                Event::Doubted { at: moment(120_000) },
                Event::Escalated { at: moment(720_000) },
                Event::Resolved {
                    word: Word::Paid,
                    reason: "the slip".into(),
                    at: moment(800_000),
                },
            ],
        ),
        life(
            4,
            vec![
                answered(
                    4,
                    Answer::NotExecuted {
                        again: Again::After { ms: 2_000 },
                        reason: reason("rate-limited"),
                    },
                ),
                Event::CancelWished { at: moment(4_000), operation: operation(4), rest: false },
                Event::Abandoned { why: Abandonment::CancelWished, at: moment(4_001) },
            ],
        ),
        life(
            5,
            vec![
                Event::PollsPermitted { at: moment(1), driver },
                Event::Hinted {
                    sighting: Box::new(standing(5, not_taken(NotTaken::Declined))),
                    at: moment(2),
                },
                seen(5, not_taken(NotTaken::Expired)),
                Event::AbsenceProven { at: moment(150_000) },
                Event::HistoryLost { at: moment(200_000) },
                Event::LookingEnded { at: moment(260_000_000) },
            ],
        ),
        life(
            6,
            vec![
                Event::TakenOver { driver, at: moment(90_000) },
                seen(6, taken()),
                refund_wished(6),
                Event::OperationResolved {
                    operation: operation(6),
                    took_effect: true,
                    reason: "the provider's portal shows it".into(),
                    at: moment(95_000),
                },
                seen(6, Standing::Reversed { authorized: Some(amount()) }),
            ],
        ),
        life(7, vec![conditioned(7, 8), answer_wished(7), withdrawal_wished(8)]),
        life(8, vec![seen(8, taken()), last_capture_wished(8), release_wished(9, 8)]),
    ]
}

fn answered(number: u64, answer: Answer) -> Event {
    Event::Answered { operation: start(number), number: 1, answer, at: moment(700) }
}

fn accepted(sighting: Sighting) -> Answer {
    Answer::Accepted { sightings: vec![sighting] }
}

fn replayed(number: u64, driver: Driver) -> Event {
    Event::Permitted { operation: start(number), at: moment(65_000), driver, request: None }
}

fn refund_wished(number: u64) -> Event {
    Event::OperationWished {
        kind: OperationKind::Refund,
        operation: operation(number),
        reference: Reference::parse("refund-1").unwrap(),
        amount: amount(),
        charge: Some(charge(number)),
        capture: None,
        last: false,
        at: moment(93_000),
    }
}

/// A condition, and a second charge beside the one that has it.
fn conditioned(number: u64, beside: u64) -> Event {
    let condition = Condition {
        id: "condition-1".into(),
        name: "photo-id".into(),
        message: "Look at the customer's photo".into(),
        status: ConditionStatus::AwaitingTill,
    };
    let details = Details { conditions: vec![condition], ..Details::default() };
    let first =
        Sighting { details: Some(Box::new(details)), ..sighting(number, Standing::Pending) };
    let second = sighting(beside, Standing::Pending);
    answered(number, Answer::Accepted { sightings: vec![first, second] })
}

fn answer_wished(number: u64) -> Event {
    Event::AnswerWished {
        operation: operation(number),
        charge: charge(number),
        condition: "condition-1".into(),
        accept: true,
        at: moment(20_000),
    }
}

fn withdrawal_wished(number: u64) -> Event {
    let (operation, charge) = (operation(number), charge(number));
    Event::WithdrawalWished { operation, charge, at: moment(20_001) }
}

fn last_capture_wished(number: u64) -> Event {
    Event::OperationWished {
        kind: OperationKind::Capture,
        operation: operation(number),
        reference: Reference::parse("capture-1").unwrap(),
        amount: amount(),
        charge: Some(charge(number)),
        capture: None,
        last: true,
        at: moment(93_000),
    }
}

fn release_wished(number: u64, of: u64) -> Event {
    let (operation, charge) = (operation(number), charge(of));
    Event::ReleaseWished { operation, charge, at: moment(93_001) }
}

fn seen(number: u64, standing: Standing) -> Event {
    let sighting = Box::new(sighting(number, standing));
    Event::Observed { source: Source::LookUp, sighting, at: moment(800) }
}

fn sighting(number: u64, standing: Standing) -> Sighting {
    Sighting {
        details: None,
        charge: charge(number),
        ours: Ours::Yes,
        asked: Some(amount()),
        terminal: None,
        standing,
        operations: vec![SeenOperation {
            reference: Reference::parse("capture-1").unwrap(),
            amount: Some(amount()),
            took_effect: None,
        }],
        card: Some(Card { scheme: Some("visa".into()), last_four: Some("4242".into()) }),
    }
}

fn taken() -> Standing {
    Standing::Taken {
        authorized: amount(),
        captured: amount(),
        tip: None,
        returned: None,
        provisional: false,
    }
}

fn not_taken(how: NotTaken) -> Standing {
    Standing::NotTaken { how, reason: Some(reason("said-so")) }
}

fn reason(code: &str) -> Reason {
    Reason { detail: Some("in its own words".into()), ..Reason::code(code) }
}

fn operation(number: u64) -> OperationId {
    OperationId::from_bytes([u8::try_from(number).unwrap(); 16])
}
