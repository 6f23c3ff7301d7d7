//! Notifications that are rightly signed and are not what they should be: no hint comes of them.

use serde_json::Value;
use tillkit_model::provider::{Delivery, Notice, Refused, Trust, registry};

use crate::broken::{ambiguous, nonsense};
use crate::cast::{Cast, at, cases, casts};
use crate::signing::{Signed, keys, secrets, signed};

fn notified(cast: &Cast, signed: &Signed) -> Result<Notice, Refused> {
    let Signed { method, url, public_url, header: (name, value), body } = signed;
    let headers = [(*name, value.as_str())];
    let delivery = Delivery { method, url, headers: &headers, body };
    let trust = Trust { secrets: secrets(), public_url: *public_url, keys: Some(keys()) };
    cast.setup.desk.notified(&delivery, &trust, &at())
}

fn notifying() -> Vec<Cast> {
    let mut casts = casts();
    casts.retain(|cast| cast.offer.capabilities.beside.notifications);
    assert!(registry().iter().all(|row| casts.iter().any(|cast| cast.provider.name == row.name)));
    casts
}

#[test]
fn nonsense_is_no_hint_though_it_is_signed() {
    for cast in notifying() {
        for (what, _, body, _) in nonsense() {
            for signed in signed(cast.provider.name, &body) {
                let told = notified(&cast, &signed);
                let refused = matches!(told, Err(Refused::Malformed { .. }));
                assert!(refused, "{}: {what}: {told:?}", cast.name());
            }
        }
    }
}

#[test]
fn a_good_notification_that_is_damaged_is_no_hint() {
    for cast in notifying() {
        let mut tried = 0;
        for body in bodies(cast.provider.name) {
            let whole = body.to_string().into_bytes();
            let cut = whole[..whole.len() - 1].to_vec();
            for damaged in ambiguous(&body).into_iter().chain([cut]) {
                // What is signed is the address in some ways, and the body in the others.
                let in_the_body = |signed: &Signed| !signed.body.is_empty();
                for signed in
                    signed(cast.provider.name, &damaged).iter().filter(|it| in_the_body(it))
                {
                    let told = notified(&cast, signed);
                    let refused = matches!(told, Err(Refused::Malformed { .. }));
                    let words = String::from_utf8_lossy(&damaged);
                    assert!(refused, "{}: {told:?} of {words}", cast.name());
                    tried += 1;
                }
            }
        }
        assert!(tried > 50, "{}: only {tried} bodies", cast.name());
    }
}

/// The bodies of notifications in a provider's vectors.
fn bodies(provider: &str) -> Vec<Value> {
    let notices = cases(provider).into_iter().filter(|case| case["exchange"].is_null());
    let bodies = notices.filter_map(|case| match (&case["body"], &case["text"]) {
        (Value::String(text), _) | (Value::Null, Value::String(text)) => {
            serde_json::from_str(text).ok()
        }
        (body, _) => Some(body.clone()),
    });
    bodies.filter(|body: &Value| body.get("type").or(body.get("event")).is_some()).collect()
}
