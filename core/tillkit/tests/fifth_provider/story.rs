//! What a till does with it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tillkit::shell::Settings as Pace;
use tillkit::shell::clock::{ScaledClock, SystemClock};
use tillkit::shell::testing::MemoryJournal;
use tillkit::till::{Assembly, CancelTruth, Connect, Outcome, SaleRequest, Stage, Summary, Till};
use tillkit::transport::Scripted;
use tillkit_model::error::Code;
use tillkit_model::ids::Reference;
use tillkit_model::money::{Currency, Money};
use tillkit_model::provider::{Delivery, Errand, Finding, Refused, Secret, Setup, Trust};
use tillkit_model::sale::Capture;
use tillkit_model::time::Clock;
use tillkit_model::wire::{Exchange, Method, Response};

use crate::house::{House, open};
use crate::marlin;

struct Shop {
    till: Till,
    wire: Arc<Scripted>,
    house: Arc<Mutex<House>>,
    clock: Arc<dyn Clock>,
}

const SECRETS: &str = "of-today,of-yesterday";

fn set_up(more: &[(&str, &str)]) -> Setup {
    let usual = [("shop_id", "shop-77"), ("key", "k-4711"), ("webhook_secrets", SECRETS)];
    let settings: BTreeMap<String, String> = usual
        .iter()
        .chain(more)
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    (marlin::ROW.set_up)(&settings).unwrap()
}

/// A till at work over Marlin's house, on a clock fifty times as fast as the wall's.
async fn shop() -> Shop {
    let (wire, house) = open();
    let wire = Arc::new(wire);
    let mut assembly = Assembly::new(MemoryJournal::new(), wire.clone()).unwrap();
    assembly.clock = Arc::new(ScaledClock::new(Arc::new(SystemClock::new(1)), 50));
    assembly.settings = Pace::default().at_pace(50);
    let clock = Arc::clone(&assembly.clock);
    let till = Till::assemble(assembly).unwrap();
    // ANCHOR: row
    let account = Connect::of("shop-1", marlin::ROW.name, set_up(&[])).unwrap();
    till.connect(account.unasked()).await.unwrap();
    // ANCHOR_END: row
    Shop { till, wire, house, clock }
}

fn sale(device: &str) -> SaleRequest {
    SaleRequest::new("shop-1", Some(device), "13.30", "EUR", "order-456")
}

fn reference(text: &str) -> Reference {
    Reference::parse(text).unwrap()
}

impl Shop {
    async fn pay(&self, device: &str) -> Summary {
        self.till.pay(sale(device)).await.unwrap()
    }

    /// Every request to start a sale; they must all be the same, byte for byte.
    fn starts(&self) -> usize {
        let handed = self.wire.handed();
        let mut starts: Vec<_> = handed
            .iter()
            .filter(|one| one.request.method == Method::Post && &*one.request.path == "/sales")
            .map(|one| one.request.clone())
            .collect();
        let count = starts.len();
        starts.dedup();
        assert!(starts.len() <= 1, "{starts:?}");
        count
    }

    fn charged(&self) -> usize {
        self.house.lock().unwrap().charged()
    }
}

#[tokio::test]
async fn a_sale_is_paid_once_and_repeated_for_nothing() {
    let shop = shop().await;
    let paid = shop.pay("dev-pays").await;
    assert_eq!((paid.outcome, paid.status), (Outcome::Paid, Stage::Completed));
    let again = shop.pay("dev-pays").await;
    assert_eq!((again.id, again.replayed), (paid.id, true));
    assert_eq!((shop.starts(), shop.charged()), (1, 1));
}

#[tokio::test]
async fn a_decline_and_a_refused_device_are_outcomes() {
    let declined = shop().await.pay("dev-declines").await;
    assert_eq!((declined.outcome, declined.status), (Outcome::NotPaid, Stage::Declined));
    let refused = shop().await.pay("dev-gone").await;
    assert_eq!((refused.outcome, refused.status), (Outcome::NotPaid, Stage::Failed));
}

#[tokio::test]
async fn a_lost_answer_is_found_out_and_nobody_is_charged_twice() {
    for device in ["dev-deaf", "dev-breaks"] {
        let shop = shop().await;
        let paid = shop.pay(device).await;
        assert_eq!(paid.outcome, Outcome::Paid, "{device}");
        assert_eq!(shop.charged(), 1, "{device}");
        assert!(shop.starts() >= 1);
    }
}

