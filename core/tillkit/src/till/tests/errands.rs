use tillkit_model::ids::AccountName;
use tillkit_model::provider::{
    Budget, Counted, Delivery, Desk, DeskRequest, Errand, Finding, Notice, Readiness, Refused,
    Trust, qonto,
};
use tillkit_model::time::Moment;
use tillkit_model::wire::Exchange;

use super::*;
use crate::till::{Code, Error, Missing};
use crate::transport::Handed;

async fn till_at(wire: Scripted) -> (Till, Arc<Scripted>) {
    let (till, wire) = till_over(MemoryJournal::new(), wire);
    till.connect(shop("org-1")).await.unwrap();
    (till, wire)
}

fn paths(wire: &Scripted) -> Vec<String> {
    let path = |handed: &Handed| handed.request.path.to_string();
    wire.handed().iter().map(path).collect()
}

fn terminal(number: u64) -> serde_json::Value {
    json!({ "id": format!("a1b2c3d4-e5f6-7890-abcd-ef123456789{number}"), "poi_id": "S1" })
}

#[tokio::test]
async fn terminals_are_listed_page_by_page_and_nothing_may_move_money() {
    let page = |number: u64, next: Option<u64>| {
        let meta = json!({ "current_page": number, "next_page": next });
        Play::json(200, &json!({ "terminals": [terminal(number)], "meta": meta }).to_string())
    };
    let (till, wire) = till_at(Scripted::playing([page(1, Some(2)), page(2, None)])).await;
    let terminals = till.terminals("shop-1").await.unwrap();
    let ids: Vec<&str> = terminals.iter().map(|one| &*one.id).collect();
    assert_eq!(ids.len(), 2);
    assert!(ids[0].ends_with('1') && ids[1].ends_with('2'), "{ids:?}");
    assert_eq!(terminals[0].readiness, Readiness::Unsaid);
    assert_eq!(paths(&wire).len(), 2);
    assert!(wire.handed().iter().all(|handed| !handed.request.may_move_money));
}

