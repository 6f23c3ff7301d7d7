//! What arrives unasked is checked against its exact bytes, and only then read.

use serde_json::{Value, json};

use super::super::{sign_callback, sign_webhook};
use super::{NAME, NOW, all, name, set_up};
use crate::provider::tests::testing::{hold, notice};
use crate::provider::{Delivery, Notice, Refused, Secret, Trust};

fn told(vector: &Value, public_url: Option<&str>) -> Result<Notice, Refused> {
    let headers: Vec<(&str, &str)> = vector["headers"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    let delivery = Delivery {
        method: vector["method"].as_str().unwrap(),
        url: vector["url"].as_str().unwrap(),
        headers: &headers,
        body: vector["text"].as_str().unwrap().as_bytes(),
    };
    let setup = set_up();
    let trust = Trust { secrets: &setup.webhook_secrets, public_url, keys: None };
    setup.desk.notified(&delivery, &trust, &NOW)
}

#[test]
fn each_notification_tells_what_its_vector_says() {
    hold(NAME, "notification", "told", |vector| notice(&told(vector, None)));
}

/// A proxy may have changed host and path on the way to us.
#[test]
fn the_public_address_stands_for_what_a_proxy_changed() {
    let vectors = all("notification");
    let vector = vectors.iter().find(|vector| name(vector) == "callback").unwrap();
    let (_, query) = vector["url"].as_str().unwrap().split_once('?').unwrap();
    let table = [
        (format!("http://10.0.0.7:8080/dintero?{query}"), "https://pos.example", true),
        (format!("http://10.0.0.7:8080/hooks/7?{query}"), "https://pos.example/dintero", true),
        (format!("/dintero?{query}"), "https://pos.example:443", true),
        (format!("/?{query}"), "https://pos.example/dintero", true),
        (format!("/elsewhere?{query}"), "https://pos.example", false),
        (format!("/dintero?{query}&more=1"), "https://pos.example", false),
        (format!("/dintero?{query}"), "https://evil.example", false),
    ];
    for (url, public_url, good) in table {
        let mut arrived = vector.clone();
        arrived["url"] = json!(url);
        assert_eq!(told(&arrived, Some(public_url)).is_ok(), good, "{url} at {public_url}");
    }
    let mut bare = vector.clone();
    bare["url"] = json!(format!("/dintero?{query}"));
    assert_eq!(told(&bare, None), Err(Refused::Unverifiable { setting: "public_url" }));
}

#[test]
fn without_secrets_nothing_is_believed_and_the_setting_is_named() {
    let setup = set_up();
    let settings =
        [("Dintero-Signature", "callback_secrets"), ("event-signature", "webhook_secrets")];
    for (header, setting) in settings {
        let headers = [(header, "t=1,v0-hmac-sha256=00")];
        let url = "https://pos.example/";
        let delivery = Delivery { method: "GET", url, headers: &headers, body: b"" };
        let trust = Trust { secrets: &[], public_url: None, keys: None };
        let refused = setup.desk.notified(&delivery, &trust, &NOW);
        assert_eq!(refused, Err(Refused::Unverifiable { setting }));
    }
}

/// The one vector that Dintero itself publishes.
#[test]
fn the_published_signature_is_ours_too() {
    let url = "https://example.com/callback?B=123&A=992";
    let made = sign_callback(&Secret::new("123"), "P00000000", 1_582_236_537, "GET", url);
    let published = "t=1582236537,v0-hmac-sha256=\
                     6bed2ab1b919d460ef7465a20dc6c97260dca73fab6647106ca525f0908df64a";
    assert_eq!(made.as_deref(), Some(published));
}

/// RFC 2202, the second case for HMAC-SHA-1.
#[test]
fn webhooks_are_signed_as_the_standard_says() {
    let made = sign_webhook(&Secret::new("Jefe"), b"what do ya want for nothing?");
    assert_eq!(made.as_deref(), Some("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"));
}
