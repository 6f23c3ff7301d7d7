//! The child process: a real till on a real file, told what to do line by line.
//!
//! It ends when its parent is gone, so that none is left behind.

mod journal;
mod keeping;
mod lanes;
mod wire;

use std::io::{BufRead, Write};
use std::sync::Arc;

use tillkit::journal::{Journal, Opened, Options};
use tillkit::shell::Settings;
use tillkit::shell::entropy::OsEntropy;
use tillkit::till::{Assembly, Connect, Role, Till, Word};
use tillkit::transport::{Https, Limits, Silent};
use tillkit_model::engine::opening::Opening;
use tillkit_model::ids::PaymentId;
use tillkit_model::provider::{Settings as Credentials, qonto};
use tillkit_model::time::Clock;
use tokio::runtime::Builder;

use crate::clock::ShopClock;
use crate::halt::Halts;
use crate::word::{ACCOUNT, Brief, Order, Report};
use journal::{Known, WatchedJournal};
use wire::WatchedWire;

/// How often other processes' appends are looked for, in real time.
const WATCH_MS: u64 = 10;

/// The till, and what its handlers share.
struct Counter {
    till: Till,
    clock: Arc<ShopClock>,
    halts: Arc<Halts>,
    known: Known,
}

/// Tells the parent; one that is gone hears nothing.
pub fn say(report: &Report) {
    let mut line = serde_json::to_string(report).unwrap();
    line.push('\n');
    let mut out = std::io::stdout().lock();
    out.write_all(line.as_bytes()).and_then(|()| out.flush()).ok();
}

/// Opens the till and does what it is told until it is told to close.
pub fn run() {
    std::panic::set_hook(Box::new(|panic| say(&Report::Failed(panic.to_string()))));
    let brief = std::env::args().nth(1).unwrap_or_default();
    let mut brief: Brief = serde_json::from_str(&brief).expect("started with a brief");
    if let Some(keep) = brief.keep.take() {
        return keeping::keep(brief, &keep);
    }
    let runtime = Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let counter = Arc::new(open(brief));
    runtime.block_on(connect(&counter));
    say(&Report::Ready);
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let order: Order = serde_json::from_str(&line).unwrap();
        let counter = Arc::clone(&counter);
        runtime.spawn(obey(counter, order));
    }
}

fn open(brief: Brief) -> Counter {
    let Brief { journal, base_url, dial, halt, .. } = brief;
    let pace = dial.pace;
    let clock = Arc::new(ShopClock::following(dial));
    let halts = Arc::new(Halts::at(halt));
    let (known, watched) = open_journal(&journal, &clock, &halts);
    let https = Https::new(Limits::default(), Arc::new(Silent)).unwrap();
    let wire = WatchedWire::new(https, Arc::clone(&halts), pace);
    let mut settings = Settings::default().at_pace(pace);
    settings.watch_ms = WATCH_MS;
    let assembly = Assembly::new(watched, Arc::new(wire)).unwrap();
    let assembly = Assembly { clock: clock.clone(), settings, role: Role::Drives, ..assembly };
    let till = Till::assemble(assembly).unwrap();
    ADDRESS.set(base_url).unwrap();
    Counter { till, clock, halts, known }
}

/// Where the provider is; there is one for each process.
static ADDRESS: std::sync::OnceLock<String> = std::sync::OnceLock::new();

fn open_journal(
    path: &std::path::Path,
    clock: &Arc<ShopClock>,
    halts: &Arc<Halts>,
) -> (Known, WatchedJournal) {
    let now: Arc<dyn Clock> = clock.clone();
    let group = journal::Group::new(halts);
    let options = Options { create: true, fault: Some(group.fault()), ..Options::new(now) };
    let opened = Journal::open(path, &options, &mut OsEntropy::new().unwrap());
    let Opened { journal, opening } = opened.expect("a journal opens, whoever died over it");
    // A kill never makes a journal go back in time.
    assert!(matches!(opening, Opening::New | Opening::Agreed), "it opened as {opening:?}");
    journal::watch(journal, group)
}

async fn connect(counter: &Counter) {
    let settings = [
        ("environment", "sandbox"),
        ("organization_id", "org-1"),
        ("access_token", "token"),
        ("base_url", ADDRESS.get().unwrap()),
    ];
    let credentials: Credentials =
        settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let account = Connect::new(ACCOUNT, qonto::NAME, &credentials).unwrap();
    counter.till.connect(account).await.unwrap();
}

async fn obey(counter: Arc<Counter>, order: Order) {
    match order {
        Order::Leap(leap) => {
            counter.clock.follow(leap);
            say(&Report::Leapt);
        }
        Order::Work(lanes) => lanes::work(counter, lanes).await,
        Order::Hint(body) => {
            let hint = qonto::hint(body.as_bytes()).unwrap().unwrap();
            match counter.till.hint(ACCOUNT, hint).await {
                Ok(()) => say(&Report::HintTaken),
                Err(error) => say(&Report::Failed(format!("hint {body}: {error:?}"))),
            }
        }
        Order::Resolve { payment, paid } => {
            let payment = PaymentId::parse(&payment).unwrap();
            let word = if paid { Word::Paid } else { Word::NotPaid };
            let told = counter.till.resolve(payment, word, "the cashier looked").await;
            if let Err(error) = told {
                say(&Report::Failed(format!("a person's word on {payment}: {error:?}")));
            }
        }
        Order::Wake => counter.halts.wake(),
        Order::Close => {
            counter.till.close().await.unwrap();
            say(&Report::Closed);
            std::process::exit(0);
        }
    }
}
