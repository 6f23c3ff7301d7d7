//! Receipts and reports of a real till.

use tillkit_model::error::Code;
use tillkit_model::ids::PaymentId;

use super::{Shop, sale};
use crate::receipt::Layout;
use crate::report::{Period, Sum};
use crate::shell::testing::approving_qonto;
use crate::till::SaleRequest;

#[tokio::test]
async fn a_paid_sale_has_a_receipt() {
    let shop = Shop::open(approving_qonto()).await;
    let paid = shop.till.pay(sale("order-1")).await.unwrap();
    let receipt = shop.till.receipt(paid.id).await.unwrap().unwrap();
    assert!(receipt.is_proof());
    let text = receipt.text(&Layout::columns(42)).unwrap();
    assert!(text.contains("13.30 EUR") && text.contains("order-1"), "{text}");
    assert_eq!(shop.till.receipt(PaymentId::from_bytes([1; 16])).await.unwrap(), None);
}

#[tokio::test]
async fn a_report_holds_what_its_period_holds() {
    let shop = Shop::open(approving_qonto()).await;
    let first = shop.till.pay(sale("order-1")).await.unwrap();
    let amount = SaleRequest { amount: super::super::Asked::Minor(270), ..sale("order-2") };
    let second = shop.till.pay(amount).await.unwrap();
    let all = Period { from_ms: first.created_at_ms, to_ms: second.created_at_ms + 1 };
    let report = shop.till.report(Some("shop-1"), all).await.unwrap();
    let [total] = report.totals.as_slice() else { panic!("{report:?}") };
    assert_eq!((total.count, total.net), (2, Sum(1_600)));
    let only_first = Period { to_ms: second.created_at_ms, ..all };
    let report = shop.till.report(None, only_first).await.unwrap();
    assert_eq!(report.totals[0].net, Sum(1_330));
    let only_second = Period { from_ms: second.created_at_ms, ..all };
    let report = shop.till.report(None, only_second).await.unwrap();
    assert_eq!(report.totals[0].net, Sum(270));
    let backwards = Period { from_ms: 2, to_ms: 1 };
    let error = shop.till.report(None, backwards).await.unwrap_err();
    assert_eq!((error.code, error.field.as_deref()), (Code::InvalidField, Some("period")));
    assert!(shop.till.report(Some("a b"), all).await.is_err());
}