#[tokio::test]
async fn a_missing_right_is_named_before_it_costs_a_sale() {
    let denied = || Play::json(403, r#"{"errors":[{"code":"forbidden","detail":"no"}]}"#);
    let (till, _) = till_at(Scripted::playing([denied(), denied()])).await;
    let missing = till.probe("shop-1").await.unwrap();
    let rights: Vec<&str> = missing.iter().map(|one| &*one.right).collect();
    assert_eq!(rights, ["terminal.read"]);
}

#[tokio::test]
async fn a_probe_that_gets_no_answer_says_nothing_of_rights() {
    let (till, _) = till_at(Scripted::playing([])).await;
    assert_eq!(till.probe("shop-1").await.unwrap_err().code, Code::ProviderUnreachable);
}

/// A desk that asks twice for its rights.
struct TwoProbes(Arc<dyn Desk>);

impl Desk for TwoProbes {
    fn request(&self, errand: &Errand) -> Option<DeskRequest> {
        self.0.request(errand)
    }

    fn answer(&self, _: &Errand, exchange: &Exchange) -> Result<Finding, Error> {
        match exchange {
            Ok(response) if response.status == 403 => Ok(Finding::Right(Err("first".into()))),
            Ok(_) => Ok(Finding::Right(Ok(()))),
            Err(_) => Err(Error::new(Code::ProviderUnreachable)),
        }
    }

    fn probes(&self) -> Vec<Errand> {
        [None, Some("2".to_owned())].map(|cursor| Errand::Terminals { cursor }).into()
    }

    fn notified(&self, _: &Delivery<'_>, _: &Trust<'_>, _: &Moment) -> Result<Notice, Refused> {
        Err(Refused::BadSignature)
    }
}

#[tokio::test]
async fn what_one_probe_told_is_kept_and_only_the_failed_one_is_asked_again() {
    let mut setup = qonto::set_up(&settings("org-1")).unwrap();
    setup.desk = Arc::new(TwoProbes(Arc::clone(&setup.desk)));
    let plays = [Play::json(403, "{}"), Play::Lose, Play::json(200, "{}")];
    let (till, wire) = till_over(MemoryJournal::new(), Scripted::playing(plays));
    till.connect(Connect::of("shop-1", "qonto", setup).unwrap()).await.unwrap();
    let account = async || till.health().await.unwrap().accounts.remove(0);
    while account().await.probe_error.is_none() {}
    let rights = |missing: Option<Vec<Missing>>| {
        missing.unwrap().iter().map(|one| one.right.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(rights(account().await.missing), ["first"]);
    while account().await.probe_error.is_some() {}
    assert_eq!(rights(account().await.missing), ["first"]);
    let paths = paths(&wire);
    assert_ne!(paths[0], paths[1]);
    assert_eq!(paths[2..], paths[1..2], "{paths:?}");
}

#[tokio::test]
async fn a_new_connection_leaves_nothing_of_the_old_one_waiting() {
    let told = || Play::json(200, r#"{ "terminals": [], "meta": { "current_page": 1 } }"#);
    let (till, _) = till_over(MemoryJournal::new(), Scripted::new(move |_| told()));
    let connect = || Connect::new("shop-1", "qonto", &settings("org-1")).unwrap();
    till.connect(connect()).await.unwrap();
    let name = AccountName::parse("shop-1").unwrap();
    let wake = Arc::downgrade(&till.member(&name).unwrap().line.probe_wake);
    while till.health().await.unwrap().accounts[0].missing.is_none() {}
    till.connect(connect()).await.unwrap();
    while wake.strong_count() > 0 {
        till.health().await.unwrap();
    }
}

#[tokio::test]
async fn what_a_provider_has_not_is_refused_before_anything_is_sent() {
    let (till, wire) = till_at(Scripted::playing([])).await;
    let stores = till.stores("shop-1").await.unwrap_err();
    assert_eq!((stores.code, stores.limit.as_deref()), (Code::Unsupported, Some("stores")));
    let day = till.end_of_day("shop-1", TERMINAL, "day-1").await.unwrap_err();
    assert_eq!(day.code, Code::Unsupported);
    let bent = till.subscribe("shop-1", "ftp://shop.example", &[]).await.unwrap_err();
    assert_eq!(bent.field.as_deref(), Some("url"));
    assert!(paths(&wire).is_empty(), "nothing of it was sent");
    assert!(till.capabilities("shop-1").unwrap().beside.terminals);
    assert_eq!(till.capabilities("shop-9").unwrap_err().code, Code::UnknownAccount);
    assert_eq!(till.terminals("shop-9").await.unwrap_err().code, Code::UnknownAccount);
}

#[tokio::test]
async fn a_long_list_leaves_the_budget_to_payments() {
    let (till, wire) = till_over(MemoryJournal::new(), Scripted::new(endless_list));
    till.connect(scarce("shop-1")).await.unwrap();
    let error = till.terminals("shop-1").await.unwrap_err();
    assert_eq!(error.code, Code::RateLimited);
    assert!(error.retry_after_ms.is_some());
    assert_eq!(paths(&wire).len(), 2, "a tenth of twenty a minute");
}

#[tokio::test]
async fn errands_of_two_accounts_with_one_key_spend_one_allowance() {
    let (till, wire) = till_over(MemoryJournal::new(), Scripted::new(endless_list));
    for account in ["shop-1", "shop-2"] {
        till.connect(scarce(account)).await.unwrap();
        assert_eq!(till.terminals(account).await.unwrap_err().code, Code::RateLimited);
    }
    assert_eq!(paths(&wire).len(), 2, "both together");
}

/// An account of one key, which allows twenty requests a minute.
fn scarce(account: &str) -> Connect {
    let mut setup = qonto::set_up(&settings("org-1")).unwrap();
    setup.budget = Some(Budget { per_minute: 20, reserve: 2, counted: Counted::ByCredentials });
    Connect::of(account, "qonto", setup).unwrap().unasked()
}

/// Each page of it names a next one.
fn endless_list(departure: &tillkit_model::wire::Departure) -> Play {
    let path = departure.request().path.to_string();
    let number = path.split("page=").nth(1).unwrap().split('&').next().unwrap();
    let number: u64 = number.parse().unwrap();
    let meta = json!({ "current_page": number, "next_page": number.saturating_add(1) });
    Play::json(200, &json!({ "terminals": [terminal(1)], "meta": meta }).to_string())
}

#[tokio::test]
async fn what_a_subscription_says_once_is_told_and_never_printed() {
    let made = json!({
        "id": "0d3c0c1e-0000-4000-8000-000000000002",
        "callback_url": "https://shop.example/hook",
        "types": ["v1/terminal-payments"],
        "secret": "whsec",
    });
    let (till, wire) = till_at(Scripted::playing([Play::json(201, &made.to_string())])).await;
    let made = till.subscribe("shop-1", "https://shop.example/hook", &[]).await.unwrap();
    assert_eq!(made[0].secret.as_ref().unwrap().expose(), "whsec");
    assert!(!format!("{made:?}").contains("whsec"));
    assert_eq!(paths(&wire).len(), 1);
}

#[tokio::test]
async fn calls_may_be_awaited_anywhere() {
    let till = Arc::new(till_at(Scripted::playing([])).await.0);
    let elsewhere = tokio::spawn(async move {
        let terminals = till.terminals("shop-1").await;
        let answer = till.webhook("shop-1", "POST", "/", &[], b"{}").await;
        (terminals.is_err(), answer.status)
    });
    let (failed, status) = elsewhere.await.unwrap();
    assert!(failed);
    assert_ne!(status, 200);
}
