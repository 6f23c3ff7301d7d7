use tillkit_model::error::Code;

use super::super::{Endpoint, Reach, Secret};

fn rule_broken_by(base: &str, reach: Reach) -> (Code, String) {
    let error = Endpoint::parse(base, reach).unwrap_err();
    assert_eq!(error.field.as_deref(), Some("base_url"), "{base}");
    (error.code, error.rule.clone().unwrap())
}

#[test]
fn encryption_is_required_except_on_this_machine() {
    for base in [
        "https://thirdparty.qonto.com/v2",
        "http://127.0.0.1:8080",
        "http://127.9.9.9",
        "http://[::1]:9/x",
        "http://localhost:1234/",
        "https://192.168.1.20:8443",
    ] {
        assert!(Endpoint::parse(base, Reach::Internet).is_ok(), "{base}");
    }
    for base in [
        "http://thirdparty.qonto.com",
        "http://192.168.1.20",
        "http://10.0.0.7:8080",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://0.0.0.0",
        "http://[fe80::1]",
    ] {
        let broken = rule_broken_by(base, Reach::Internet);
        assert_eq!(broken, (Code::InsecureUrl, "https".into()), "{base}");
    }
}

#[test]
fn a_terminal_on_the_shops_network_must_be_named_by_its_address() {
    for base in
        ["http://192.168.1.20:8080", "http://10.0.0.7", "http://172.16.0.1", "http://[fd00::5]"]
    {
        assert!(Endpoint::parse(base, Reach::LocalTerminal).is_ok(), "{base}");
    }
    for base in
        ["http://terminal.local", "http://8.8.8.8", "http://172.32.0.1", "http://[2001:db8::1]"]
    {
        let broken = rule_broken_by(base, Reach::LocalTerminal);
        assert_eq!(broken, (Code::InsecureUrl, "https".into()), "{base}");
    }
}

#[test]
fn a_base_address_is_scheme_host_port_and_path_and_nothing_else() {
    for (base, rule) in [
        ("https://me:secret@example.com", "no-userinfo"),
        ("https://me@example.com", "no-userinfo"),
        ("https://example.com/?a=b", "no-query"),
        ("https://example.com/#top", "no-query"),
        ("https://example.com/a/../b", "plain-path"),
        ("https://example.com//v2", "plain-path"),
        ("https://example.com\\v2", "plain-path"),
        ("https://example.com/v 2", "plain-path"),
        ("ftp://example.com", "https"),
        ("file:///etc/passwd", "host"),
        ("example.com/v2", "absolute-url"),
        ("", "absolute-url"),
    ] {
        let broken = rule_broken_by(base, Reach::Internet);
        assert_eq!(broken, (Code::InvalidConfiguration, rule.into()), "{base}");
    }
}

#[test]
fn a_path_is_joined_below_the_base_with_or_without_a_last_slash() {
    for base in ["https://example.com/v2", "https://example.com/v2/"] {
        let endpoint = Endpoint::parse(base, Reach::Internet).unwrap();
        let address = endpoint.address("/terminals/a%2Fb?x=1&y=//z").unwrap();
        assert_eq!(address.as_str(), "https://example.com/v2/terminals/a%2Fb?x=1&y=//z");
    }
    let bare = Endpoint::parse("https://example.com", Reach::Internet).unwrap();
    assert_eq!(bare.address("/").unwrap().as_str(), "https://example.com/");
}

#[test]
fn no_path_reaches_another_place() {
    let endpoint = Endpoint::parse("https://example.com/v2", Reach::Internet).unwrap();
    for path in [
        "",
        "terminals",
        "//evil.example/x",
        "/a//b",
        "/../admin",
        "/a/..",
        "/./a",
        "/%2e%2e/admin",
        "/.%2E/admin",
        "/a\\..\\b",
        "/\\evil.example",
        "/a#b",
        "/a b",
        "/a\tb",
        "/a\r\nHost: evil.example",
        "/a\0",
        "/caf\u{e9}",
        "/a\"b",
        "@evil.example/",
        ":80@evil.example/",
        ".evil.example/",
        "?x=1",
    ] {
        assert!(endpoint.address(path).is_err(), "{path:?} was accepted");
    }
}

#[test]
fn secrets_are_headers_and_are_never_shown() {
    let endpoint = Endpoint::parse("https://example.com", Reach::Internet)
        .unwrap()
        .secret_header("Authorization", Secret::new("Bearer tok-4711"))
        .unwrap();
    let shown = format!("{endpoint:?} {:?}", Secret::new("tok-4711"));
    assert!(shown.contains("authorization"), "{shown}");
    assert!(!shown.contains("4711"), "{shown}");

    let sent: Vec<_> = endpoint.secret_headers().collect();
    assert_eq!(sent[0].1, "Bearer tok-4711");
    assert!(!format!("{sent:?}").contains("4711"));
}

#[test]
fn a_credential_that_is_no_header_is_refused_without_being_shown() {
    for (name, value) in [("Authorization", "tok-4711\r\nX: y"), ("not a header", "tok-4711")] {
        let endpoint = Endpoint::parse("https://example.com", Reach::Internet).unwrap();
        let error = endpoint.secret_header(name, Secret::new(value)).unwrap_err();
        assert_eq!(error.code, Code::InvalidConfiguration);
        assert_eq!(error.field, Some(name.to_lowercase()));
        assert!(!format!("{error} {error:?}").contains("4711"));
    }
}
