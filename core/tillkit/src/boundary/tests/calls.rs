use super::super::{
    CancelTruth, Code, Holder, Layout, Money, Outcome, PaymentQuery, Portion, Role, Stage,
    WebhookDelivery, Word,
};
use super::{all, sale, till};
use crate::shell::testing::{approving_qonto, qonto};

#[tokio::test]
async fn a_sale_is_told_in_plain_texts_and_whole_numbers() {
    let till = till(approving_qonto()).await;
    let paid = till.pay(sale("order-1")).await.unwrap();
    assert_eq!((paid.outcome, paid.status), (Outcome::Paid, Stage::Completed));
    let asked = Money { minor: 1330, text: "13.30".to_owned(), currency: "EUR".to_owned() };
    assert_eq!((&paid.amounts.asked, &paid.amounts.captured), (&asked, &asked));
    let again = till.pay(sale("order-1")).await.unwrap();
    assert_eq!((again.id.as_str(), again.replayed), (paid.id.as_str(), true));
    assert_eq!(till.wait(paid.id.clone(), Some(5)).await.unwrap().outcome, Outcome::Paid);
    assert_eq!(till.payment(paid.id.clone()).await.unwrap().unwrap().id, paid.id);
    let named = till.payment_by_reference("shop-1".to_owned(), "order-1".to_owned());
    assert_eq!(named.await.unwrap().unwrap().id, paid.id);
    let cancelled = till.cancel(paid.id.clone()).await.unwrap();
    assert_eq!((cancelled.truth, cancelled.payment.id), (CancelTruth::AlreadyPaid, paid.id));
    till.close().await.unwrap();
    assert_eq!(till.close().await.unwrap_err().code, Code::Closed);
}

#[tokio::test]
async fn minor_units_and_text_are_the_same_sale() {
    let till = till(approving_qonto()).await;
    let paid = till.pay(sale("order-1")).await.unwrap();
    let mut minor = sale("order-1");
    (minor.amount, minor.amount_minor) = (None, Some(1330));
    assert_eq!(till.pay(minor).await.unwrap().id, paid.id);
}

#[tokio::test]
async fn a_part_without_a_currency_is_in_the_payment_s_own() {
    let till = till(approving_qonto()).await;
    let paid = till.pay(sale("order-1")).await.unwrap();
    // Qonto gives nothing back by its API: that it is this refusal shows that the amount was read.
    let five = Portion { amount: Some("5.00".to_owned()), ..Portion::default() };
    let refused = till.refund(paid.id.clone(), "r-1".to_owned(), five).await.unwrap_err();
    assert_eq!(refused.code, Code::Unsupported);
    let odd = Portion { amount: Some("5.001".to_owned()), ..Portion::default() };
    let refused = till.refund(paid.id, "r-1".to_owned(), odd).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.rule.as_deref()),
        (Code::InvalidAmount, Some("decimals-of-currency"))
    );
}

#[tokio::test]
async fn a_story_is_told_line_by_line_until_it_is_over() {
    let till = till(qonto(|reads| if reads < 3 { "PENDING" } else { "AUTHORIZED" })).await;
    let started = till.start(sale("order-1")).await.unwrap();
    let (mut told, mut names) = (0, Vec::new());
    loop {
        let news = till.news(started.id.clone(), told).await.unwrap();
        told += u64::try_from(news.events.len()).unwrap();
        names.extend(news.events.into_iter().map(|event| event.name));
        if news.over {
            assert_eq!(news.payment.outcome, Outcome::Paid);
            break;
        }
    }
    let whole = till.timeline(started.id).await.unwrap();
    assert_eq!(names, whole.iter().map(|event| event.name.as_str()).collect::<Vec<_>>());
    assert_eq!((names[0].as_str(), names.len() > 3), ("created", true));
}

#[tokio::test]
async fn a_person_is_heard_only_with_a_reason() {
    let till = till(qonto(|_| "PENDING")).await;
    let started = till.start(sale("order-1")).await.unwrap();
    let word = till.resolve(started.id.clone(), Word::NotPaid, " ".to_owned());
    assert_eq!(word.await.unwrap_err().field.as_deref(), Some("reason"));
    let word = till.resolve(started.id, Word::NotPaid, "looked".to_owned());
    assert_eq!(word.await.unwrap_err().code, Code::NotYetResolvable);
}

#[tokio::test]
async fn paper_lists_and_standing_come_as_records() {
    let till = till(approving_qonto()).await;
    let paid = till.pay(sale("order-1")).await.unwrap();
    let paper = till.receipt(paid.id.clone()).await.unwrap().unwrap();
    let receipt = paper.record();
    assert_eq!((receipt.payment.as_str(), receipt.is_proof), (paid.id.as_str(), true));
    let layout = |columns| Layout {
        columns,
        holder: Holder::Customer,
        header: vec!["Shop".to_owned()],
        footer: Vec::new(),
        utc_offset_minutes: 0,
    };
    assert!(paper.text(layout(42)).unwrap().contains("13.30"));
    assert_eq!(paper.text(layout(-1)).unwrap_err().field.as_deref(), Some("columns"));
    let page = till.payments(PaymentQuery { limit: 10, ..Default::default() }).await.unwrap();
    assert_eq!((page.payments.len(), page.damaged.len(), page.next), (1, 0, None));
    let health = till.health().await.unwrap();
    assert_eq!((health.role, health.connected), (Role::Drives, vec!["shop-1".to_owned()]));
    let report = till.report(None, 0, i64::MAX).await.unwrap();
    assert_eq!(report.totals[0].net_minor, 1330);
    assert!(till.capabilities("shop-1".to_owned()).await.unwrap().notifications);
}

#[tokio::test]
async fn a_notification_that_cannot_be_checked_is_told_to_the_host_and_not_to_its_sender() {
    let till = till(approving_qonto()).await;
    let delivery = WebhookDelivery {
        method: "POST".to_owned(),
        url: "/hooks".to_owned(),
        headers: Vec::new(),
        body: b"{}".to_vec(),
    };
    let answer = till.webhook("shop-1".to_owned(), delivery).await;
    assert_eq!((answer.heard, answer.status >= 400), (None, true));
    assert!(!answer.body.contains("webhook"), "{}", answer.body);
    let error = answer.error.unwrap();
    assert!(matches!(error.code, Code::InvalidConfiguration | Code::WebhookSignature), "{error}");
}

#[tokio::test]
async fn leaving_the_whole_unsaid_is_everything() {
    assert!(all().is_everything());
    assert!(!Portion { amount_minor: Some(0), ..all() }.is_everything());
}
