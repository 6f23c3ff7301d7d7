use crate::provider::tests::testing::{refuses, with};
use crate::provider::vinr::{Config, Mode, OwnId, Terms, Tips};
use crate::provider::{Credentials, Reach};
use crate::sale::Environment;

use super::*;

const PIN: &str = "ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab";

fn headers(setup: &Setup) -> Vec<(&'static str, String)> {
    let Credentials::Fixed(headers) = &setup.credentials else { panic!("no fixed headers") };
    headers.iter().map(|(name, secret)| (*name, secret.expose().to_owned())).collect()
}

#[test]
fn settings_name_the_place_and_the_header_that_opens_it() {
    let live = [("environment", Some("production")), ("api_key", Some("sk_live_s3cret"))];
    let setup = set_up(&with(&sandbox(), &live)).unwrap();
    assert_eq!(setup.base_url, "https://api.vinr.com");
    assert_eq!((setup.environment, setup.reach), (Environment::Production, Reach::Internet));
    assert_eq!(headers(&setup), [("X-Api-Key", "sk_live_s3cret".to_owned())]);
    assert!(setup.budget.is_some());

    let setup = set_up(&sandbox()).unwrap();
    assert_eq!(setup.base_url, "https://sandbox.api.vinr.com");
    let here = with(&sandbox(), &[("base_url", Some("http://127.0.0.1:9"))]);
    assert_eq!(set_up(&here).unwrap().base_url, "http://127.0.0.1:9");
}

#[test]
fn a_terminal_is_reached_by_http_or_by_a_pinned_certificate() {
    let setup = set_up(&terminal()).unwrap();
    assert_eq!((setup.reach, setup.budget), (Reach::LocalTerminal, None));
    assert_eq!(headers(&setup), [("X-Device-Certificate", "s3cret-certificate".to_owned())]);
    let base_url = ("base_url", Some("https://192.168.1.42:8443"));
    for pin in [PIN.to_owned(), "AB".repeat(32)] {
        let pinned = with(&terminal(), &[base_url, ("pinned_sha256", Some(&pin))]);
        assert_eq!(set_up(&pinned).unwrap().reach, Reach::Pinned([0xAB; 32]));
    }
}

#[test]
fn what_the_pages_leave_open_is_decided_by_settings() {
    let usual = Config::parse(&sandbox()).unwrap();
    assert_eq!(usual.terms, Terms::usual(Mode::Cloud));
    assert_eq!((usual.terms.tips, usual.terms.own_id), (Tips::Included, OwnId::Reference));
    assert_eq!((usual.scheme, usual.webhook_secrets.len()), (None, 0));
    let changes = [
        ("tips", Some("on-top")),
        ("own_id", Some("metadata")),
        ("refund_at_terminal", Some("true")),
        ("webhook_scheme", Some("hmac-sha256-timestamped")),
        ("webhook_secrets", Some("s3cret-1, s3cret-2")),
    ];
    let other = Config::parse(&with(&sandbox(), &changes)).unwrap();
    assert_eq!((other.terms.tips, other.terms.own_id), (Tips::OnTop, OwnId::Metadata));
    assert!(other.terms.refund_at_terminal && other.scheme.is_some());
    assert_eq!(other.webhook_secrets.len(), 2);
}

