//! The list of what a provider notified: read to its end or not marked, and no damaged payment
//! stands in the way of another.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tillkit_model::engine::store::{Failure, FailureKind, Look, Store, Stored};
use tillkit_model::provider::vinr;
use tillkit_model::time::DAY_MS;

use super::*;
use crate::journal::Shelf;
use crate::shell::testing::{Bystander, Watched};
use crate::till::{Code, Recovered};
use crate::transport::Play;

const WEEK: Duration = Duration::from_secs(7 * 86_400);
const DAMAGED: &str = "019aa000-0000-7000-8000-000000000001";
const OTHER: &str = "019aa000-0000-7000-8000-000000000002";

/// One payment's record does not add up, once somebody says so.
#[derive(Clone)]
pub(super) struct Damage(pub(super) PaymentId, pub(super) Arc<AtomicBool>);

impl Bystander<MemoryJournal> for Damage {
    fn payment(&mut self, journal: &mut MemoryJournal, id: PaymentId) -> Look<Stored> {
        if id == self.0 && self.1.load(Ordering::SeqCst) {
            let detail = "the record does not add up".to_owned();
            return Err(Failure { kind: FailureKind::Corrupt, detail });
        }
        journal.payment(id)
    }
}

fn vinr_shop() -> Connect {
    let settings = [("environment", "sandbox"), ("merchant_id", "m-1"), ("api_key", "sk_test_1")];
    let settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let mut setup = vinr::set_up(&BTreeMap::from(settings)).unwrap();
    setup.budget = None;
    Connect::of("shop-1", "vinr", setup).unwrap()
}

fn event(number: usize, payment: &str) -> Value {
    let object = json!({
        "id": format!("tpy_{number}"), "terminalId": "trm_1", "amount": 1_330, "currency": "EUR",
        "status": "completed", "amountCaptured": 1_330, "reference": payment,
    });
    let id = format!("evt_{number}");
    json!({ "id": id, "type": "terminal_payment.completed", "data": { "object": object } })
}

fn page(events: &[Value], has_more: bool) -> Play {
    Play::json(200, &json!({ "data": events, "has_more": has_more }).to_string())
}

/// The page that is asked for, counted from zero, where each holds one event.
fn number(path: &str) -> usize {
    let cursor = path.split("starting_after=evt_").nth(1);
    cursor.map_or(0, |last| last.parse::<usize>().unwrap().saturating_add(1))
}

async fn till(
    journal: impl Ledger + 'static,
    mut events: impl FnMut(&str) -> Play + Send + 'static,
) -> Till {
    let wire = Scripted::new(move |departure| events(&departure.request().path));
    let till = till_over(journal, Arc::new(wire));
    till.connect(vinr_shop().unasked()).await.unwrap();
    till
}

#[tokio::test]
async fn a_damaged_payment_is_counted_and_the_others_are_heard() {
    let bystander = Damage(PaymentId::parse(DAMAGED).unwrap(), Arc::new(true.into()));
    let journal = Watched { journal: MemoryJournal::new(), bystander };
    let listed = || page(&[event(0, DAMAGED), event(1, OTHER)], false);
    let till = till(journal, move |_| listed()).await;
    let came = till.recover_hints("shop-1", WEEK).await;
    assert_eq!(came, Ok(Recovered { listed: 2, missed: 1, unheard: 1 }));
}

#[tokio::test]
async fn more_than_a_hundred_pages_are_read_to_their_end() {
    let journal = MemoryJournal::new();
    let till = till(journal, |path| {
        let number = number(path);
        page(&[event(number, OTHER)], number < 129)
    });
    let came = till.await.recover_hints("shop-1", WEEK).await.unwrap();
    assert_eq!(came.listed, 130);
}

#[tokio::test]
async fn a_list_that_turns_in_a_circle_is_an_error() {
    for circle in [1, 3] {
        let till = till(MemoryJournal::new(), move |path| {
            page(&[event(number(path) % circle, OTHER)], true)
        });
        let error = till.await.recover_hints("shop-1", WEEK).await.unwrap_err();
        assert_eq!(error.code, Code::ProviderUnreachable);
        assert!(error.message.contains("same page again"), "{error:?}");
    }
}

/// Whether the list was read to its end on that day.
fn is_marked(journal: &MemoryJournal, account: &str, wall_ms: i64) -> bool {
    let day = wall_ms.div_euclid(DAY_MS.cast_signed()).saturating_sub(1);
    let mark = format!("tillkit: read until day {day}");
    journal.clone().knows_notice(account, &mark).unwrap()
}

#[tokio::test]
async fn a_list_that_breaks_off_is_told_in_health_and_read_on_from_there() {
    let journal = MemoryJournal::new();
    let asked = Arc::new(std::sync::Mutex::new(Vec::new()));
    let (seen, broken) = (Arc::clone(&asked), Arc::new(AtomicUsize::new(0)));
    let breaks = Arc::clone(&broken);
    let wire = Scripted::new(move |departure| {
        let request = departure.request();
        if request.may_move_money {
            let body = request.body.as_deref().unwrap();
            let mut made: Value = serde_json::from_str(body).unwrap();
            made["id"] = json!("tpy_77");
            made["status"] = json!("completed");
            made["amountCaptured"] = json!(1_330);
            return Play::json(201, &made.to_string());
        }
        if !request.path.starts_with("/v1/events") {
            return page(&[], false);
        }
        let number = number(&request.path);
        seen.lock().unwrap().push(number);
        if number == 2 && breaks.load(Ordering::SeqCst) == 0 {
            return Play::json(500, "{}");
        }
        page(&[event(number, OTHER)], number < 3)
    });
    let wire: Arc<dyn Transport> = Arc::new(wire);
    let first = till_over(journal.clone(), Arc::clone(&wire));
    first.connect(vinr_shop().unasked()).await.unwrap();
    let sale = SaleRequest::new("shop-1", Some("trm_1"), "13.30", "EUR", "order-1");
    first.start(sale).await.unwrap();
    first.close().await.unwrap();
    let till = till_over(journal.clone(), wire);
    let now_ms = SystemClock::new(1).now().wall_ms;
    till.connect(vinr_shop()).await.unwrap();
    let hearing = async || till.health().await.unwrap().accounts[0].hearing.clone();
    while hearing().await.error.is_none() {}
    assert!(!is_marked(&journal, "shop-1", now_ms), "nothing is taken for read");
    broken.store(1, Ordering::SeqCst);
    while hearing().await.error.is_some() {}
    assert!(is_marked(&journal, "shop-1", now_ms));
    let asked = asked.lock().unwrap().clone();
    assert_eq!(asked[..4], [0, 1, 2, 2], "it is read on from where it broke off: {asked:?}");
    assert_eq!(asked.last(), Some(&3));
}
