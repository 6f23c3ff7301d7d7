use std::sync::Mutex;

use super::*;
use crate::till::Code;
use crate::transport::Play;
use crate::webhook::testing::CentrapayKey;

const HOME: &str = "https://shop.example/webhooks/centrapay";

/// Centrapay's keys, as they are published now; none where they cannot be had.
type Published = Arc<Mutex<Option<String>>>;

async fn centrapay(published: &Published) -> (Till, Arc<Scripted>) {
    let keys = published.clone();
    let wire = Arc::new(Scripted::new(move |departure| {
        assert!(departure.request().path.contains("jwks"), "{departure:?}");
        match keys.lock().unwrap().as_ref() {
            Some(keys) => Play::json(200, keys),
            None => Play::Lose,
        }
    }));
    let till = till_over(MemoryJournal::new(), wire.clone());
    let settings = [("environment", "sandbox"), ("api_key", "key-1"), ("config_id", "config-1")];
    let connect = connect("shop-1", "centrapay", &settings).reached_at(HOME);
    till.connect(connect).await.unwrap();
    (till, wire)
}

fn signed(key: &CentrapayKey, notice: &str) -> Signed {
    key.sign(HOME, 1_800_000_000, &told(notice, "request-1", None, true)).unwrap()
}

#[tokio::test]
async fn keys_are_fetched_once_and_again_for_a_new_one() {
    let (first, second) = (CentrapayKey::new("a").unwrap(), CentrapayKey::new("b").unwrap());
    let published: Published = Arc::default();
    *published.lock().unwrap() = Some(CentrapayKey::key_set(&[&first]));
    let (till, wire) = centrapay(&published).await;
    for notice in ["n-1", "n-2", "n-3"] {
        let answer = deliver(&till, "shop-1", &signed(&first, notice)).await;
        assert_eq!((answer.status, answer.heard), (200, Ok(Heard::Kept)));
    }
    assert_eq!(wire.handed().len(), 1);

    let unknown = deliver(&till, "shop-1", &signed(&second, "n-4")).await;
    assert_eq!(unknown.status, 401, "no key of this name was published a moment ago");
    assert_eq!(wire.handed().len(), 1, "and whoever sends such names makes nobody ask");
    *published.lock().unwrap() = Some(CentrapayKey::key_set(&[&first, &second]));
    while deliver(&till, "shop-1", &signed(&second, "n-4")).await.status != 200 {
        tokio::task::yield_now().await;
    }
    assert_eq!(wire.handed().len(), 2);
}

#[tokio::test]
async fn keys_that_cannot_be_had_are_a_reason_to_come_again() {
    let key = CentrapayKey::new("a").unwrap();
    let published: Published = Arc::default();
    let (till, _) = centrapay(&published).await;
    let answer = deliver(&till, "shop-1", &signed(&key, "n-1")).await;
    assert_eq!((answer.status, answer.body), (503, "try again later"));
    *published.lock().unwrap() = Some(CentrapayKey::key_set(&[&key]));
    while deliver(&till, "shop-1", &signed(&key, "n-1")).await.status != 200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_signature_of_another_body_address_or_key_is_refused() {
    let (key, forger) = (CentrapayKey::new("a").unwrap(), CentrapayKey::new("a").unwrap());
    let published: Published = Arc::default();
    *published.lock().unwrap() = Some(CentrapayKey::key_set(&[&key]));
    let (till, _) = centrapay(&published).await;
    let other =
        key.sign("https://other.example", 1, &told("n-1", "request-1", None, true)).unwrap();
    let good = signed(&key, "n-1");
    let changed = Signed { body: signed(&key, "n-2").body, ..good.clone() };
    for refused in [other, changed, signed(&forger, "n-1")] {
        let answer = deliver(&till, "shop-1", &refused).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.heard.unwrap_err().code, Code::WebhookSignature);
    }
    assert_eq!(deliver(&till, "shop-1", &good).await.heard, Ok(Heard::Kept));
}