#[test]
fn a_setting_that_does_not_fit_is_named_and_never_shown() {
    let cases: &[(&str, Option<&str>, &str, &str)] = &[
        ("environment", None, "environment", "required"),
        ("environment", Some("s3cret"), "environment", "one-of"),
        ("environment", Some("production"), "api_key", "key-of-environment"),
        ("merchant_id", None, "merchant_id", "required"),
        ("merchant_id", Some("s3cret "), "merchant_id", "visible-ascii"),
        ("api_key", None, "api_key", "required"),
        ("api_key", Some("s3cret\r\nX: y"), "api_key", "visible-ascii"),
        ("api_key", Some("pk_test_s3cret"), "api_key", "secret-key"),
        ("api_key", Some("sk_live_s3cret"), "api_key", "key-of-environment"),
        ("api_key", Some("rk_live_s3cret"), "api_key", "key-of-environment"),
        ("mode", Some("s3cret"), "mode", "one-of"),
        ("mode", Some("local"), "api_key", "cloud-only"),
        ("device_certificate", Some("s3cret"), "device_certificate", "local-only"),
        ("pinned_sha256", Some("s3cret"), "pinned_sha256", "local-only"),
        ("tips", Some("s3cret"), "tips", "one-of"),
        ("own_id", Some("s3cret"), "own_id", "one-of"),
        ("refund_at_terminal", Some("yes"), "refund_at_terminal", "one-of"),
        ("webhook_scheme", Some("s3cret"), "webhook_scheme", "one-of"),
        ("webhook_scheme", Some("hmac-sha256-timestamped"), "webhook_secrets", "required"),
        ("webhook_secrets", Some("s3cret"), "webhook_scheme", "required"),
        ("api_kee", Some("s3cret"), "settings", "known-settings"),
    ];
    refuses(NAME, &sandbox(), cases);
    let local: &[(&str, Option<&str>, &str, &str)] = &[
        ("base_url", None, "base_url", "required"),
        ("base_url", Some("https://s3cret.example"), "pinned_sha256", "required"),
        ("device_certificate", None, "device_certificate", "required"),
        ("device_certificate", Some("s3cret\n"), "device_certificate", "visible-ascii"),
        ("pinned_sha256", Some(PIN), "pinned_sha256", "https-only"),
        ("api_key", Some("sk_test_s3cret"), "api_key", "cloud-only"),
        ("webhook_scheme", Some("none"), "webhook_scheme", "cloud-only"),
    ];
    refuses(NAME, &terminal(), local);
    let https = with(&terminal(), &[("base_url", Some("https://192.168.1.42"))]);
    refuses(NAME, &https, &[("pinned_sha256", Some("s3cret"), "pinned_sha256", "sha-256")]);
    let live = [("environment", Some("production")), ("api_key", Some("sk_live_s3cret"))];
    let live = with(&sandbox(), &live);
    refuses(
        NAME,
        &live,
        &[("base_url", Some("https://s3cret.example"), "base_url", "sandbox-only")],
    );
}

#[test]
fn secrets_are_never_printed() {
    let changes = [
        ("webhook_scheme", Some("hmac-sha256-timestamped")),
        ("webhook_secrets", Some("s3cret-1")),
    ];
    for settings in [with(&sandbox(), &changes), terminal()] {
        let (setup, config) = (set_up(&settings).unwrap(), Config::parse(&settings).unwrap());
        assert!(!format!("{setup:?} {config:?}").contains("s3cret"));
    }
}

#[test]
fn lists_are_of_the_shop_that_the_account_stands_for() {
    use crate::provider::Errand;
    use crate::time::{BootId, Moment};

    let at = Moment { wall_ms: 1_795_132_810_000, boot_ms: 0, boot: BootId(1) };
    let lists = [
        Errand::Terminals { cursor: None },
        Errand::Payments { from: at, to: at, cursor: Some("tpy_9".to_owned()) },
    ];
    let asked = |settings: &Settings| {
        let desk = set_up(settings).unwrap().desk;
        lists.clone().map(|errand| desk.request(&errand).unwrap().request.path.to_string())
    };
    let everywhere = asked(&sandbox());
    assert!(everywhere.iter().all(|path| !path.contains("locationId")), "{everywhere:?}");
    let here = asked(&with(&sandbox(), &[("location_id", Some("loc_1&status=x"))]));
    assert!(here.iter().all(|path| path.contains("&locationId=loc_1%26status%3Dx")), "{here:?}");
    assert!(here[1].ends_with("&starting_after=tpy_9"), "{here:?}");

    let misfits = [
        ("location_id", Some("two words"), "location_id", "visible-ascii"),
        ("location_id", Some(""), "location_id", "visible-ascii"),
    ];
    refuses(NAME, &sandbox(), &misfits);
    let at_terminal = [("location_id", Some("loc_1"), "location_id", "cloud-only")];
    refuses(NAME, &terminal(), &at_terminal);
}
