//! What must hold for any bytes at all in a journal; shared by the short run and the fuzz target.

use tillkit::journal::record::{BEGINNING, Record, Subject, VERSION};
use tillkit_model::payment::{apply, lifecycle};

/// A record is read back as it was written, or refused; a damaged one is always refused.
pub fn journal_records(bytes: &[u8]) {
    let _ = is_read(bytes);
    raw(bytes);
}

/// Seals the bytes as a record, reads it, and writes and reads it once more. Tells whether it held
/// an event or a note.
pub fn is_read(body: &[u8]) -> bool {
    let (record, _) = Record::sealed(1, Subject::Journal, 1, body.to_vec(), BEGINNING);
    let event = record.event();
    let note = record.note();
    if let Ok(event) = &event {
        let again = serde_json::to_vec(event).unwrap();
        let (record, _) = Record::sealed(1, Subject::Journal, 1, again, BEGINNING);
        assert_eq!(record.event().as_ref(), Ok(event));
        // It may not fit anything, but trying does no harm.
        let _ = apply::apply(None, event);
    }
    if let Ok(note) = &note {
        let again = serde_json::to_vec(note).unwrap();
        let (record, _) = Record::sealed(1, Subject::Journal, 1, again, BEGINNING);
        assert_eq!(record.note().as_ref(), Ok(note));
    }
    damaged(&record);
    event.is_ok() || note.is_ok()
}

/// One flipped bit anywhere in the envelope is noticed.
fn damaged(record: &Record) {
    let mut others = vec![
        Record { number: record.number ^ 1, ..record.clone() },
        Record { sequence: record.sequence ^ 1, ..record.clone() },
        Record { version: record.version ^ 2, ..record.clone() },
    ];
    let mut before = record.clone();
    before.before[7] ^= 1;
    others.push(before);
    let mut body = record.clone();
    if let Some(byte) = body.body.last_mut() {
        *byte ^= 1;
        others.push(body);
    }
    for other in others {
        assert!(other.verify().is_err() && other.event().is_err() && other.note().is_err());
    }
}

/// Takes the bytes as a whole envelope, every field of it as it came.
fn raw(bytes: &[u8]) {
    let Some((head, body)) = bytes.split_at_checked(52) else { return };
    let eight = |from: usize| <[u8; 8]>::try_from(&head[from..from + 8]).unwrap();
    let mut record = Record {
        number: u64::from_be_bytes(eight(0)),
        subject: Subject::from_bytes(<[u8; 16]>::try_from(&head[8..24]).unwrap()),
        sequence: u64::from_be_bytes(eight(24)),
        version: u32::from_be_bytes(<[u8; 4]>::try_from(&head[32..36]).unwrap()),
        body: body.to_vec(),
        before: BEGINNING,
        checksum: eight(36),
    };
    assert_eq!(record.verify().is_ok(), record.checksum == record.hash()[..8]);
    let hash = record.hash();
    record.checksum.copy_from_slice(&hash[..8]);
    let newer_or_none = record.version != VERSION;
    assert!(!newer_or_none || record.event().is_err(), "version {}", record.version);
}

/// The events of every representative, and a note of each kind.
#[allow(dead_code, reason = "the fuzz target brings seeds of its own")]
pub fn bodies() -> Vec<Vec<u8>> {
    let representatives = lifecycle::representatives::all().unwrap();
    let events = representatives.iter().flat_map(|one| &one.events);
    let mut bodies: Vec<Vec<u8>> = events.map(|event| serde_json::to_vec(event).unwrap()).collect();
    let at = r#""at":{"wall_ms":1,"boot_ms":2,"boot":3}"#;
    bodies.push(format!(r#"{{"note":"pruned","payments":7,"before_wall_ms":5,{at}}}"#).into());
    let installation = "01010101-0101-4101-8101-010101010101";
    bodies.push(
        format!(
            r#"{{"note":"acknowledged","reason":"copied","installation":"{installation}",{at}}}"#
        )
        .into(),
    );
    bodies.sort();
    bodies.dedup();
    bodies
}
