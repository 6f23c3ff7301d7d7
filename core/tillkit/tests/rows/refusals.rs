//! What a provider does not offer is refused before anything is sent, by the names of provider and
//! operation.

use std::sync::Arc;

use tillkit::shell::Settings as Pace;
use tillkit::shell::clock::{ScaledClock, SystemClock};
use tillkit::shell::testing::MemoryJournal;
use tillkit::till::{Assembly, CancelTruth, Connect, SaleRequest, Till};
use tillkit::transport::Scripted;
use tillkit_model::error::{Code, Error};
use tillkit_model::ids::Reference;
use tillkit_model::provider::{Capabilities, Secret};
use tillkit_model::sale::{Capture, ItemRequest};

use crate::cast::{Cast, casts, settings};

struct Shop {
    cast: Cast,
    till: Till,
    wire: Arc<Scripted>,
}

/// A till whose account is connected to a provider that never answers.
async fn open(cast: Cast) -> Shop {
    let wire = Arc::new(Scripted::playing([]));
    let mut assembly = Assembly::new(MemoryJournal::new(), wire.clone()).unwrap();
    assembly.clock = Arc::new(ScaledClock::new(Arc::new(SystemClock::new(1)), 50));
    assembly.settings = Pace::default().at_pace(50);
    let till = Till::assemble(assembly).unwrap();
    let settings = settings(cast.provider.name).remove(cast.offer.mode).unwrap();
    let account = Connect::new("shop-1", cast.provider.name, &settings).unwrap().unasked();
    till.connect(account).await.unwrap();
    Shop { cast, till, wire }
}

impl Shop {
    fn sale(&self, reference: &str) -> SaleRequest {
        let sale = &self.cast.sale;
        let terminal = sale.terminal.as_ref().map(|terminal| terminal.as_str());
        let (amount, currency) = (sale.amount.text(), sale.amount.currency().code());
        SaleRequest::new("shop-1", terminal, &amount, currency, reference)
    }

    /// How many requests left that may move money.
    fn sent(&self) -> usize {
        self.wire.handed().iter().filter(|one| one.request.may_move_money).count()
    }

    fn is_refused(&self, error: &Error, operation: &str) {
        let name = self.cast.name();
        assert_eq!(error.code, Code::Unsupported, "{name} {operation}: {error:?}");
        let named = [error.limit.as_deref(), error.field.as_deref()].contains(&Some(operation));
        assert!(named, "{name} {operation}: {error:?}");
        assert!(error.message.contains(self.cast.provider.name), "{}", error.message);
    }
}

type Ask = fn(&mut SaleRequest);
type Offered = fn(&Capabilities) -> bool;

const SALES: &[(&str, Offered, Ask)] = &[
    ("capture", |can| can.manual_capture, |sale| sale.capture = Capture::Manual),
    ("allow_part", |can| can.part_payment, |sale| sale.allow_part = true),
    ("customer_absent", |can| can.customer_absent, |sale| sale.customer_absent = true),
    ("code", |can| can.scanned_code, |sale| sale.code = Some(Secret::new("1234567890"))),
    (
        "metadata",
        |can| can.metadata_bytes_max.is_some(),
        |sale| {
            sale.metadata.insert("table".into(), "12".into());
        },
    ),
    (
        "items",
        |can| can.items,
        |sale| {
            sale.items = vec![ItemRequest {
                name: "Coffee".into(),
                sku: None,
                quantity: "1".into(),
                amount: sale.amount.clone(),
                tax_percent: None,
                discount: None,
            }];
        },
    ),
    ("currency", |can| can.currencies.is_empty(), |sale| sale.currency = "CHF".into()),
];

#[tokio::test]
async fn a_sale_that_asks_for_more_than_is_offered_sends_nothing() {
    for cast in casts() {
        let shop = open(cast).await;
        let can = shop.till.capabilities("shop-1").unwrap();
        for (field, offered, ask) in SALES.iter().filter(|(_, offered, _)| !offered(&can)) {
            assert!(!offered(shop.cast.offer.capabilities));
            let mut sale = shop.sale(field);
            ask(&mut sale);
            shop.is_refused(&shop.till.start(sale).await.unwrap_err(), field);
        }
        assert_eq!(shop.sent(), 0, "{}", shop.cast.name());
    }
}

#[tokio::test]
async fn an_operation_that_is_not_offered_sends_nothing() {
    for cast in casts() {
        let shop = open(cast).await;
        let can = shop.till.capabilities("shop-1").unwrap();
        let started = shop.till.start(shop.sale("order-1")).await.unwrap();
        let reference = || Reference::parse("operation-1").unwrap();
        let before = shop.sent();
        if !can.refund {
            let error = shop.till.refund(started.id, reference(), None).await.unwrap_err();
            shop.is_refused(&error, "refund");
        }
        if !can.manual_capture {
            let error = shop.till.capture(started.id, reference(), None).await.unwrap_err();
            shop.is_refused(&error, "capture");
        }
        if !can.conditions {
            let error = shop.till.answer(started.id, "c-1", true).await.unwrap_err();
            shop.is_refused(&error, "answer");
        }
        if !can.cancel {
            let told = shop.till.cancel(started.id).await.unwrap();
            assert_eq!(told.truth, CancelTruth::NotSupported, "{}", shop.cast.name());
        }
        // A start that was lost may be sent again meanwhile; nothing else is.
        let handed = shop.wire.handed();
        let mut asked: Vec<_> = handed
            .iter()
            .filter(|one| one.request.may_move_money)
            .map(|one| &one.request)
            .collect();
        asked.dedup();
        assert!(asked.len() <= 1 && before <= 2, "{}: {asked:?}", shop.cast.name());
    }
}

#[tokio::test]
async fn an_errand_that_is_not_offered_sends_nothing() {
    for cast in casts() {
        let shop = open(cast).await;
        let beside = shop.till.capabilities("shop-1").unwrap().beside;
        let till = &shop.till;
        let before = shop.wire.handed().len();
        if !beside.terminals {
            shop.is_refused(&till.terminals("shop-1").await.unwrap_err(), "terminals");
        }
        if !beside.subscriptions {
            let url = "https://pos.example/d";
            let error = till.subscribe("shop-1", url, &[]).await.unwrap_err();
            shop.is_refused(&error, "subscriptions");
            shop.is_refused(&till.subscriptions("shop-1").await.unwrap_err(), "subscriptions");
            shop.is_refused(&till.unsubscribe("shop-1", "s-1").await.unwrap_err(), "subscriptions");
        }
        if !beside.end_of_day {
            let error = till.end_of_day("shop-1", "T-1", "key-1").await.unwrap_err();
            shop.is_refused(&error, "terminal_operation");
        }
        assert_eq!(shop.wire.handed().len(), before, "{}", shop.cast.name());
    }
}
