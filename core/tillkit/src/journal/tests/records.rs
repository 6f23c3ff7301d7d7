//! Records take any bytes: they are read, or refused in words.

use proptest::prelude::*;
use serde_json::{Value, json};
use tillkit_model::engine::conformance::samples::*;
use tillkit_model::engine::store::FailureKind;
use tillkit_model::payment::Driver;

use crate::journal::failure::failure;
use crate::journal::record::{BEGINNING, Note, Record, Subject, VERSION, encoded, lift};

fn sample() -> Record {
    let driver = Driver { process: process(1), epoch: 3 };
    let event = started(1, driver).events.remove(0);
    Record::sealed(1, Subject::Payment(payment(1)), 1, encoded(&event).unwrap(), BEGINNING).0
}

#[test]
fn an_event_comes_back_as_it_was() {
    let driver = Driver { process: process(1), epoch: 3 };
    let appends = [
        started(1, driver),
        polls_permitted(1, 2, driver),
        seen(1, 3, driver),
        paid(1, 4, driver),
        cancel_wished(1, 5, driver),
        resolved(1, 6, driver),
        taken_over(1, 7, driver),
    ];
    for event in appends.into_iter().flat_map(|append| append.events) {
        let body = encoded(&event).unwrap();
        let (record, hash) = Record::sealed(5, Subject::Payment(payment(1)), 2, body, [7; 32]);
        assert_eq!(record.hash(), hash);
        assert_eq!(record.event(), Ok(event));
    }
}

#[test]
fn a_note_comes_back_as_it_was() {
    let note = Note::Pruned { payments: 3, before_wall_ms: 5, at: moment(1) };
    let (record, _) = Record::sealed(9, Subject::Journal, 9, encoded(&note).unwrap(), [7; 32]);
    assert_eq!(record.note(), Ok(note));
    assert_eq!(record.event().unwrap_err().kind, FailureKind::Corrupt, "a note is no event");
}

#[test]
fn every_field_is_under_the_checksum() {
    let good = sample();
    good.verify().unwrap();
    let damaged = [
        Record { number: 2, ..good.clone() },
        Record { subject: Subject::Payment(payment(2)), ..good.clone() },
        Record { subject: Subject::Journal, ..good.clone() },
        Record { sequence: 2, ..good.clone() },
        Record { version: 2, ..good.clone() },
        Record { body: b"{}".to_vec(), ..good.clone() },
        Record { before: [1; 32], ..good.clone() },
        Record { checksum: [0; 8], ..good.clone() },
    ];
    for record in damaged {
        assert_eq!(record.verify().unwrap_err().kind, FailureKind::Corrupt, "{record:?}");
        assert_eq!(record.event().unwrap_err().kind, FailureKind::Corrupt);
    }
}

#[test]
fn every_flipped_bit_of_a_body_is_noticed() {
    let good = sample();
    for place in 0..good.body.len() {
        for bit in 0..8 {
            let mut record = good.clone();
            record.body[place] ^= 1 << bit;
            assert_eq!(record.event().unwrap_err().kind, FailureKind::Corrupt);
        }
    }
}

#[test]
fn a_record_of_a_newer_version_is_refused_as_newer() {
    let newer = resealed(Record { version: VERSION + 1, ..sample() });
    assert_eq!(newer.event().unwrap_err().kind, FailureKind::Newer);
}

#[test]
fn an_event_that_this_version_does_not_know_is_refused() {
    for body in [r#"{"event":"teleported","at":1}"#, r#"{"event":"created"}"#, "[]", "", "\u{0}"] {
        let record = resealed(Record { body: body.into(), ..sample() });
        assert_eq!(record.event().unwrap_err().kind, FailureKind::Corrupt, "{body}");
    }
}

#[test]
fn older_versions_are_lifted_step_by_step() {
    let rename = |mut body: Value| {
        let old = body.as_object_mut().and_then(|it| it.remove("old"));
        Ok(json!({ "new": old }))
    };
    let double = |body: Value| Ok(json!({ "new": [body["new"], body["new"]] }));
    let steps: [fn(Value) -> Result<Value, _>; 2] = [rename, double];
    let lifted = |version, body: &str| lift(body.as_bytes(), version, &steps);
    assert_eq!(lifted(1, r#"{"old":1}"#), Ok(json!({ "new": [1, 1] })));
    assert_eq!(lifted(2, r#"{"new":1}"#), Ok(json!({ "new": [1, 1] })));
    assert_eq!(lifted(3, r#"{"new":1}"#), Ok(json!({ "new": 1 })));
    assert_eq!(lifted(4, r#"{"new":1}"#).unwrap_err().kind, FailureKind::Newer);
    assert_eq!(lifted(0, "{}").unwrap_err().kind, FailureKind::Corrupt);
    assert_eq!(lifted(1, "{").unwrap_err().kind, FailureKind::Corrupt);
    let stuck: [fn(Value) -> Result<Value, _>; 1] =
        [|_| Err(failure(FailureKind::Corrupt, "it lacks what every old one had"))];
    assert_eq!(lift(b"{}", 1, &stuck).unwrap_err().kind, FailureKind::Corrupt);
}

/// The same content with a checksum that adds up.
fn resealed(record: Record) -> Record {
    let checksum = crate::journal::record::shortened(&record.hash());
    Record { checksum, ..record }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(
        number: u64,
        subject: [u8; 16],
        sequence: u64,
        version: u32,
        body: Vec<u8>,
        before: [u8; 32],
        checksum: [u8; 8],
        sealed: bool,
    ) {
        let subject = Subject::from_bytes(subject);
        prop_assert_eq!(Subject::from_bytes(subject.bytes()), subject);
        let mut record = Record { number, subject, sequence, version, body, before, checksum };
        if sealed {
            record = resealed(record);
        }
        prop_assert!(record.event().is_err() && record.note().is_err());
    }

    #[test]
    fn any_json_is_read_or_refused(text in r#"\{"event":"[a-z-]{0,12}"(,"[a-z_]{1,9}":[0-9"\[\]{}]{0,9}){0,4}\}"#) {
        let record = resealed(Record { body: text.into_bytes(), ..sample() });
        prop_assert!(record.event().is_err());
    }
}
