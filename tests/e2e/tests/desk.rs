//! Everything that is asked of a provider beside payments, over real sockets.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tillkit::till::{Code, Connect, Missing, Outcome, TerminalStream, Till};
use tillkit_e2e::{ACCOUNT, At, Shop, raw};
use tillkit_simulator::server::{Fault, Loss, Planned, Wanted, doors};
use tokio::sync::{Mutex, mpsc};

fn run(story: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(story);
}

const HOOK: &str = "https://shop.example/hook";

/// What is missing, once it was asked without anybody calling for it.
async fn told_missing(till: &Till) -> Vec<Missing> {
    loop {
        let health = till.health().await.unwrap();
        if let Some(missing) = health.accounts[0].missing.clone() {
            return missing;
        }
    }
}

#[test]
fn a_right_that_is_missing_is_found_at_connect_by_itself() {
    for (stand, right, named) in [
        ("qonto", "terminal.read", "terminal.read"),
        ("centrapay", doors::centrapay::LIST_RIGHT, "list payment requests"),
    ] {
        run(async {
            let shop = Shop::open(At::named(stand)).await;
            let first = shop.another_till().await;
            assert_eq!(told_missing(&first).await, [], "{stand}: nothing is missing at first");
            shop.control().withhold(stand, right);
            let till = shop.another_till().await;
            let missing = told_missing(&till).await;
            assert!(missing.iter().any(|one| one.right.contains(named)), "{stand}: {missing:?}");
            assert_eq!(till.probe(ACCOUNT).await.unwrap(), missing, "{stand}");
        });
    }
}

#[test]
fn dinteros_desk_does_whatever_a_backend_needs() {
    run(async {
        let shop = Shop::open(At::named("dintero")).await;
        let till = &shop.till;
        assert_eq!(till.probe(ACCOUNT).await.unwrap(), [], "list, profile and payout destination");
        for path in ["/transactions?limit=1", "/admin/session/profiles/", "/payout-destinations/"] {
            assert!(!shop.asked("GET", path).is_empty(), "{path}");
        }
        let store = till.register_store(ACCOUNT, "store-8", "At the harbour", None).await.unwrap();
        assert_eq!(&*store.unwrap().id, "store-8");
        assert_eq!(till.stores(ACCOUNT).await.unwrap().len(), 2);
        let made = till.register_terminal(ACCOUNT, "123456789012", Some("store-8"), None).await;
        let made = made.unwrap().unwrap();
        let known = till.terminal(ACCOUNT, &made.id).await.unwrap().unwrap();
        assert_eq!((known.store.as_deref(), &known.status), (Some("store-8"), &made.status));
        assert_eq!(till.terminals(ACCOUNT).await.unwrap().len(), 4);
        assert!(!till.callback_secret(ACCOUNT).await.unwrap().expose().is_empty());
        subscriptions_come_and_go(&shop).await;
    });
}

/// Made with a secret that is told once, listed without it, ended.
async fn subscriptions_come_and_go(shop: &Shop) {
    let (till, stand) = (&shop.till, shop.at.stand);
    let made = till.subscribe(ACCOUNT, HOOK, &[]).await.unwrap();
    assert!(made[0].secret.as_ref().is_some_and(|one| !one.expose().is_empty()), "{stand}");
    let listed = till.subscriptions(ACCOUNT).await.unwrap();
    assert_eq!(
        (listed.len(), &listed[0].id, listed[0].url.as_deref()),
        (1, &made[0].id, Some(HOOK))
    );
    till.unsubscribe(ACCOUNT, &made[0].id).await.unwrap();
    assert_eq!(till.subscriptions(ACCOUNT).await.unwrap(), [], "{stand}");
}

#[test]
fn qontos_and_vinrs_terminals_and_subscriptions_are_listed_and_made() {
    for stand in ["qonto", "vinr"] {
        run(async {
            let shop = Shop::open(At::named(stand)).await;
            let terminals = shop.till.terminals(ACCOUNT).await.unwrap();
            assert_eq!(terminals.len(), 3, "{stand}");
            let first = (shop.at.terminal)();
            assert!(terminals.iter().any(|one| Some(&*one.id) == first.as_deref()), "{stand}");
            subscriptions_come_and_go(&shop).await;
        });
    }
}

#[test]
fn a_terminal_is_told_something_once_for_a_key_and_one_thing_at_a_time() {
    run(async {
        let shop = Shop::open(At::named("dintero")).await;
        let (till, terminal) = (&shop.till, (shop.at.terminal)().unwrap());
        let first = till.end_of_day(ACCOUNT, &terminal, "day-1").await.unwrap();
        let again = till.end_of_day(ACCOUNT, &terminal, "day-1").await.unwrap();
        assert_eq!((&first.id, first.succeeded), (&again.id, None));
        let busy = till.terminal_operation(ACCOUNT, &terminal, "send_logs", "logs-1").await;
        let busy = busy.unwrap_err();
        assert_eq!(busy.code, Code::RateLimited);
        assert!(busy.retry_after_ms.is_some_and(|ms| ms > 0), "{busy:?}");
        let told = shop.asked("POST", "/admin/terminals/operations");
        assert_eq!(told.iter().map(|one| one.status).collect::<Vec<_>>(), [200, 200, 409]);
        shop.control().forward(20_000);
        let over = till.terminal_operation_read(ACCOUNT, &terminal, &first.id).await.unwrap();
        assert_eq!((over.id, over.succeeded), (first.id, Some(true)));
        for operation in ["send_logs", "check_update", "open_menu"] {
            let done = till.terminal_operation(ACCOUNT, &terminal, operation, operation).await;
            assert_eq!(done.unwrap().succeeded, None, "{operation}");
            shop.control().forward(20_000);
        }
    });
}

