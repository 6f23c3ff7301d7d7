//! Consent, tokens, terminals and notifications over real sockets, as a backend lives with them.

use std::collections::BTreeMap;
use std::sync::Arc;

use tempfile::TempDir;
use tillkit::journal::{Journal, Options};
use tillkit::shell::Settings as Pace;
use tillkit::shell::clock::{ScaledClock, SystemClock};
use tillkit::shell::entropy::OsEntropy;
use tillkit::till::{Assembly, Connect, Consent, Heard, Key, Outcome, SaleRequest, Standing, Till};
use tillkit::transport::{Https, Limits, Silent};
use tillkit_e2e::{ACCOUNT, PACE, hooks, raw};
use tillkit_model::time::Clock;
use tillkit_simulator::server::{Options as Stand, Simulator, Target, doors};

const SECRET: &str = "whsec-1";

fn run(story: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(story);
}

/// A till whose tokens are sealed in its journal.
async fn till(folder: &TempDir, base_url: &str) -> Till {
    let clock: Arc<dyn Clock> = Arc::new(ScaledClock::new(Arc::new(SystemClock::new(1)), PACE));
    let path = folder.path().join("till.db");
    let options = Options { create: !path.exists(), ..Options::new(Arc::clone(&clock)) };
    let opened = Journal::open(path, &options, &mut OsEntropy::new().unwrap()).unwrap();
    let https = Https::new(Limits::default(), Arc::new(Silent)).unwrap();
    let mut assembly = Assembly::new(opened.journal, Arc::new(https)).unwrap();
    assembly.clock = clock;
    assembly.settings = Pace::default().at_pace(PACE);
    assembly.key = Some(Key::new([7; 32]));
    let till = Till::assemble(assembly).unwrap();
    let settings: BTreeMap<String, String> = [
        ("environment", "sandbox"),
        ("organization_id", "org-1"),
        ("client_id", "client-1"),
        ("client_secret", "secret-1"),
        ("staging_token", "staging"),
        ("webhook_secrets", SECRET),
        ("base_url", base_url),
        ("oauth_url", base_url),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into();
    till.connect(Connect::new(ACCOUNT, "qonto", &settings).unwrap()).await.unwrap();
    till
}

/// The merchant goes where they are sent, and comes back with a code and what else was given.
fn merchant_says_yes(consent: &Consent) -> BTreeMap<String, String> {
    let answer = raw::ask("GET", &consent.url, &[("X-Qonto-Staging-Token", "staging")], "");
    let back = answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap();
    let (_, query) = back.split_once('?').unwrap();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

async fn authorized(till: &Till) {
    let consent = till.authorize(ACCOUNT, "https://shop.example/back").unwrap();
    let back = merchant_says_yes(&consent);
    till.authorized(ACCOUNT, &consent, &back["state"], &back["code"]).await.unwrap();
}

fn sale(reference: &str) -> SaleRequest {
    let terminal = doors::qonto::terminal(0);
    SaleRequest::new(ACCOUNT, Some(&terminal), "13.30", "EUR", reference)
}

async fn standing(till: &Till) -> Standing {
    till.health().await.unwrap().accounts[0].standing.clone()
}

#[test]
fn a_merchant_consents_once_and_every_later_process_sells() {
    run(async {
        let simulator = Simulator::start(Stand { pace: PACE, ..Stand::default() }).unwrap();
        let base_url = simulator.base_url("qonto");
        let folder = TempDir::new().unwrap();
        let first = till(&folder, &base_url).await;
        assert_eq!(first.probe(ACCOUNT).await.unwrap_err().field.as_deref(), Some("account"));
        authorized(&first).await;
        assert_eq!(standing(&first).await, Standing::Ready);
        assert_eq!(first.pay(sale("order-1")).await.unwrap().outcome, Outcome::Paid);
        first.close().await.unwrap();
        drop(first);

        // The access token dies meanwhile; the refresh token that was kept brings another.
        simulator.control().forward(3_700_000);
        let second = till(&folder, &base_url).await;
        assert_eq!(second.pay(sale("order-2")).await.unwrap().outcome, Outcome::Paid);
        assert_eq!(simulator.control().ledger("qonto").charges.len(), 2);
        let tokens = simulator.control().exchanges("qonto").into_iter();
        let tokens: Vec<_> = tokens.filter(|one| one.path == "/oauth2/token").collect();
        let by = |grant: &str| tokens.iter().filter(|one| one.body.contains(grant)).count();
        assert_eq!((by("authorization_code"), by("refresh_token")), (1, 1), "{tokens:?}");
    });
}

#[test]
fn a_notification_arrives_over_the_wire_and_is_heard() {
    run(async {
        let simulator = Simulator::start(Stand { pace: PACE, ..Stand::default() }).unwrap();
        let folder = TempDir::new().unwrap();
        let till = Arc::new(till(&folder, &simulator.base_url("qonto")).await);
        authorized(&till).await;
        let (url, answers) = hooks::web_server(Arc::clone(&till), "qonto");
        simulator.control().notify("qonto", Target { url, secret: SECRET.to_owned() });
        let paid = till.pay(sale("order-1")).await.unwrap();
        assert_eq!(paid.outcome, Outcome::Paid);
        let answer = answers.recv().unwrap().answer;
        assert_eq!((answer.status, answer.heard), (200, Ok(Heard::Taken)));
        let timeline = till.timeline(paid.id).await.unwrap();
        assert!(timeline.iter().any(|entry| entry.name == "hinted"), "{timeline:?}");
    });
}
