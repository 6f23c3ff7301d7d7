use super::super::parsed_body;
use super::*;
use crate::till::{Code, Outcome};
use crate::webhook::BODY_BYTES_MAX;
use crate::webhook::testing::qonto_revocation;

#[tokio::test]
async fn a_bad_signature_is_refused_and_nothing_is_heard() {
    let (till, _, _) = shop("PENDING").await;
    let payment = started(&till).await.id;
    let good = paid("n-1", payment);
    let mut body = good.body.clone();
    body[40] ^= 1;
    let longer = [good.body.as_slice(), b" "].concat();
    let forged = qonto("whsec-2", 1_800_000_000, &told("n-1", FIRST_CHARGE, Some(payment), true));
    let bare = Signed { headers: Vec::new(), ..good.clone() };
    let changed = Signed { body, ..good.clone() };
    let spaced = Signed { body: longer, ..good.clone() };
    for signed in [forged, bare, changed, spaced] {
        let answer = deliver(&till, "shop-1", &signed).await;
        assert_eq!((answer.status, answer.body), (401, "not believed"));
        assert_eq!(answer.heard.unwrap_err().code, Code::WebhookSignature);
    }
    assert_eq!(hinted(&till, payment).await, 0);
    assert!(is_taken(&deliver(&till, "shop-1", &good).await), "the real one is not shut out");
}

#[tokio::test]
async fn old_but_signed_is_a_hint_all_the_same() {
    let (till, _, _) = shop("AUTHORIZED").await;
    let payment = started(&till).await.id;
    let old = qonto(SECRET, 1_000_000, &told("n-1", FIRST_CHARGE, Some(payment), true));
    assert!(is_taken(&deliver(&till, "shop-1", &old).await));
}

#[tokio::test]
async fn a_repeat_is_answered_and_heard_once() {
    let (till, _, _) = shop("PENDING").await;
    let payment = started(&till).await.id;
    let signed = paid("n-1", payment);
    assert!(is_taken(&deliver(&till, "shop-1", &signed).await));
    for _ in 0..3 {
        let again = deliver(&till, "shop-1", &signed).await;
        assert_eq!((again.status, again.heard), (200, Ok(Heard::Repeated)));
    }
    assert_eq!(hinted(&till, payment).await, 1);
}

#[tokio::test]
async fn notifications_out_of_order_lead_to_the_same() {
    let (till, _, _) = shop("AUTHORIZED").await;
    let payment = started(&till).await.id;
    let declined = qonto(SECRET, 1_000, &told("n-1", FIRST_CHARGE, Some(payment), false));
    assert!(is_taken(&deliver(&till, "shop-1", &paid("n-2", payment)).await));
    deliver(&till, "shop-1", &declined).await;
    let settled = till.wait(payment, None).await.unwrap();
    assert_eq!(settled.outcome, Outcome::Paid, "a decline that came late takes nothing back");
}

#[tokio::test]
async fn another_accounts_notification_is_none_of_ours() {
    let (till, _, _) = shop("PENDING").await;
    till.connect(qonto_shop("shop-2", "whsec-of-shop-2")).await.unwrap();
    let payment = started(&till).await.id;
    let signed = paid("n-1", payment);
    assert_eq!(deliver(&till, "shop-2", &signed).await.status, 401);
    let theirs = told("n-2", FIRST_CHARGE, Some(payment), true);
    let theirs = qonto("whsec-of-shop-2", 1_800_000_000, &theirs);
    let kept = deliver(&till, "shop-2", &theirs).await;
    assert_eq!(kept.heard, Ok(Heard::Kept), "it is signed, and names a payment that is not theirs");
    assert_eq!(hinted(&till, payment).await, 0);
    let nobody = deliver(&till, "shop-9", &signed).await;
    assert_eq!((nobody.status, nobody.heard.unwrap_err().code), (503, Code::UnknownAccount));
}

#[tokio::test]
async fn both_secrets_count_while_one_is_replaced() {
    let (till, _, _) = shop("PENDING").await;
    let payment = started(&till).await.id;
    let signed = |secret: &str, notice: &str| {
        qonto(secret, 1_800_000_000, &told(notice, FIRST_CHARGE, Some(payment), true))
    };
    assert_eq!(deliver(&till, "shop-1", &signed("whsec-new", "n-1")).await.status, 401);
    till.connect(qonto_shop("shop-1", "whsec-1,whsec-new")).await.unwrap();
    assert!(is_taken(&deliver(&till, "shop-1", &signed("whsec-new", "n-1")).await));
    assert!(is_taken(&deliver(&till, "shop-1", &signed(SECRET, "n-2")).await));
    till.connect(qonto_shop("shop-1", "whsec-new")).await.unwrap();
    assert_eq!(deliver(&till, "shop-1", &signed(SECRET, "n-3")).await.status, 401);
}

