use crate::provider::vinr::{SIGNATURE_HEADERS, sign};
use crate::provider::{Delivery, Notice, Refused, Secret, Trust};

use super::*;

fn secrets() -> [Secret; 2] {
    [Secret::new("whsec_old"), Secret::new("whsec_new")]
}

fn deliver(headers: &[(&str, &str)], body: &[u8]) -> Result<Notice, Refused> {
    let scheme = ("webhook_scheme".into(), "hmac-sha256-timestamped".into());
    let named = ("webhook_secrets".into(), "whsec_old,whsec_new".into());
    let settings = sandbox().into_iter().chain([scheme, named]).collect();
    notified(&settings, headers, body, &secrets())
}

fn notified(
    settings: &Settings,
    headers: &[(&str, &str)],
    body: &[u8],
    secrets: &[Secret],
) -> Result<Notice, Refused> {
    let delivery = Delivery { method: "POST", url: "/hooks", headers, body };
    let trust = Trust { secrets, public_url: None, keys: None };
    set_up(settings).unwrap().desk.notified(&delivery, &trust, &AT)
}

#[test]
fn each_notification_tells_what_its_vector_says() {
    each("notification", |vector| {
        let body = vector.body.as_bytes();
        let header = sign(&secrets()[1], 1_748_649_643, body);
        testing::notice(&deliver(&[(SIGNATURE_HEADERS[0], &header)], body))
    });
}

/// Every form that the pages allow for is accepted, and nothing else.
#[test]
fn the_signature_is_checked_over_time_and_exact_bytes() {
    let body = br#"{"id":"evt_1","type":"refund.created","data":{"object":{}}}"#;
    let whole = sign(&secrets()[0], 1_748_649_643, body);
    let code = whole.split_once("v1=").unwrap().1.to_owned();
    let (named, bare) = (format!("sha256={code}"), code.clone());
    let two = format!("t=1748649643,v1={},v1={code}", "0".repeat(64));
    let time = ("x-vinr-timestamp", "1748649643");
    let good: &[&[(&str, &str)]] = &[
        &[("Vinr-Signature", &whole)],
        &[("X-VINR-SIGNATURE", &whole)],
        &[("x-vinr-signature", &bare), time],
        &[("x-vinr-signature", &named), time],
        &[("Vinr-Signature", &two)],
    ];
    for headers in good {
        assert!(deliver(headers, body).is_ok(), "{headers:?}");
    }
    let (other_time, upper) = (whole.replace("643", "644"), whole.to_uppercase());
    let without_time = format!("v1={code}");
    let many = format!("t=1748649643,{}v1={code}", format!("v1={},", "0".repeat(64)).repeat(8));
    let bad: &[&[(&str, &str)]] = &[
        &[],
        &[("Vinr-Signature", "")],
        &[("Vinr-Signature", &other_time)],
        &[("Vinr-Signature", &upper)],
        &[("Vinr-Signature", &without_time)],
        &[("Vinr-Signature", &bare)],
        &[("Vinr-Signature", &bare), ("x-vinr-timestamp", "1748649644")],
        &[("Vinr-Signature", "t=1748649643,v1=zz")],
        &[("Vinr-Signature", &many)],
        &[("X-Signature", &whole)],
    ];
    for headers in bad {
        assert_eq!(deliver(headers, body), Err(Refused::BadSignature), "{headers:?}");
    }
    let mut changed = body.to_vec();
    changed[8] ^= 1;
    assert_eq!(deliver(&[("Vinr-Signature", &whole)], &changed), Err(Refused::BadSignature));
    let stranger = sign(&Secret::new("whsec_other"), 1_748_649_643, body);
    assert_eq!(deliver(&[("Vinr-Signature", &stranger)], body), Err(Refused::BadSignature));
}

/// A guess is not trusted: without a scheme and a secret nothing is believed, however it is signed.
#[test]
fn what_cannot_be_verified_is_refused() {
    let body = b"{}";
    let header = sign(&secrets()[0], 1_748_649_643, body);
    let headers = [("Vinr-Signature", header.as_str())];
    let refused = notified(&sandbox(), &headers, body, &secrets());
    assert_eq!(refused, Err(Refused::Unverifiable { setting: "webhook_scheme" }));
    let scheme = ("webhook_scheme".into(), "hmac-sha256-timestamped".into());
    let secret = ("webhook_secrets".into(), "whsec_old".into());
    let settings = sandbox().into_iter().chain([scheme, secret]).collect();
    let refused = notified(&settings, &headers, body, &[]);
    assert_eq!(refused, Err(Refused::Unverifiable { setting: "webhook_secrets" }));
}

/// What a terminal streams is an event or the payment itself; nothing of it is believed alone.
#[test]
fn a_terminals_own_stream_is_read_in_local_mode_alone() {
    let object = json!({
        "id": "tpy_4Rk9", "terminalId": "trm_7Hq3", "amount": 4_200, "currency": "EUR",
        "status": "completed", "amountCaptured": 4_200, "reference": fixture().payment,
    });
    let event = json!({ "id": "evt_1", "type": "made.up", "data": { "object": object.clone() } });
    let streamed =
        |settings: &Settings, body: &str| set_up(settings).unwrap().desk.streamed(body.as_bytes());
    for body in [object.to_string(), event.to_string()] {
        let notice = streamed(&terminal(), &body).unwrap();
        assert_eq!(notice.id, None, "a repeat of it is a reason to look again");
        assert_eq!(notice.hints[0].payment, Some(fixture().payment));
        assert!(matches!(streamed(&sandbox(), &body), Err(Refused::Malformed { .. })));
    }
    assert_eq!(streamed(&terminal(), r#"{"battery":80}"#).unwrap(), Notice::default());
    for broken in ["", "data: {}", "\u{0}", r#"{"id":7,"terminalId":"trm_1"}"#] {
        assert!(
            matches!(streamed(&terminal(), broken), Err(Refused::Malformed { .. })),
            "{broken}"
        );
    }
    let manners = local();
    assert_eq!(manners.manners().looking.hint_alone_after_ms, u64::MAX, "a look decides");
}
