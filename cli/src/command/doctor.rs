//! `till doctor`: whether everything is as it should be, and what to do where it is not.

mod clock;

use clap::Args;
use serde_json::{Value, json};
use tillkit::till::{Health, Standing, Till};
use tillkit_model::engine::errors;

use super::accounts::test;
use super::{Ended, journal};
use crate::book::Book;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::opening::Purpose;
use crate::show::paint;

/// Check whether everything is as it should be, and say what to do where it is not
///
/// The journal, each account's credentials, rights and reachability, what is not settled, and the
/// clock beside the providers' own.
#[derive(Debug, Args)]
pub struct Doctor {}

/// What was looked at, and what came of it.
struct Finding {
    what: String,
    verdict: Verdict,
    /// What was seen, and the way out.
    text: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Well,
    Mind,
    Ill,
}

impl Doctor {
    /// Looks at everything.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let findings = examine(desk).await;
        let console = &mut desk.console;
        console.rest();
        let shown: Vec<Value> = findings.iter().map(Finding::json).collect();
        let ill = findings.iter().any(|finding| finding.verdict == Verdict::Ill);
        console.document(&json!({ "well": !ill, "findings": shown }))?;
        for finding in &findings {
            console.line(finding.line())?;
        }
        Ok(if ill { exit::FAILED } else { exit::DONE })
    }
}

/// The journal first, as somebody who only looks, then each account by itself, and the clock last,
/// for providers tell the time too: what is wrong with one thing hides nothing else.
async fn examine(desk: &mut Desk) -> Vec<Finding> {
    let (mut findings, newest) = match desk.open(Purpose::Look) {
        Ok(till) => {
            let mut found = vec![standing_of_journal(desk)];
            found.extend(damaged(&till).await);
            let newest = clock::newest_payment(&till).await;
            till.close().await.ok();
            (found, newest)
        }
        Err(failure) => (vec![ill("journal", failure.sentence())], Ok(None)),
    };
    let drifts = accounts(desk, &mut findings).await;
    findings.push(clock::judged(&newest, &drifts));
    findings
}

/// What is wrong with the accounts; how far the clock here is ahead of each one's provider's.
async fn accounts(desk: &mut Desk, findings: &mut Vec<Finding>) -> Vec<(String, i64)> {
    let book = match Book::read(&desk.places) {
        Ok(book) => book,
        Err(failure) => {
            findings.push(ill("accounts", failure.sentence()));
            return Vec::new();
        }
    };
    findings.push(known(&book));
    if book.names().next().is_none() {
        return Vec::new();
    }
    let till = match desk.open(Purpose::Work) {
        Ok(till) => till,
        Err(failure) => {
            findings.push(ill("accounts", failure.sentence()));
            return Vec::new();
        }
    };
    for name in book.names() {
        desk.console.spin(&format!("{name} is asked"));
        findings.extend(account(&till, &book, name).await);
    }
    findings.extend(unsettled(&till).await);
    let drifts = clock::drifts(&till).await;
    // Nothing was started, so nothing is left behind.
    till.close().await.ok();
    drifts
}

fn known(book: &Book) -> Finding {
    let names: Vec<&str> = book.names().collect();
    if names.is_empty() {
        return mind("accounts", "none is known: `till accounts add` makes one known".to_owned());
    }
    well("accounts", names.join(", "))
}

fn standing_of_journal(desk: &Desk) -> Finding {
    let restored = journal::open(desk).and_then(|journal| {
        Ok(journal.is_restored().map_err(|failure| errors::of_journal(&failure))?)
    });
    match restored {
        Ok(false) => well("journal", "it opens and may sell".to_owned()),
        Ok(true) => ill(
            "journal",
            "it went back in time and sells nothing: look at it, then `till journal acknowledge`"
                .to_owned(),
        ),
        Err(failure) => ill("journal", failure.sentence()),
    }
}

async fn damaged(till: &Till) -> Option<Finding> {
    let health = match till.health().await {
        Ok(health) => health,
        Err(error) => return Some(ill("payments", Failure::from(error).sentence())),
    };
    let count = Some(health.damaged.len()).filter(|count| *count > 0)?;
    Some(ill("payments", format!("{count} payments are damaged: `till journal check`")))
}

/// What is not settled, where the accounts that can be connected are.
async fn unsettled(till: &Till) -> Vec<Finding> {
    let health = match till.health().await {
        Ok(health) => health,
        Err(error) => return vec![ill("payments", Failure::from(error).sentence())],
    };
    let Health { unsettled, orphans, .. } = health;
    let mut findings = Vec::new();
    if unsettled > 0 {
        let text = format!("{unsettled} payments are not settled: `till recover` looks for them");
        findings.push(mind("payments", text));
    }
    if !orphans.is_empty() {
        let text = format!(
            "{} payments belong to accounts that are not connected here: `till accounts add`, or \
             mend the account",
            orphans.len()
        );
        findings.push(mind("payments", text));
    }
    findings
}

async fn account(till: &Till, book: &Book, name: &str) -> Vec<Finding> {
    let connected = match book.connect(name) {
        Ok(connect) => till.connect(connect).await.map_err(Failure::from),
        Err(failure) => Err(failure),
    };
    if let Err(failure) = connected {
        return vec![ill(name, failure.sentence())];
    }
    let tested = test::test(till, name).await;
    let mut findings = vec![match &tested {
        Ok(missing) if missing.is_empty() => {
            well(name, "reachable, let in, and no right is missing".to_owned())
        }
        Ok(missing) => {
            let rights: Vec<&str> = missing.iter().map(|one| &*one.right).collect();
            let rights = rights.join(", ");
            ill(name, format!("rights are missing: {rights}; grant them at the provider"))
        }
        Err(failure) => ill(name, failure.sentence()),
    }];
    findings.extend(standing(till, name).await);
    findings
}

/// How the account's tokens stand, where it has some.
async fn standing(till: &Till, name: &str) -> Option<Finding> {
    let health = till.health().await.ok()?;
    let account = health.accounts.into_iter().find(|one| one.account.as_str() == name)?;
    match account.standing {
        Standing::Ready | Standing::Asking => None,
        Standing::NeedsAuthorize => {
            Some(ill(name, "the merchant has to give consent once more".to_owned()))
        }
        Standing::Refused(error) | Standing::Failing(error) => {
            Some(ill(name, Failure::from(error).sentence()))
        }
    }
}

impl Finding {
    fn line(&self) -> String {
        let sign = match self.verdict {
            Verdict::Well => paint::good("ok  "),
            Verdict::Mind => paint::doubt("mind"),
            Verdict::Ill => paint::bad("ill "),
        };
        format!("{sign} {:<12} {}", self.what, self.text)
    }

    fn json(&self) -> Value {
        let verdict = match self.verdict {
            Verdict::Well => "well",
            Verdict::Mind => "mind",
            Verdict::Ill => "ill",
        };
        json!({ "what": self.what, "verdict": verdict, "text": self.text })
    }
}

fn well(what: &str, text: String) -> Finding {
    Finding { what: what.to_owned(), verdict: Verdict::Well, text }
}

fn mind(what: &str, text: String) -> Finding {
    Finding { what: what.to_owned(), verdict: Verdict::Mind, text }
}

fn ill(what: &str, text: String) -> Finding {
    Finding { what: what.to_owned(), verdict: Verdict::Ill, text }
}
