use crate::provider::qonto::{Config, NAME, set_up};
use crate::provider::tests::testing::refuses;
use crate::provider::{Credentials, Secret, Settings, Setup, provider};
use crate::sale::Environment;

pub(super) fn settings(pairs: &[(&str, &str)]) -> Settings {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

pub(super) const PRODUCTION: &[(&str, &str)] = &[
    ("environment", "production"),
    ("organization_id", "org-1"),
    ("access_token", "ory_at_s3cret"),
];

pub(super) const APP: &[(&str, &str)] = &[
    ("environment", "production"),
    ("organization_id", "org-1"),
    ("client_id", "client-1-s3cret"),
    ("client_secret", "s3cret+/="),
];

fn fixed(setup: &Setup) -> &[(&'static str, Secret)] {
    let Credentials::Fixed(headers) = &setup.credentials else { panic!("tokens") };
    headers
}

#[test]
fn settings_name_the_place_and_the_headers_that_open_it() {
    let setup = (provider(NAME).unwrap().set_up)(&settings(PRODUCTION)).unwrap();
    assert_eq!(setup.base_url, "https://thirdparty.qonto.com");
    assert_eq!((setup.environment, setup.merchant.as_str()), (Environment::Production, "org-1"));
    let shown: Vec<_> =
        fixed(&setup).iter().map(|(name, secret)| (*name, secret.expose())).collect();
    assert_eq!(shown, [("Authorization", "Bearer ory_at_s3cret")]);

    let mut sandbox = settings(PRODUCTION);
    sandbox.insert("environment".into(), "sandbox".into());
    sandbox.insert("staging_token".into(), "st-1".into());
    let setup = set_up(&sandbox).unwrap();
    assert_eq!(setup.base_url, "https://thirdparty-sandbox.staging.qonto.co");
    assert_eq!(fixed(&setup)[1].0, "X-Qonto-Staging-Token");

    sandbox.remove("staging_token");
    sandbox.insert("base_url".into(), "http://127.0.0.1:9".into());
    let setup = set_up(&sandbox).unwrap();
    assert_eq!((&*setup.base_url, fixed(&setup).len()), ("http://127.0.0.1:9", 1));
}

#[test]
fn a_setting_that_does_not_fit_is_named_and_never_shown() {
    let cases: &[(&str, Option<&str>, &str, &str)] = &[
        ("environment", None, "environment", "required"),
        ("environment", Some("s3cret"), "environment", "one-of"),
        ("environment", Some("sandbox"), "staging_token", "required"),
        ("organization_id", None, "organization_id", "required"),
        ("organization_id", Some("s3cret "), "organization_id", "visible-ascii"),
        ("access_token", None, "access_token", "required"),
        ("access_token", Some(""), "access_token", "visible-ascii"),
        ("access_token", Some("s3cret\r\nX: y"), "access_token", "visible-ascii"),
        ("staging_token", Some("s3cret"), "staging_token", "sandbox-only"),
        ("base_url", Some("https://s3cret.example"), "base_url", "sandbox-only"),
        ("oauth_url", Some("https://s3cret.example"), "oauth_url", "sandbox-only"),
        ("webhook_secrets", Some(""), "webhook_secrets", "visible-ascii"),
        ("webhook_secrets", Some("s3cret,"), "webhook_secrets", "visible-ascii"),
        ("webhook_secrets", Some("s3 cret"), "webhook_secrets", "visible-ascii"),
        ("acess_token", Some("s3cret"), "settings", "known-settings"),
    ];
    refuses(NAME, &settings(PRODUCTION), cases);
}

#[test]
fn secrets_are_never_printed() {
    for pairs in [PRODUCTION, APP] {
        let mut given = settings(pairs);
        given.insert("webhook_secrets".into(), "s3cret-1, s3cret-2".into());
        let (setup, config) = (set_up(&given).unwrap(), Config::parse(&given).unwrap());
        assert!(!format!("{setup:?} {config:?}").contains("s3cret"), "{config:?}");
    }
}

#[test]
fn an_application_asks_for_its_tokens_at_a_host_of_its_own() {
    let setup = set_up(&settings(APP)).unwrap();
    assert_eq!(setup.hosts, [("oauth", "https://oauth.qonto.com".to_owned())]);
    assert!(matches!(setup.credentials, Credentials::Tokens(_)));

    let mut sandbox = settings(APP);
    sandbox.insert("environment".into(), "sandbox".into());
    sandbox.insert("staging_token".into(), "st-1".into());
    let setup = set_up(&sandbox).unwrap();
    let oauth = "https://oauth-sandbox.staging.qonto.co".to_owned();
    assert_eq!(setup.hosts, [("oauth", oauth)]);

    sandbox.insert("base_url".into(), "http://127.0.0.1:9".into());
    let fault = set_up(&sandbox).unwrap_err();
    assert_eq!((fault.field, fault.rule), ("oauth_url", "with-base-url"));
    sandbox.insert("oauth_url".into(), "http://127.0.0.1:8".into());
    let setup = set_up(&sandbox).unwrap();
    assert_eq!(setup.hosts, [("oauth", "http://127.0.0.1:8".to_owned())]);
}

#[test]
fn one_way_in_is_given_and_only_one() {
    let mut both = settings(APP);
    both.insert("access_token".into(), "s3cret".into());
    assert_eq!(set_up(&both).unwrap_err().rule, "one-way-in");
    for half in ["client_id", "client_secret"] {
        let mut given = settings(APP);
        given.remove(half);
        let fault = set_up(&given).unwrap_err();
        assert_eq!((fault.field, fault.rule), (half, "required"));
    }
}

#[test]
fn several_webhook_secrets_stand_between_commas() {
    let mut given = settings(PRODUCTION);
    assert_eq!(set_up(&given).unwrap().webhook_secrets, []);
    given.insert("webhook_secrets".into(), "one,two , three".into());
    let secrets = set_up(&given).unwrap().webhook_secrets;
    let shown: Vec<_> = secrets.iter().map(Secret::expose).collect();
    assert_eq!(shown, ["one", "two", "three"]);
}