#[tokio::test]
async fn a_body_of_more_than_a_megabyte_is_not_even_looked_at() {
    let (till, _, _) = shop("PENDING").await;
    let padded = |length: usize| {
        let text =
            format!("{{\"type\":\"other\",\"id\":\"n-1\",\"pad\":\"{}\"}}", "a".repeat(length));
        let body = text.into_bytes();
        let signature = tillkit_model::provider::qonto::sign(
            &tillkit_model::provider::Secret::new(SECRET),
            1,
            &body,
        );
        let headers = vec![("x-qonto-signature".to_owned(), signature)];
        Signed { method: "POST", url: "/".to_owned(), headers, body }
    };
    let frame = padded(0).body.len();
    let largest = padded(BODY_BYTES_MAX - frame);
    assert_eq!(largest.body.len(), BODY_BYTES_MAX);
    let heard = deliver(&till, "shop-1", &largest).await;
    assert_eq!((heard.status, heard.heard), (200, Ok(Heard::NothingForUs)));
    let answer = deliver(&till, "shop-1", &padded(BODY_BYTES_MAX - frame + 1)).await;
    assert_eq!((answer.status, answer.body), (413, "too large"));
}

#[tokio::test]
async fn signed_and_unreadable_is_told_as_such() {
    let (till, _, _) = shop("PENDING").await;
    for body in ["", "{", "[]", "{\"type\":\"v1/terminal-payments\"}"] {
        let body = body.as_bytes().to_vec();
        let secret = tillkit_model::provider::Secret::new(SECRET);
        let signature = tillkit_model::provider::qonto::sign(&secret, 1, &body);
        let headers = vec![("X-QONTO-SIGNATURE".to_owned(), signature)];
        let signed = Signed { method: "POST", url: "/".to_owned(), headers, body };
        let answer = deliver(&till, "shop-1", &signed).await;
        assert_eq!((answer.status, answer.body), (400, "not readable"));
    }
    let error = parsed_body();
    assert_eq!((error.code, error.rule.as_deref()), (Code::WebhookMalformed, Some("exact-bytes")));
    assert!(error.message.contains("express.raw"), "it shows the fix");
}

#[tokio::test]
async fn a_journal_that_is_down_is_a_reason_to_come_again() {
    let (till, journal, _) = shop("PENDING").await;
    let payment = started(&till).await.id;
    journal.break_shelf(true);
    let unknown =
        qonto(SECRET, 1, &told("n-1", "00000000-0000-4000-8000-0000000000ff", None, true));
    for signed in [&paid("n-2", payment), &unknown] {
        let answer = deliver(&till, "shop-1", signed).await;
        assert_eq!((answer.status, answer.body), (503, "try again later"));
    }
    journal.break_shelf(false);
    assert!(is_taken(&deliver(&till, "shop-1", &paid("n-2", payment)).await));
    assert_eq!(deliver(&till, "shop-1", &unknown).await.heard, Ok(Heard::Kept));
}

#[tokio::test]
async fn without_a_secret_nothing_is_believed() {
    let wire = Arc::new(qonto_wire(|_| "PENDING"));
    let till = till_over(MemoryJournal::new(), wire);
    let settings = [
        ("environment", "sandbox"),
        ("organization_id", "org-1"),
        ("access_token", "tok-4711"),
        ("staging_token", "stage-4711"),
    ];
    till.connect(connect("shop-1", "qonto", &settings)).await.unwrap();
    let answer = deliver(&till, "shop-1", &paid("n-1", PaymentId::from_bytes([7; 16]))).await;
    let error = answer.heard.unwrap_err();
    assert_eq!((answer.status, error.field.as_deref()), (503, Some("webhook_secrets")));
}

#[tokio::test]
async fn a_consent_that_was_taken_back_is_shown_by_health() {
    let (till, _, _) = shop("PENDING").await;
    let signed = qonto_revocation(SECRET, 1_800_000_000, "n-1", "client-1");
    assert!(is_taken(&deliver(&till, "shop-1", &signed).await));
    let health = till.health().await.unwrap();
    assert_eq!(health.accounts[0].standing, crate::till::Standing::NeedsAuthorize);
}
