//! What the generator signs is what each provider's real desk believes.

use super::*;
use crate::transport::Play;
use crate::webhook::testing::{dintero, dintero_callback, vinr};

async fn of(provider: &str, settings: &[(&str, &str)]) -> Till {
    let wire = Arc::new(Scripted::new(|_| Play::Refuse));
    let till = till_over(MemoryJournal::new(), wire);
    till.connect(connect("shop-1", provider, settings)).await.unwrap();
    till
}

/// Kept, because nobody knows the payment; refused, when one byte differs.
async fn is_believed(till: &Till, signed: Signed) {
    let mut forged = signed.clone();
    let (_, signature) =
        forged.headers.iter_mut().find(|(name, _)| name != "Content-Type").unwrap();
    let last = signature.pop().unwrap();
    signature.push(if last == '0' { '1' } else { '0' });
    assert_eq!(deliver(till, "shop-1", &forged).await.status, 401, "{forged:?}");
    let answer = deliver(till, "shop-1", &signed).await;
    assert_eq!((answer.status, answer.heard), (200, Ok(Heard::Kept)), "{signed:?}");
}

fn ours() -> Option<PaymentId> {
    Some(PaymentId::parse("019aa000-0000-7000-8000-000000000001").unwrap())
}

#[tokio::test]
async fn vinr_in_its_pluggable_scheme() {
    let settings = [
        ("mode", "cloud"),
        ("environment", "sandbox"),
        ("merchant_id", "m-1"),
        ("api_key", "sk_test_1"),
        ("webhook_scheme", "hmac-sha256-timestamped"),
        ("webhook_secrets", SECRET),
    ];
    let till = of("vinr", &settings).await;
    for (notice, payment, paid) in [("n-1", ours(), true), ("n-2", None, false)] {
        is_believed(&till, vinr(SECRET, 1, &told(notice, "tpy_1", payment, paid))).await;
    }
}

#[tokio::test]
async fn dintero_by_webhook_and_by_callback() {
    let settings = [
        ("account_id", "T12345678"),
        ("client_id", "id-1"),
        ("client_secret", "secret-1"),
        ("profile_id", "profile-1"),
        ("store_id", "store-1"),
        ("payout_destination_id", "payout-1"),
        ("webhook_secrets", SECRET),
        ("callback_secrets", "cb-1"),
    ];
    let till = of("dintero", &settings).await;
    let session = "T12345678.465UfBENeLpkBvwmqfTC4k";
    for (notice, payment, paid) in [("n-1", ours(), true), ("n-2", None, false)] {
        let told = told(notice, session, payment, paid);
        is_believed(&till, dintero(SECRET, "T12345678", &told).unwrap()).await;
    }
    let back = "https://shop.example/dintero?report_error=true";
    for (notice, payment, paid) in [("n-3", ours(), true), ("n-4", None, false)] {
        let told = told(notice, session, payment, paid);
        let signed = dintero_callback("cb-1", "T12345678", 1_582_236_537, back, &told).unwrap();
        let mut forged = signed.clone();
        forged.headers[0].1.pop();
        assert_eq!(deliver(&till, "shop-1", &forged).await.status, 401);
        assert_eq!(deliver(&till, "shop-1", &signed).await.heard, Ok(Heard::Kept));
    }
}
