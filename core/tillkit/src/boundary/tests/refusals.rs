use super::super::{
    AccountOptions, Code, Failure, Item, PaymentQuery, Portion, amount_not_text, unread,
};
use super::{all, qonto_settings, sale, till, unasked};
use crate::shell::testing::approving_qonto;

fn told(failure: &Failure) -> (Code, Option<&str>, Option<&str>) {
    (failure.code, failure.field.as_deref(), failure.rule.as_deref())
}

#[tokio::test]
async fn an_amount_is_said_once_and_not_left_out() {
    let till = till(approving_qonto()).await;
    let mut twice = sale("order-1");
    twice.amount_minor = Some(1330);
    let refused = till.pay(twice).await.unwrap_err();
    assert_eq!(told(&refused), (Code::InvalidAmount, Some("amount"), Some("one-of-both")));
    let mut never = sale("order-1");
    never.amount = None;
    let refused = till.pay(never).await.unwrap_err();
    assert_eq!(told(&refused), (Code::InvalidAmount, Some("amount"), Some("required")));
}

#[tokio::test]
async fn numbers_out_of_every_range_are_refused_by_the_core() {
    let till = till(approving_qonto()).await;
    for attempt in [i64::MIN, -1, 0, i64::MAX] {
        let mut odd = sale("order-1");
        odd.attempt = attempt;
        let refused = till.pay(odd).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("attempt"), "{attempt}");
    }
    for minor in [i64::MIN, -1, 0, i64::MAX] {
        let mut odd = sale("order-1");
        (odd.amount, odd.amount_minor) = (None, Some(minor));
        let refused = till.pay(odd).await.unwrap_err();
        assert_eq!(refused.code, Code::InvalidAmount, "{minor}");
    }
    let mut odd = sale("order-1");
    odd.start_by_ms = Some(-5);
    assert_eq!(till.pay(odd).await.unwrap_err().field.as_deref(), Some("start_by_ms"));
}

#[tokio::test]
async fn ids_names_and_words_that_are_none_are_named() {
    let till = till(approving_qonto()).await;
    let id = || "not an id".to_owned();
    let refused = till.wait(id(), None).await.unwrap_err();
    assert_eq!(told(&refused), (Code::InvalidField, Some("payment"), Some("payment-id")));
    let refused = till.refund(id(), "r".to_owned(), all()).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("payment"));
    let unseen = "01976a4e-0000-7000-8000-000000000001".to_owned();
    let refused = till.capture(unseen.clone(), " ".to_owned(), all()).await.unwrap_err();
    assert_eq!(told(&refused), (Code::InvalidField, Some("reference"), Some("visible-ascii")));
    let five = Portion { amount: Some("5".to_owned()), ..Portion::default() };
    let refused = till.refund(unseen.clone(), "r".to_owned(), five).await.unwrap_err();
    assert_eq!((refused.code, refused.payment), (Code::UnknownPayment, Some(unseen)));
    let mut cleared = sale("order-1");
    cleared.screen_clear = vec![id()];
    assert_eq!(till.pay(cleared).await.unwrap_err().field.as_deref(), Some("screen_clear"));
    let odd = PaymentQuery { outcome: Some("settled".to_owned()), limit: 1, ..Default::default() };
    assert_eq!(till.payments(odd).await.unwrap_err().field.as_deref(), Some("outcome"));
}

#[tokio::test]
async fn a_note_that_is_said_twice_is_refused() {
    let till = till(approving_qonto()).await;
    let note = |value: &str| ("table".to_owned(), value.to_owned());
    let mut noted = sale("order-1");
    noted.metadata = vec![note("4"), note("5")];
    let refused = till.pay(noted).await.unwrap_err();
    assert_eq!(told(&refused), (Code::InvalidField, Some("metadata"), Some("names-once")));
}

#[tokio::test]
async fn terms_that_no_shop_has_are_refused() {
    let till = till(approving_qonto()).await;
    let late = AccountOptions { day_begins_hour: Some(24), ..unasked() };
    let refused = till.connect("shop-2".to_owned(), qonto_settings(), late).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.field.as_deref()),
        (Code::InvalidConfiguration, Some("hour"))
    );
}

#[test]
fn what_no_amount_can_be_is_refused_in_one_sentence() {
    let refused = amount_not_text("amount", "float");
    assert_eq!(told(&refused), (Code::AmountNotText, Some("amount"), Some("text-or-minor")));
    assert!(refused.message.contains("this is a float"), "{}", refused.message);
    assert!(refused.message.contains("amount_minor"), "{}", refused.message);
    assert_eq!(unread("at_most", "duration", "say seconds").field.as_deref(), Some("at_most"));
}

#[test]
fn what_opens_or_can_be_spent_is_never_printed() {
    let mut scanned = sale("order-1");
    scanned.code = Some("spend-me-4711".to_owned());
    let printed = format!("{scanned:?} {:?}", qonto_settings());
    assert!(!printed.contains("4711"), "{printed}");
}

#[tokio::test]
async fn a_line_of_a_sale_says_its_amount_once() {
    let till = till(approving_qonto()).await;
    let mut listed = sale("order-1");
    listed.items = vec![Item {
        name: "coffee".to_owned(),
        sku: None,
        quantity: "1".to_owned(),
        amount: None,
        amount_minor: None,
        tax_percent: None,
        discount: None,
        discount_minor: None,
    }];
    let refused = till.pay(listed).await.unwrap_err();
    assert_eq!(refused.code, Code::InvalidAmount);
}
