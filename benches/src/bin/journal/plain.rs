//! What is compared with: a plain loop that puts rows of the same size into a table with a unique
//! key that grows, 64 rows a commit, write-ahead log, fully synchronous.

use std::path::Path;
use std::time::Instant;

use rusqlite::Connection;
use tillkit_bench::Fault;
use tillkit_bench::hand::Seeded;

/// Rows of one commit.
const ROWS: u64 = 64;

/// The loop.
pub struct Plain {
    connection: Connection,
    body: Vec<u8>,
    drawn: Seeded,
    number: i64,
}

impl Plain {
    /// A new file with rows of this many bytes.
    pub fn create(path: &Path, row_bytes: usize) -> Result<Self, Fault> {
        let connection = Connection::open(path).map_err(in_words)?;
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                 CREATE TABLE plain (
                    number INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE, body BLOB NOT NULL);",
            )
            .map_err(in_words)?;
        let body = vec![b'x'; row_bytes.saturating_sub(24)];
        Ok(Self { connection, body, drawn: Seeded(5), number: 0 })
    }

    /// Rows a second over so many commits.
    pub fn round(&mut self, commits: u64) -> Result<f64, Fault> {
        let begun = Instant::now();
        for _ in 0..commits {
            let transaction = self.connection.transaction().map_err(in_words)?;
            let sql = "INSERT INTO plain VALUES (?1, ?2, ?3)";
            let mut insert = transaction.prepare_cached(sql).map_err(in_words)?;
            for _ in 0..ROWS {
                self.number += 1;
                let name = [self.number.to_be_bytes(), self.drawn.draw().to_be_bytes()].concat();
                insert.execute((self.number, name, &self.body)).map_err(in_words)?;
            }
            drop(insert);
            transaction.commit().map_err(in_words)?;
        }
        Ok((commits * ROWS) as f64 / begun.elapsed().as_secs_f64())
    }
}

fn in_words(fault: rusqlite::Error) -> Fault {
    format!("the plain loop: {fault}")
}