#[tokio::test]
async fn money_is_given_back_whole_once_and_never_in_part() {
    let shop = shop().await;
    let paid = shop.pay("dev-pays").await;
    let part = Money::from_minor(630, Currency::parse("EUR").unwrap()).unwrap();
    let refused = shop.till.refund(paid.id, reference("back-1"), Some(part)).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.limit.as_deref()),
        (Code::Unsupported, Some("partial_refund"))
    );
    let refused = shop.till.capture(paid.id, reference("take-1"), None).await.unwrap_err();
    assert_eq!((refused.code, refused.limit.as_deref()), (Code::Unsupported, Some("capture")));
    assert!(refused.message.starts_with("marlin has no capture"), "{}", refused.message);
    for _ in 0..2 {
        let after = shop.till.refund(paid.id, reference("back-2"), None).await.unwrap();
        assert_eq!(after.outcome, Outcome::Returned);
    }
    let handed = shop.wire.handed();
    let refunds = handed.iter().filter(|one| one.request.path.ends_with("/refunds")).count();
    assert_eq!(refunds, 1);
}

#[tokio::test]
async fn a_cancel_calls_the_sale_off_or_says_that_it_is_paid() {
    let waiting = shop().await;
    let started = waiting.till.start(sale("dev-waits")).await.unwrap();
    let told = waiting.till.cancel(started.id).await.unwrap();
    assert_eq!(told.truth, CancelTruth::Cancelled);
    let paid = shop().await;
    let payment = paid.pay("dev-pays").await;
    assert_eq!(paid.till.cancel(payment.id).await.unwrap().truth, CancelTruth::AlreadyPaid);
}

#[tokio::test]
async fn what_it_cannot_do_is_refused_before_anything_is_sent() {
    let shop = shop().await;
    let mut held = sale("dev-pays");
    held.capture = Capture::Manual;
    let mut dollars = sale("dev-pays");
    dollars.currency = "USD".to_owned();
    let mut elsewhere = sale("../devices");
    elsewhere.reference = "order-9".to_owned();
    for (asked, code, field) in [
        (held, Code::Unsupported, "capture"),
        (dollars, Code::Unsupported, "currency"),
        (elsewhere, Code::InvalidField, "terminal"),
    ] {
        let error = shop.till.pay(asked).await.unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), (code, Some(field)), "{error:?}");
    }
    assert_eq!(shop.wire.handed(), []);
}

#[tokio::test]
async fn a_notification_counts_by_its_signature_and_says_where_to_look() {
    let shop = shop().await;
    let started = shop.till.start(sale("dev-waits")).await.unwrap();
    assert_eq!(started.outcome, Outcome::Open);
    shop.house.lock().unwrap().tap();
    let body = shop.house.lock().unwrap().notification();
    let setup = set_up(&[]);
    let notified = |signer: &str, body: &str| {
        let signature = marlin::sign(&Secret::new(signer), body.as_bytes());
        let headers = [(marlin::SIGNATURE_HEADER, &*signature)];
        let delivery =
            Delivery { method: "POST", url: "/hooks", headers: &headers, body: body.as_bytes() };
        let trust = Trust { secrets: &setup.webhook_secrets, public_url: None, keys: None };
        setup.desk.notified(&delivery, &trust, &shop.clock.now())
    };
    assert_eq!(notified("of-a-forger", &body), Err(Refused::BadSignature));
    assert!(matches!(notified("of-today", "{}"), Err(Refused::Malformed { .. })));
    let notice = notified("of-yesterday", &body).unwrap();
    assert_eq!(notice.id.as_deref(), Some("evt-1"));
    assert_eq!(notice.hints[0].payment, Some(started.id));
    for hint in notice.hints {
        shop.till.hint("shop-1", hint).await.unwrap();
    }
    assert_eq!(shop.till.wait(started.id, None).await.unwrap().outcome, Outcome::Paid);
}

#[test]
fn its_desk_lists_devices_and_has_nothing_else() {
    let desk = set_up(&[]).desk;
    let errand = Errand::Terminals { cursor: None };
    let asked = desk.request(&errand).unwrap();
    assert_eq!(&*asked.request.path, "/devices");
    let answer: Exchange = Ok(Response {
        status: 200,
        headers: vec![("content-type".into(), "application/json".into())],
        body: br#"{"devices":[{"id":"dev-7","name":null,"ready":false}]}"#.to_vec(),
        truncated: false,
    });
    let Ok(Finding::Terminals(page)) = desk.answer(&errand, &answer) else { panic!("no list") };
    assert_eq!(&*page.items[0].id, "dev-7");
    assert!(desk.request(&Errand::PayoutDestination).is_none());
}

#[test]
fn an_address_that_could_be_another_is_refused() {
    let refused = |url: &str| Connect::of("shop-1", marlin::ROW.name, set_up(&[("base_url", url)]));
    for (url, code) in [
        ("http://api.marlin.example/v1", Code::InsecureUrl),
        ("https://user@api.marlin.example/v1", Code::InvalidConfiguration),
        ("https://api.marlin.example/v1/../v2", Code::InvalidConfiguration),
        ("https://api.marlin.example/v1?to=elsewhere", Code::InvalidConfiguration),
    ] {
        assert_eq!(refused(url).err().map(|error| error.code), Some(code), "{url}");
    }
    assert!(refused("https://localhost:8443/v1").is_ok());
}
