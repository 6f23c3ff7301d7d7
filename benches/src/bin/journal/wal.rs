//! How often SQLite began its write-ahead log anew, told by the file itself.
//!
//! The journal counts its commits and its marks. What SQLite syncs beside them, it syncs when the
//! log is full: the log, then the database, and the log's new head. The head counts these turns.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Syncs of one turn, at the most.
pub const SYNCS_OF_A_TURN: u64 = 3;

/// How often the log was begun anew; zero where there is none.
pub fn turns(journal: &Path) -> u64 {
    // The log may be opened and closed beside SQLite: its locks are on the other two files.
    let mut head = [0_u8; 32];
    let read = File::open(format!("{}-wal", journal.display()))
        .and_then(|mut file| file.read_exact(&mut head));
    let [.., a, b, c, d, _, _, _, _, _, _, _, _, _, _, _, _] = head;
    if read.is_ok() { u64::from(u32::from_be_bytes([a, b, c, d])) } else { 0 }
}
