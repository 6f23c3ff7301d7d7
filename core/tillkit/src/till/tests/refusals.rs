use super::{Shop, sale, settings};
use crate::shell::testing::approving_qonto;
use crate::till::{Asked, Code, Connect};
use tillkit_model::error::Charged;
use tillkit_model::ids::PaymentId;

#[tokio::test]
async fn a_wrong_sale_is_refused_by_field_and_rule_and_nothing_leaves() {
    let shop = Shop::open(approving_qonto()).await;
    let mut wrong = Vec::new();
    for text in ["1e3", "13,30", "13.305", "", "0.01"] {
        let mut one = sale("order-1");
        one.amount = Asked::Text(text.to_owned());
        wrong.push((one, "amount"));
    }
    let mut one = sale("order-1");
    one.currency = "NOK".to_owned();
    wrong.push((one, "currency"));
    let mut one = sale("order 1");
    one.reference = "order 1".to_owned();
    wrong.push((one, "reference"));
    let mut one = sale("order-1");
    one.terminal = None;
    wrong.push((one, "terminal"));
    let mut one = sale("order-1");
    one.account = "shop-2".to_owned();
    wrong.push((one, "account"));
    for (one, field) in wrong {
        let error = shop.till.pay(one.clone()).await.unwrap_err();
        assert_eq!(error.field.as_deref(), Some(field), "{one:?} gave {error}");
        assert_eq!(error.charged, Charged::No, "{error}");
    }
    assert!(shop.wire.handed().is_empty());
}

#[tokio::test]
async fn the_same_reference_for_another_sale_names_what_differs() {
    let shop = Shop::open(approving_qonto()).await;
    let paid = shop.till.pay(sale("order-1")).await.unwrap();
    let mut other = sale("order-1");
    other.amount = Asked::Minor(1_331);
    let error = shop.till.pay(other).await.unwrap_err();
    assert_eq!((error.code, error.field.as_deref()), (Code::IdempotencyConflict, Some("amount")));
    assert_eq!(error.payment, Some(paid.id));
}

#[test]
fn an_account_is_refused_by_the_setting_that_is_wrong() {
    let refused =
        |name: &str, provider: &str, change: &dyn Fn(&mut tillkit_model::provider::Settings)| {
            let mut settings = settings("org-1");
            change(&mut settings);
            let error = Connect::new(name, provider, &settings).map(|_| ()).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("4711"), "{error:?}");
            (error.code, error.field.clone().unwrap())
        };
    let set = |key: &'static str, value: &'static str| {
        move |settings: &mut tillkit_model::provider::Settings| {
            settings.insert(key.to_owned(), value.to_owned());
        }
    };
    let none = |_: &mut tillkit_model::provider::Settings| {};
    assert_eq!(refused("shop 1", "qonto", &none), (Code::InvalidField, "account".into()));
    assert_eq!(refused("shop-1", "nobody", &none), (Code::InvalidConfiguration, "provider".into()));
    let plain = set("base_url", "http://192.168.1.20");
    assert_eq!(refused("shop-1", "qonto", &plain), (Code::InsecureUrl, "base_url".into()));
    let broken = set("access_token", "tok 4711");
    assert_eq!(
        refused("shop-1", "qonto", &broken),
        (Code::InvalidConfiguration, "access_token".into())
    );
}

#[tokio::test]
async fn a_payment_that_is_not_there_is_absent_and_cannot_be_acted_on() {
    let shop = Shop::open(approving_qonto()).await;
    let nobody = PaymentId::from_bytes([7; 16]);
    assert_eq!(shop.till.payment(nobody).await, Ok(None));
    assert_eq!(shop.till.timeline(nobody).await, Ok(Vec::new()));
    let errors = [
        shop.till.wait(nobody, None).await.map(|_| ()),
        shop.till.cancel(nobody).await.map(|_| ()),
        shop.till.resolve(nobody, crate::till::Word::Paid, "seen").await.map(|_| ()),
    ];
    for error in errors {
        let error = error.unwrap_err();
        assert_eq!((error.code, error.payment), (Code::UnknownPayment, Some(nobody)));
    }
}
