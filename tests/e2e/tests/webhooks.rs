//! Notifications of every provider that sends them, over real sockets: each as it should be.

use std::sync::Arc;

use tillkit::shell::testing::MemoryJournal;
use tillkit::till::{Code, Heard, Outcome, WebhookAnswer};
use tillkit::webhook::testing::{Told, dintero_callback};
use tillkit::webhook::{BODY_BYTES_MAX, parsed_body};
use tillkit_e2e::hooks::{self, Arrived, Notified, SECRET, till_over};
use tillkit_e2e::{ACCOUNT, At, PROVIDERS, raw};
use tillkit_model::money::{Currency, Money};
use tillkit_simulator::server::{Fault, Planned, Wanted, doors};

/// Tells a story at every provider that notifies: all but a terminal in local mode.
fn at_each(story: impl AsyncFn(Notified)) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for at in PROVIDERS.iter().filter(|at| at.stand != "vinr-local") {
        println!("at {}", at.stand);
        runtime.block_on(async { story(Notified::open(at).await).await });
    }
}

/// Pays, and what was notified of it.
async fn paid(shop: &Notified, reference: &str) -> Arrived {
    let paid = shop.till.pay(shop.at.sale(reference)).await.unwrap();
    assert_eq!(paid.outcome, Outcome::Paid);
    shop.next()
}

fn is(answer: &WebhookAnswer, status: u16, heard: Heard) {
    assert_eq!((answer.status, &answer.heard), (status, &Ok(heard)));
}

#[test]
fn a_notification_is_taken_once_however_often_it_comes() {
    at_each(async |shop| {
        shop.simulator.control().fault(shop.at.stand, Planned::once(Fault::DoubleWebhook));
        let first = paid(&shop, "order-1").await;
        is(&first.answer, 200, Heard::Taken);
        is(&shop.next().answer, 200, Heard::Repeated);
        is(&first.again(&shop.till, ACCOUNT).await, 200, Heard::Repeated);
    });
}

#[test]
fn a_changed_one_is_not_believed_and_the_true_one_is_not_shut_out() {
    at_each(async |shop| {
        let arrived = paid(&shop, "order-1").await;
        // Whoever listens at another till has not heard of it yet.
        let till = till_over(MemoryJournal::new());
        till.connect(shop.account(ACCOUNT, SECRET)).await.unwrap();
        let mut body = arrived.body.clone();
        body[20] ^= 1;
        let mut bare = arrived.clone();
        bare.headers.clear();
        for answer in [
            arrived.changed(&till, ACCOUNT, &body).await,
            arrived.changed(&till, ACCOUNT, b"").await,
            bare.again(&till, ACCOUNT).await,
        ] {
            assert_eq!((answer.status, answer.body), (401, "not believed"));
            assert_eq!(answer.heard.unwrap_err().code, Code::WebhookSignature);
        }
        // It is true, and about a payment that this till does not know.
        is(&arrived.again(&till, ACCOUNT).await, 200, Heard::Kept);
    });
}

#[test]
fn an_old_one_that_is_signed_is_a_hint_all_the_same() {
    at_each(async |shop| {
        let arrived = paid(&shop, "order-1").await;
        // Dintero's webhooks carry no time; its callbacks are told below.
        let Some(old) = shop.signed_at(&arrived, 1_600_000_000) else {
            return assert_eq!(shop.at.stand, "dintero");
        };
        let till = till_over(MemoryJournal::new());
        till.connect(shop.account(ACCOUNT, SECRET)).await.unwrap();
        is(&old.again(&till, ACCOUNT).await, 200, Heard::Kept);
    });
}

#[test]
fn two_that_change_places_lead_to_the_same() {
    at_each(async |shop| {
        shop.simulator.control().fault(shop.at.stand, Planned::once(Fault::ReorderWebhooks));
        let first = shop.till.pay(shop.at.sale("order-1")).await.unwrap();
        let second = shop.till.pay(shop.at.sale("order-2")).await.unwrap();
        for later in [&second, &first] {
            let arrived = shop.next();
            is(&arrived.answer, 200, Heard::Taken);
            let body = String::from_utf8_lossy(&arrived.body).into_owned();
            let charge = charge_of(&shop, later.id);
            assert!(body.contains(&charge), "{}: {body}", shop.at.stand);
        }
        for payment in [first, second] {
            let now = shop.till.payment(payment.id).await.unwrap().unwrap();
            assert_eq!((now.outcome, now.alarms.len()), (Outcome::Paid, 0));
        }
    });
}

fn charge_of(shop: &Notified, payment: tillkit_model::ids::PaymentId) -> String {
    let ledger = shop.simulator.control().ledger(shop.at.stand);
    ledger.of(payment).next().unwrap().id.to_string()
}

#[test]
fn another_accounts_notification_is_none_of_ours() {
    at_each(async |shop| {
        let arrived = paid(&shop, "order-1").await;
        let mut theirs = shop.account("shop-2", "whsec-of-shop-2");
        if shop.at.stand == "centrapay" {
            // One key signs for all; the address tells whose it is.
            theirs = theirs.reached_at("https://elsewhere.example/hook");
        }
        shop.till.connect(theirs).await.unwrap();
        assert_eq!(arrived.again(&shop.till, "shop-2").await.status, 401, "{}", shop.at.stand);
        let nobody = arrived.again(&shop.till, "shop-9").await;
        assert_eq!((nobody.status, nobody.heard.unwrap_err().code), (503, Code::UnknownAccount));
    });
}

