use tillkit_model::ids::AccountName;

use super::{Shop, approving_of, sale, shop, till_over};
use crate::shell::testing::{approving_qonto, qonto};
use crate::till::{Code, Connect, Outcome, Query, Role};

fn name(text: &str) -> AccountName {
    AccountName::parse(text).unwrap()
}

#[tokio::test]
async fn payments_are_listed_newest_first_a_page_at_a_time() {
    let shop = Shop::open(approving_qonto()).await;
    for n in 1..=5 {
        shop.till.pay(sale(&format!("order-{n}"))).await.unwrap();
    }
    let mut query = Query { limit: 2, ..Query::default() };
    let mut references = Vec::new();
    loop {
        let page = shop.till.payments(query.clone()).await.unwrap();
        references
            .extend(page.payments.into_iter().map(|view| view.unwrap().reference.to_string()));
        query.before = page.next;
        if query.before.is_none() {
            break;
        }
    }
    references.sort();
    assert_eq!(references, ["order-1", "order-2", "order-3", "order-4", "order-5"]);
    let open = Query { unsettled: Some(true), limit: 10, ..Query::default() };
    assert_eq!(shop.till.payments(open).await.unwrap().payments, []);
}

#[tokio::test]
async fn a_name_stands_for_one_merchant_also_after_a_restart() {
    let first = Shop::open(approving_qonto()).await;
    let refused = first.till.connect(shop("org-2")).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.field.as_deref()),
        (Code::AccountIdentityChanged, Some("account"))
    );
    // The refused settings changed nothing.
    assert_eq!(first.till.pay(sale("order-1")).await.unwrap().outcome, Outcome::Paid);
    first.till.connect(shop("org-1")).await.unwrap();
    first.till.close().await.unwrap();

    let (second, _) = till_over(first.journal.clone(), approving_qonto());
    let refused = second.connect(shop("org-2")).await.unwrap_err();
    assert_eq!(refused.code, Code::AccountIdentityChanged);
    second.connect(shop("org-1")).await.unwrap();
}

#[tokio::test]
async fn health_tells_what_is_open_and_what_nobody_looks_after() {
    let first = Shop::open(qonto(|_| "PENDING")).await;
    let started = first.till.start(sale("order-1")).await.unwrap();
    let health = first.till.health().await.unwrap();
    assert_eq!((health.role, health.unsettled), (Role::Drives, 1));
    assert_eq!((health.connected, health.orphans), (vec![name("shop-1")], Vec::new()));
    first.till.close().await.unwrap();

    let wire = approving_of(started.charges[0].as_str());
    let (second, _) = till_over(first.journal.clone(), wire);
    let health = second.health().await.unwrap();
    assert_eq!((health.unsettled, health.orphans), (0, vec![started.id]));
    second.connect(shop("org-1")).await.unwrap();
    assert_eq!(second.wait(started.id, None).await.unwrap().outcome, Outcome::Paid);
    let health = second.health().await.unwrap();
    assert_eq!((health.unsettled, health.orphans), (0, Vec::new()));
}

#[tokio::test]
async fn a_forgotten_account_sells_nothing_until_it_is_connected_again() {
    let shop_one = Shop::open(approving_qonto()).await;
    shop_one.till.disconnect("shop-1").await.unwrap();
    let error = shop_one.till.pay(sale("order-1")).await.unwrap_err();
    assert_eq!(error.code, Code::UnknownAccount);
    assert_eq!(shop_one.till.disconnect("shop-9").await.unwrap_err().code, Code::UnknownAccount);
    let again: Connect = shop("org-1");
    shop_one.till.connect(again).await.unwrap();
    assert_eq!(shop_one.till.pay(sale("order-1")).await.unwrap().outcome, Outcome::Paid);
}
