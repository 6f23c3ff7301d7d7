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
    ] {
        let shown = body(given.as_bytes());
        assert!(!shown.contains("s3cret") && shown.contains("••••••"), "{shown}");
    }
    assert_eq!(target("/back?code=s3cret&state=s"), "/back?code=••••••&state=s");
}

#[test]
fn what_holds_no_secret_is_not_touched() {
    for given in [
        r#"{"errors": [ {"code":"terminal_not_found","z":1,"a":2} ]}"#,
        "<html>code=1</html>",
        "grant_type=client_credentials",
        "",
    ] {
        assert_eq!(body(given.as_bytes()), given);
    }
}
