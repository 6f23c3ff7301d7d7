//! The mark: two slots that take turns, never back, never a stranger's.

use proptest::prelude::*;
use tillkit_model::engine::opening::Mark;
use tillkit_model::engine::store::FailureKind;
use tillkit_model::ids::InstallationId;

use crate::journal::mark::{MarkFile, Slot};

fn mark(record: u64) -> Mark {
    let hash = [u8::try_from(record % 251).unwrap(); 32];
    Mark { installation: InstallationId::from_bytes([4; 16]), record, hash }
}

fn file() -> (tempfile::TempDir, MarkFile) {
    let directory = tempfile::tempdir().unwrap();
    let file = MarkFile::new(directory.path().join("till.mark"));
    (directory, file)
}

#[test]
fn a_mark_moves_forward_and_never_back() {
    let (_directory, file) = file();
    assert_eq!(file.read(), Ok(None));
    for record in [1, 2, 7, 5, 7, 8] {
        file.advance(&mark(record)).unwrap();
    }
    assert_eq!(file.read(), Ok(Some(mark(8))));
    file.advance(&mark(3)).unwrap();
    assert_eq!(file.read(), Ok(Some(mark(8))));
}

#[test]
fn a_write_that_was_cut_off_leaves_the_mark_before() {
    let (_directory, file) = file();
    for record in 1..=4 {
        file.advance(&mark(record)).unwrap();
    }
    let whole = std::fs::read(file.path()).unwrap();
    for cut in 0..108 {
        let mut torn = whole.clone();
        torn[4096 + cut] ^= 0xff;
        std::fs::write(file.path(), &torn).unwrap();
        assert_eq!(file.read(), Ok(Some(mark(3))), "the fourth was damaged at byte {cut}");
    }
    std::fs::write(file.path(), &whole[..4096 + 50]).unwrap();
    assert_eq!(file.read(), Ok(Some(mark(3))));
}

#[test]
fn a_file_in_which_nothing_adds_up_is_no_mark() {
    let (_directory, file) = file();
    for bytes in [&b""[..], b"TILLMARK", &[0xff; 9000]] {
        std::fs::write(file.path(), bytes).unwrap();
        assert_eq!(file.read(), Ok(None));
    }
    file.advance(&mark(5)).unwrap();
    assert_eq!(file.read(), Ok(Some(mark(5))));
}

#[test]
fn a_strangers_mark_is_never_written_over() {
    let (_directory, file) = file();
    file.advance(&mark(5)).unwrap();
    let stranger = Mark { installation: InstallationId::from_bytes([9; 16]), ..mark(6) };
    assert_eq!(file.advance(&stranger).unwrap_err().kind, FailureKind::Corrupt);
    let forked = Mark { hash: [99; 32], ..mark(5) };
    assert_eq!(file.advance(&forked).unwrap_err().kind, FailureKind::Corrupt);
    assert_eq!(file.read(), Ok(Some(mark(5))));
}

#[test]
fn an_announced_mark_counts_when_it_is_adopted() {
    let (_directory, file) = file();
    file.advance(&mark(5)).unwrap();
    let next = Mark { installation: InstallationId::from_bytes([9; 16]), ..mark(6) };
    file.announce(&next).unwrap();
    let announced = || file.announced(next.installation);
    assert_eq!((file.read(), announced()), (Ok(Some(mark(5))), Ok(Some(next))));
    file.adopt(next.installation).unwrap();
    assert_eq!((file.read(), announced()), (Ok(Some(next)), Ok(None)));
    file.adopt(next.installation).unwrap();
    file.announce(&mark(9)).unwrap();
    file.withdraw(mark(9).installation).unwrap();
    assert_eq!(file.announced(mark(9).installation), Ok(None));
}

#[test]
fn a_newer_versions_mark_is_refused() {
    use sha2::{Digest, Sha256};
    let (_directory, file) = file();
    let mut bytes = Slot { turn: 1, mark: mark(1) }.encode();
    bytes[11] = 2;
    let checksum = Sha256::digest(&bytes[..76]);
    bytes[76..].copy_from_slice(&checksum);
    std::fs::write(file.path(), &bytes).unwrap();
    assert_eq!(file.read().unwrap_err().kind, FailureKind::Newer);
    assert_eq!(file.advance(&mark(2)).unwrap_err().kind, FailureKind::Newer);
}

#[test]
fn many_who_move_the_mark_leave_the_furthest() {
    let (_directory, file) = file();
    std::thread::scope(|scope| {
        for first in 1..=4 {
            let file = &file;
            scope.spawn(move || {
                for step in 0..20 {
                    file.advance(&mark(first + step * 4)).unwrap();
                }
            });
        }
    });
    assert_eq!(file.read(), Ok(Some(mark(80))));
}

proptest! {
    #[test]
    fn a_slot_comes_back_as_it_was(turn: u64, installation: [u8; 16], record: u64, hash: [u8; 32]) {
        let installation = InstallationId::from_bytes(installation);
        let slot = Slot { turn, mark: Mark { installation, record, hash } };
        prop_assert_eq!(Slot::decode(&slot.encode()), Ok(Some(slot)));
    }

    #[test]
    fn any_bytes_are_a_slot_or_none(mut bytes: Vec<u8>, ours: bool) {
        if ours {
            bytes.splice(0..0, *b"TILLMARK");
        }
        prop_assert_eq!(Slot::decode(&bytes), Ok(None));
    }
}
