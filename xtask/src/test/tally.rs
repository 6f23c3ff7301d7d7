//! Counts what passed and what failed, with a bias: what did not finish has failed.

/// How many tests passed, failed, and were not run because they say so themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub ignored: u64,
}

impl Tally {
    /// A suite that is one test.
    pub fn one(succeeded: bool) -> Self {
        let passed = u64::from(succeeded);
        Self { passed, failed: 1 - passed, ignored: 0 }
    }

    /// Both together.
    pub fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            ignored: self.ignored + other.ignored,
        }
    }

    /// For the line under a suite.
    pub fn in_words(self) -> String {
        let ignored = match self.ignored {
            0 => String::new(),
            count => format!(", {count} ignored"),
        };
        format!("{} passed, {} failed{ignored}", self.passed, self.failed)
    }
}

/// What Rust's test harness has said so far, over all the test programs of one run.
#[derive(Default)]
pub struct LibtestOutput {
    tally: Tally,
    /// A program has begun and has not told its result yet.
    open: bool,
}

impl LibtestOutput {
    /// Takes the next line of output.
    pub fn read(&mut self, line: &str) {
        if is_beginning(line) {
            self.close();
            self.open = true;
        } else if let Some(result) = parse_result(line) {
            self.tally = self.tally.plus(result);
            self.open = false;
        }
    }

    /// The sum, once the run has ended: a program that died under its tests counts as one failure,
    /// and so does a run that failed, or tested nothing, without naming a failed test.
    pub fn finish(mut self, succeeded: bool) -> Tally {
        self.close();
        let silent = !succeeded || self.tally.passed == 0;
        if silent && self.tally.failed == 0 {
            self.tally.failed = 1;
        }
        self.tally
    }

    fn close(&mut self) {
        if self.open {
            self.tally.failed += 1;
            self.open = false;
        }
    }
}

/// What Node's test runner has said so far.
#[derive(Default)]
pub struct NodeOutput {
    passed: Option<u64>,
    failed: Option<u64>,
    unfinished: u64,
}

impl NodeOutput {
    /// Takes the next line of output.
    pub fn read(&mut self, line: &str) {
        let count = |name: &str| line.strip_prefix("ℹ ")?.strip_prefix(name)?.trim().parse().ok();
        self.passed = count("pass ").or(self.passed);
        self.failed = count("fail ").or(self.failed);
        self.unfinished = count("cancelled ").unwrap_or(self.unfinished);
    }

    /// What it comes to, once the run has ended: what was broken off has failed, and so has a run
    /// that failed, or tested nothing, without naming a failed test.
    pub fn finish(self, succeeded: bool) -> Tally {
        let (passed, failed) = (self.passed.unwrap_or(0), self.failed.unwrap_or(0));
        let silent = !succeeded || passed == 0;
        let failed = (failed + self.unfinished).max(u64::from(silent));
        Tally { passed, failed, ignored: 0 }
    }
}

/// What pytest has said so far, over all its runs.
#[derive(Default)]
pub struct PytestOutput(Tally);

impl PytestOutput {
    /// Takes the next line of output.
    pub fn read(&mut self, line: &str) {
        if let Some(counts) = parse_counts(line) {
            self.0 = self.0.plus(counts);
        }
    }

    /// What it comes to, once the run has ended: a run that failed, or tested nothing, without
    /// naming a failed test has failed.
    pub fn finish(self, succeeded: bool) -> Tally {
        let silent = !succeeded || self.0.passed == 0;
        Tally { failed: self.0.failed.max(u64::from(silent)), ..self.0 }
    }
}

/// `1 failed, 85 passed, 2 skipped, 1 error in 43.54s`, and nothing that only resembles it.
fn parse_counts(line: &str) -> Option<Tally> {
    let (counts, time) = line.rsplit_once(" in ")?;
    time.split(' ').next()?.strip_suffix('s')?.parse::<f64>().ok()?;
    let mut tally = Tally::default();
    for count in counts.split(", ") {
        let (number, word) = count.split_once(' ')?;
        let number = number.parse::<u64>().ok()?;
        match word {
            "passed" => tally.passed += number,
            "failed" | "error" | "errors" => tally.failed += number,
            "skipped" | "xfailed" | "deselected" => tally.ignored += number,
            "warning" | "warnings" => {}
            _ => return None,
        }
    }
    Some(tally)
}

/// `running 12 tests`.
fn is_beginning(line: &str) -> bool {
    let count = line.strip_prefix("running ").and_then(|rest| rest.split_once(' '));
    matches!(count, Some((number, "test" | "tests")) if number.parse::<u64>().is_ok())
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in …`.
fn parse_result(line: &str) -> Option<Tally> {
    let rest = line.strip_prefix("test result: ")?;
    let counts = rest.strip_prefix("ok. ").or_else(|| rest.strip_prefix("FAILED. "))?;
    let mut parts = counts.split("; ");
    let mut next = |unit: &str| parts.next()?.strip_suffix(unit)?.trim().parse::<u64>().ok();
    Some(Tally { passed: next("passed")?, failed: next("failed")?, ignored: next("ignored")? })
}
