//! No secret is shown, and everything else is as it was.

use super::{body, headers, target};

#[test]
fn credentials_in_headers_keep_their_names_alone() {
    let given = [("Authorization", "Bearer abc"), ("X-Api-Key", "k"), ("accept", "json")];
    let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let shown = headers(&given);
    assert_eq!(shown[2], given[2]);
    assert!(shown[..2].iter().all(|(_, value)| value == "••••••"), "{shown:?}");
    assert_eq!(shown[0].0, "Authorization");
}

#[test]
fn tokens_and_codes_are_masked_wherever_they_stand() {
    for given in [
        r#"{"access_token":"s3cret","expires_in":60}"#,
        r#"{"data":[{"client_secret":"s3cret"}]}"#,
        r#"{"barcode":"s3cret","value":{"amount":"1330"}}"#,
        "grant_type=authorization_code&code=s3cret&client_id=app",
        r#"{"accessToken":"s3cret"}"#,
        r#"{"data":{"apiKey":"s3cret","Client-Secret":"s3cret"}}"#,
        "grantType=x&accessToken=s3cret",
    ] {
        let shown = body(given.as_bytes());
        assert!(!shown.contains("s3cret") && shown.contains("••••••"), "{shown}");
    }
    assert_eq!(target("/back?code=s3cret&state=s"), "/back?code=••••••&state=s");
}

#[test]
fn a_code_is_an_errors_own_only_beside_or_within_an_error() {
    for given in [r#"{"code":"abcdef"}"#, r#"{"data":{"code":"abcdef"}}"#, r#"{"barcode":12345}"#] {
        let shown = body(given.as_bytes());
        assert!(shown.contains("••••••"), "{shown}");
        assert!(!shown.contains("abcdef") && !shown.contains("12345"), "{shown}");
    }
    let scanned = r#"{"code":"12345678","message":"a code of digits is no word"}"#;
    assert!(!body(scanned.as_bytes()).contains("12345678"));
}

#[test]
fn what_holds_no_secret_is_not_touched() {
    for given in [
        r#"{"errors": [ {"code":"terminal_not_found","z":1,"a":2} ]}"#,
        r#"{"error":{"code":"card_declined"}}"#,
        r#"{"code":"not_found","message":"no such terminal"}"#,
        "<html>code=1</html>",
        "grant_type=client_credentials",
        "",
    ] {
        assert_eq!(body(given.as_bytes()), given);
    }
}
