use tillkit::till::{Code, Connect, Outcome, SaleRequest};
use tillkit_e2e::{ACCOUNT, Shop, raw};
use tillkit_simulator::fakes::Step;
use tillkit_simulator::server::{Fault, Wanted};

use super::*;

fn story(told: impl AsyncFn(Shop)) {
    at("vinr", told);
}

#[test]
fn an_action_and_its_repeat_carry_one_key_and_each_action_another() {
    story(async |shop| {
        shop.fault(Fault::Lose { when: Loss::BeforeArrival }, "POST", shop.at.start_path);
        let approved = shop.settled(shop.pay_for(held(&shop)).await.id).await;
        shop.till.capture(approved.id, reference("capture-1"), None).await.unwrap();
        done(&shop, approved.id, "capture-1").await;
        let pushes = starts(&shop);
        let capture = shop.asked("POST", "/capture").remove(0);
        let key = |one| header(one, "idempotency-key").unwrap_or_default().to_owned();
        assert_eq!((pushes.len(), key(&pushes[0])), (2, key(&pushes[1])));
        assert_ne!(key(&pushes[0]), key(&capture));
        assert_eq!(shop.ledger().prompts.len(), 1);
    });
}

#[test]
fn a_5xx_is_tried_again_by_the_same_key_and_charges_once() {
    story(async |shop| {
        shop.fault(Fault::ErrorBefore, "POST", shop.at.start_path);
        is_paid(&shop).await;
        let pushes = starts(&shop);
        assert!(pushes[0].status >= 500 && pushes[1].status < 300, "{:?}", statuses(&pushes));
        assert_eq!(header(&pushes[0], "idempotency-key"), header(&pushes[1], "idempotency-key"));
        assert_eq!(shop.ledger().charges.len(), 1);
    });
}

#[test]
fn the_code_decides_whatever_the_status_is() {
    story(async |shop| {
        let busy =
            SaleRequest { terminal: Some("term_test_busy".into()), ..shop.at.sale("order-1") };
        let paid = shop.settled(shop.pay_for(busy).await.id).await;
        assert_eq!(paid.outcome, Outcome::Paid);
        let pushes = starts(&shop);
        assert_eq!(answered(&pushes[0])["error"]["code"], "terminal_busy");
        assert!(pushes[0].status >= 400 && pushes[1].status < 300, "busy is no refusal for good");
    });
}

#[test]
fn a_refused_cancel_is_followed_by_a_look() {
    story(async |shop| {
        shop.next(Wanted::WalksAway);
        let started = shop.shown("order-1").await;
        let charge = shop.charge_of(started.id).id.to_string();
        // The card is in the reader, and the till has not heard of it.
        fails(&shop, Fault::ErrorBefore, "GET", "/v1/terminal/payments");
        assert!(shop.control().act("vinr", &charge, Step::Tap));
        let wished = shop.till.cancel(started.id);
        let approve = async {
            while shop.asked("POST", "/cancel").is_empty() {
                shop.till.payment(started.id).await.unwrap();
            }
            assert!(shop.control().act("vinr", &charge, Step::Approve { tip_minor: 0 }));
            shop.control().mend("vinr");
        };
        let ((), wished) = both(approve, wished).await;
        wished.unwrap();
        assert_eq!(shop.settled(started.id).await.outcome, Outcome::Paid);
        let cancel = shop.asked("POST", "/cancel").remove(0);
        assert!([409, 422].contains(&cancel.status), "{}", cancel.status);
        let looks = shop.asked("GET", &charge);
        assert!(looks.iter().any(|one| one.at_ms >= cancel.at_ms && one.status == 200));
    });
}

/// One after the other, where the second was begun first.
async fn both<A, B>(first: impl Future<Output = A>, second: impl Future<Output = B>) -> (A, B) {
    let (mut first, mut second) = (std::pin::pin!(first), std::pin::pin!(second));
    let (mut one, mut other) = (None, None);
    std::future::poll_fn(|context| {
        if one.is_none()
            && let std::task::Poll::Ready(done) = first.as_mut().poll(context)
        {
            one = Some(done);
        }
        if other.is_none()
            && let std::task::Poll::Ready(done) = second.as_mut().poll(context)
        {
            other = Some(done);
        }
        if one.is_some() && other.is_some() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    (one.unwrap(), other.unwrap())
}

#[test]
fn what_is_authorized_is_captured_in_part() {
    story(async |shop| {
        let approved = shop.pay_for(held(&shop)).await;
        assert_eq!(approved.outcome, Outcome::Held);
        assert_eq!(sent(&starts(&shop)[0])["captureMethod"], "manual");
        let more = shop.till.capture(approved.id, reference("more"), money(&shop, 2_000)).await;
        assert!(more.is_err() && shop.asked("POST", "/capture").is_empty());
        shop.till.capture(approved.id, reference("capture-1"), money(&shop, 1_000)).await.unwrap();
        let captured = done(&shop, approved.id, "capture-1").await;
        assert_eq!(captured.amounts.captured.minor, 1_000);
        assert_eq!(sent(&shop.asked("POST", "/capture")[0])["amount"], 1_000);
    });
}

#[test]
fn without_any_webhook_it_is_polled() {
    story(async |shop| {
        shop.next(Wanted::Taps { after_ms: 4_000, tip_minor: 0 });
        is_paid(&shop).await;
        let polls = shop.asked("GET", "/v1/terminal/payments/");
        assert!(polls.len() >= 2 && answered(polls.last().unwrap())["status"] == "completed");
    });
}

#[test]
fn a_terminal_lets_in_whoever_has_its_certificate() {
    at("vinr-local", async |shop| {
        is_paid(&shop).await;
        assert!(starts(&shop).iter().all(|one| one.status < 300));
        let url = format!("{}/v1/terminal/payments", shop.base_url());
        let stranger = raw::ask("GET", &url, &[], "");
        assert!(stranger.starts_with("HTTP/1.1 401"), "{stranger}");
        let mut settings = shop.at.settings_at("http://terminal.example");
        let abroad = Connect::new(ACCOUNT, "vinr", &settings).err().unwrap();
        assert_eq!(abroad.code, Code::InsecureUrl);
        settings.insert("base_url".into(), "http://203.0.113.7".into());
        assert_eq!(Connect::new(ACCOUNT, "vinr", &settings).err().unwrap().code, Code::InsecureUrl);
    });
}

#[test]
fn retry_after_is_obeyed() {
    story(async |shop| {
        shop.next(Wanted::Taps { after_ms: 5_000, tip_minor: 0 });
        shop.fault(Fault::RateLimited, "GET", "/v1/terminal/payments/");
        is_paid(&shop).await;
        rules::leaves_it_alone_after_a_429(&shop.asked("GET", "/v1/terminal/payments/"));
    });
}

#[test]
fn a_key_of_the_wrong_kind_or_place_opens_nothing() {
    story(async |shop| {
        let with = |key: &str| {
            let mut settings = shop.at.settings_at(&shop.base_url());
            settings.insert("api_key".into(), key.into());
            Connect::new(ACCOUNT, "vinr", &settings).map(drop)
        };
        for key in ["sk_live_1", "pk_test_1"] {
            assert_eq!(with(key).unwrap_err().field.as_deref(), Some("api_key"), "{key}");
        }
        let url = format!("{}/v1/terminals", shop.base_url());
        let answer = raw::ask("GET", &url, &[("X-Api-Key", "pk_test_1")], "");
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        is_paid(&shop).await;
    });
}