#[test]
fn both_secrets_count_while_one_is_replaced() {
    at_each(async |shop| {
        if shop.at.stand == "centrapay" {
            return;
        }
        let arrived = paid(&shop, "order-1").await;
        let till = till_over(MemoryJournal::new());
        till.connect(shop.account(ACCOUNT, "whsec-new")).await.unwrap();
        assert_eq!(arrived.again(&till, ACCOUNT).await.status, 401);
        till.connect(shop.account(ACCOUNT, &format!("whsec-new,{SECRET}"))).await.unwrap();
        is(&arrived.again(&till, ACCOUNT).await, 200, Heard::Kept);
    });
}

#[test]
fn one_for_a_payment_that_nobody_knows_is_kept_until_somebody_does() {
    at_each(async |shop| {
        let arrived = paid(&shop, "order-1").await;
        let till = till_over(MemoryJournal::new());
        till.connect(shop.account(ACCOUNT, SECRET)).await.unwrap();
        is(&arrived.again(&till, ACCOUNT).await, 200, Heard::Kept);
        is(&arrived.again(&till, ACCOUNT).await, 200, Heard::Repeated);
    });
}

#[test]
fn more_than_a_megabyte_is_not_even_looked_at() {
    at_each(async |shop| {
        let arrived = paid(&shop, "order-1").await;
        let large = vec![b' '; BODY_BYTES_MAX + 1];
        let url = &shop.url;
        let headers: Vec<(&str, &str)> = arrived
            .headers
            .iter()
            .filter(|(name, _)| {
                !["content-length", "content-type", "host"].contains(&name.as_str())
            })
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let answer = raw::ask("POST", url, &headers, std::str::from_utf8(&large).unwrap());
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
        assert_eq!(shop.next().answer.body, "too large");
    });
}

#[test]
fn while_the_journal_is_down_the_provider_is_asked_to_come_again_and_does() {
    at_each(async |shop| {
        shop.journal.break_shelf(true);
        let refused = paid(&shop, "order-1").await;
        assert_eq!((refused.answer.status, refused.answer.body), (503, "try again later"));
        shop.journal.break_shelf(false);
        // However long its first pause is.
        shop.simulator.control().forward(60_000);
        let arrived = shop.next();
        is(&arrived.answer, 200, Heard::Taken);
        assert_eq!(arrived.body, refused.body);
    });
}

#[test]
fn a_decline_is_notified_too_where_a_provider_does_so() {
    at_each(async |shop| {
        if shop.at.stand == "centrapay" {
            return;
        }
        shop.simulator.control().next(shop.at.stand, Wanted::Declines { after_ms: 100 });
        let declined = shop.till.pay(shop.at.sale("order-1")).await.unwrap();
        assert_eq!(declined.outcome, Outcome::NotPaid);
        is(&shop.next().answer, 200, Heard::Taken);
    });
}

#[test]
fn dinteros_callback_is_signed_over_its_address_and_read_from_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let shop = Notified::open(At::named("dintero")).await;
        let started = shop.till.pay(shop.at.sale("order-1")).await.unwrap();
        is(&shop.next().answer, 200, Heard::Taken);
        let mut settings = shop.at.settings_at(&shop.simulator.base_url("dintero"));
        settings.insert("callback_secrets".to_owned(), "cb-1".to_owned());
        let account = tillkit::till::Connect::new(ACCOUNT, "dintero", &settings).unwrap();
        let account = account.reached_at("https://shop.example/hooks/dintero");
        shop.till.connect(account).await.unwrap();
        let (charge, terminal) = (charge_of(&shop, started.id), (shop.at.terminal)().unwrap());
        let amount = Money::from_minor(1_330, Currency::parse("NOK").unwrap()).unwrap();
        let payment = Some(started.id);
        let told = Told {
            notice: "n-1",
            charge: &charge,
            payment,
            terminal: &terminal,
            amount,
            paid: true,
        };
        let called = "https://shop.example/hooks/dintero?report_error=true";
        let account = doors::dintero::ACCOUNT;
        let signed = dintero_callback("cb-1", account, 1_600_000_000, called, &told).unwrap();
        let (_, path) = signed.url.split_once("shop.example").unwrap();
        let place = shop.url.strip_suffix("/hooks/dintero").unwrap();
        let callback = |address: &str| {
            let answer =
                raw::ask(signed.method, &format!("{place}{address}"), &signed.headers(), "");
            (answer.get(9..12).unwrap().to_owned(), shop.next().answer.heard)
        };
        assert_eq!(callback(path), ("200".to_owned(), Ok(Heard::Taken)));
        assert_eq!(callback(path), ("200".to_owned(), Ok(Heard::Repeated)));
        let (status, _) = callback(&path.replace("session_id=", "session_id=x"));
        assert_eq!(status, "401", "the signature covers the address");
    });
}

#[test]
fn a_parsed_object_gets_an_error_that_shows_the_fix() {
    let error = parsed_body();
    assert_eq!(error.code, Code::WebhookMalformed);
    assert!(error.message.contains("bytes"), "{}", error.message);
}

#[test]
fn a_web_server_of_another_till_hands_over_to_that_one() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let shop = Notified::open(At::named("qonto")).await;
        let other = Arc::new(till_over(MemoryJournal::new()));
        other.connect(shop.account(ACCOUNT, "another-secret")).await.unwrap();
        let (url, arrivals) = hooks::web_server(other, "qonto");
        let target = tillkit_simulator::server::Target { url, secret: SECRET.to_owned() };
        shop.simulator.control().notify("qonto", target);
        paid(&shop, "order-1").await;
        assert_eq!(arrivals.recv().unwrap().answer.status, 401);
    });
}