#[test]
fn vinrs_terminals_are_registered_and_told_what_to_do() {
    run(async {
        let shop = Shop::open(At::named("vinr")).await;
        let (till, terminal) = (&shop.till, (shop.at.terminal)().unwrap());
        let made = till.register_terminal(ACCOUNT, "ABC-123", Some("loc_main"), None).await;
        let made = made.unwrap().unwrap();
        assert_eq!(till.terminal(ACCOUNT, &made.id).await.unwrap().unwrap().id, made.id);
        let told = till.terminal_operation(ACCOUNT, &terminal, "reboot", "boot-1").await.unwrap();
        let read = till.terminal_operation_read(ACCOUNT, &terminal, &told.id).await.unwrap();
        assert_eq!(read.succeeded, Some(true));
        let none = till.end_of_day(ACCOUNT, &terminal, "day-1").await.unwrap_err();
        assert_eq!(none.code, Code::Unsupported);
    });
}

/// More payments of other tills than a page holds, made after ours.
fn strangers(shop: &Shop) {
    let url = format!("{}/v1/terminal/payments", shop.base_url());
    let certificate = [("x-device-certificate", doors::vinr::DEVICE_CERTIFICATE)];
    for number in 0..120 {
        let terminal = doors::vinr::terminal(0);
        let body = format!(
            r#"{{"terminalId":"{terminal}","amount":{},"currency":"EUR","reference":"web-{number}"}}"#,
            100 + number
        );
        let answer = raw::ask("POST", &url, &certificate, &body);
        assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
    }
}

#[test]
fn a_lost_start_behind_a_hundred_others_is_found_by_turning_the_page() {
    run(async {
        let shop = Shop::open(At::named("vinr-local")).await;
        shop.fault(Fault::Lose { when: Loss::AfterWork }, "POST", shop.at.start_path);
        let lists = Planned {
            times: u32::MAX,
            path: "payments?".to_owned(),
            ..Planned::once(Fault::ErrorBefore)
        };
        shop.control().fault(shop.at.stand, lists);
        let doubted = shop.pay("order-1").await;
        assert_eq!(doubted.outcome, Outcome::Unknown);
        strangers(&shop);
        shop.control().mend(shop.at.stand);
        let paid = shop.settled(doubted.id).await;
        assert_eq!(paid.outcome, Outcome::Paid);
        assert_eq!(shop.charge_of(paid.id).authorized_minor, 1_330);
        let turned = shop.asked("GET", "starting_after=");
        assert!(turned[0].answer.contains(&paid.id.to_string()), "it stood on the second page");
    });
}

#[test]
fn notifications_that_never_came_are_made_up_for_from_the_list() {
    run(async {
        let shop = Shop::open(At::named("vinr")).await;
        // Nobody is notified of anything.
        let paid = shop.pay("order-1").await;
        assert_eq!(paid.outcome, Outcome::Paid);
        let week = Duration::from_secs(7 * 86_400);
        let first = shop.till.recover_hints(ACCOUNT, week).await.unwrap();
        assert_eq!((first.listed, first.missed), (1, 1));
        let again = shop.till.recover_hints(ACCOUNT, week).await.unwrap();
        assert_eq!((again.listed, again.missed), (1, 0), "what was heard is passed over");
        // The next process reads the list by itself.
        let lists = shop.asked("GET", "/v1/events").len();
        let next = shop.another_till().await;
        while shop.asked("GET", "/v1/events").len() == lists {
            next.health().await.unwrap();
        }
        let unsupported = Shop::open(At::named("dintero")).await;
        let none = unsupported.till.recover_hints(ACCOUNT, week).await.unwrap_err();
        assert_eq!((none.code, none.limit.as_deref()), (Code::Unsupported, Some("recover_hints")));
    });
}

/// Events as a host reads them from a terminal.
struct Events(Mutex<mpsc::UnboundedReceiver<Vec<u8>>>);

impl TerminalStream for Events {
    fn next(&self) -> Pin<Box<dyn Future<Output = Option<Vec<u8>>> + Send + '_>> {
        Box::pin(async { self.0.lock().await.recv().await })
    }
}

#[test]
fn what_a_terminal_streams_is_a_reason_to_look_and_never_believed() {
    run(async {
        let shop = Shop::open(At::named("vinr-local")).await;
        let (says, heard) = mpsc::unbounded_channel();
        let settings = shop.at.settings_at(&shop.base_url());
        let account = Connect::new(ACCOUNT, shop.at.provider, &settings).unwrap();
        let stream = Arc::new(Events(Mutex::new(heard)));
        shop.till.connect(account.streaming(stream)).await.unwrap();
        shop.next(Wanted::WalksAway);
        let started = shop.shown("order-1").await;
        let charge = shop.charge_of(started.id);
        let lie = format!(
            r#"{{"id":"{}","terminalId":"{}","amount":1330,"currency":"EUR","status":"completed",
                "amountCaptured":1330,"reference":"{}"}}"#,
            charge.id,
            charge.terminal.unwrap(),
            started.id
        );
        says.send(lie.into_bytes()).unwrap();
        says.send(b"data: nothing that can be read".to_vec()).unwrap();
        let hinted = async || {
            let timeline = shop.till.timeline(started.id).await.unwrap();
            timeline.iter().any(|entry| entry.name == "hinted")
        };
        while !hinted().await {}
        shop.till.cancel(started.id).await.unwrap();
        assert_eq!(shop.settled(started.id).await.outcome, Outcome::NotPaid);
    });
}
