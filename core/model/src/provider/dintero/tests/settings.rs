//! A merchant's settings: each rule names its field, and no value is ever shown.

use super::super::{Config, set_up};
use super::{NAME, settings};
use crate::provider::tests::testing;
use crate::provider::{Secret, Settings};
use crate::sale::Environment;

fn with(key: &str, value: Option<&str>) -> Settings {
    testing::with(&settings(), &[(key, value)])
}

#[test]
fn the_account_tells_the_environment_and_both_live_on_the_same_hosts() {
    let setup = set_up(&settings()).unwrap();
    assert_eq!((setup.merchant.as_str(), setup.environment), ("T12345678", Environment::Sandbox));
    assert_eq!(setup.base_url, "https://checkout.dintero.com/v1");
    assert_eq!(setup.hosts, [("core", "https://api.dintero.com/v1".to_owned())]);
    let shown: Vec<_> = setup.webhook_secrets.iter().map(Secret::expose).collect();
    assert_eq!(shown, ["s3cret-old", "123"]);

    let setup = set_up(&with("account_id", Some("P12345678"))).unwrap();
    assert_eq!(setup.environment, Environment::Production);

    let mut elsewhere = with("base_url", Some("https://api.dintero.com/v1/accounts/T1/payments"));
    elsewhere.insert("core_url".to_owned(), "http://127.0.0.1:9".to_owned());
    let setup = set_up(&elsewhere).unwrap();
    assert_eq!(setup.base_url, "https://api.dintero.com/v1/accounts/T1/payments");
    assert_eq!(setup.hosts[0].1, "http://127.0.0.1:9");
}

#[test]
fn a_setting_that_does_not_fit_is_named_and_never_shown() {
    let table: &[(&str, Option<&str>, &str, &str)] = &[
        ("account_id", None, "account_id", "required"),
        ("account_id", Some("X12345678"), "account_id", "account-id"),
        ("account_id", Some("T1234567"), "account_id", "account-id"),
        ("account_id", Some("T1234567s3cret"), "account_id", "account-id"),
        ("client_id", None, "client_id", "required"),
        ("client_id", Some("s3cret client"), "client_id", "visible-ascii"),
        ("client_secret", None, "client_secret", "required"),
        ("client_secret", Some(""), "client_secret", "visible-ascii"),
        ("profile_id", None, "profile_id", "required"),
        ("profile_id", Some("s3cret\n"), "profile_id", "visible-ascii"),
        ("store_id", None, "store_id", "required"),
        ("payout_destination_id", None, "payout_destination_id", "required"),
        ("callback_url", Some("http://s3cret.example/"), "callback_url", "https-address"),
        ("callback_url", Some("https://localhost/s3cret"), "callback_url", "https-address"),
        ("callback_url", Some("https://"), "callback_url", "https-address"),
        ("callback_url", Some("https://a.example/?s3cret"), "callback_url", "no-query"),
        ("callback_secrets", Some("s3cret one"), "callback_secrets", "visible-ascii"),
        ("webhook_secrets", Some("a,s3cret\u{e9}"), "webhook_secrets", "visible-ascii"),
        ("publish", Some("s3cret"), "publish", "one-of"),
        ("acount_id", Some("s3cret"), "settings", "known-settings"),
    ];
    testing::refuses(NAME, &settings(), table);
}

#[test]
fn secrets_are_never_printed() {
    let printed = format!("{:?} {:?}", set_up(&settings()).unwrap(), Config::parse(&settings()));
    assert!(!printed.contains("s3cret") && !printed.contains("client-1"), "{printed}");
}
