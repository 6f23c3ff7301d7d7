//! How often each pair of a payment's stage and a fault was reached.

use tillkit_model::payment::stage::Stage;

use super::faults::Fault;

const STAGES: usize = Stage::ALL.len();

/// One count for each pair.
#[derive(Debug, Clone)]
pub struct Coverage {
    counts: Vec<[u64; STAGES]>,
}

impl Default for Coverage {
    fn default() -> Self {
        Self { counts: vec![[0; STAGES]; Fault::ALL.len()] }
    }
}

impl Coverage {
    /// A fault struck while payments stood at these stages; each stage counts once.
    pub fn count(&mut self, fault: Fault, stages: impl Iterator<Item = Stage>) {
        let mut reached = [false; STAGES];
        for stage in stages {
            reached[stage as usize] = true;
        }
        for (count, reached) in self.counts[fault as usize].iter_mut().zip(reached) {
            *count += u64::from(reached);
        }
    }

    /// Adds another life's counts.
    pub fn add(&mut self, other: &Self) {
        for (row, more) in self.counts.iter_mut().zip(&other.counts) {
            for (count, more) in row.iter_mut().zip(more) {
                *count += more;
            }
        }
    }

    /// The row of one fault, in the order of [`Stage::ALL`].
    #[must_use]
    pub fn row(&self, fault: Fault) -> &[u64] {
        &self.counts[fault as usize]
    }

    /// The pair that was reached least.
    #[must_use]
    pub fn least(&self) -> (Fault, Stage, u64) {
        let pairs = Fault::ALL.iter().flat_map(|fault| {
            let row = self.row(*fault).iter();
            Stage::ALL.iter().zip(row).map(move |(stage, count)| (*fault, *stage, *count))
        });
        pairs.min_by_key(|(_, _, count)| *count).unwrap_or((Fault::Kill, Stage::Created, 0))
    }
}
