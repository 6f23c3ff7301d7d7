use serde_json::Value;

use super::{is_ambiguous, read_plainly};

#[test]
fn what_two_readers_may_read_in_two_ways_is_ambiguous() {
    let table: [(&[u8], bool); 16] = [
        (b"", false),
        (b"null", false),
        (br#"{"status":"paid"}"#, false),
        (br#"{"status":"failed","status":"paid"}"#, true),
        (br#"{"status" : "failed", "status"	:"paid"}"#, true),
        (br#"{"a":{"status":1},"b":{"status":2},"status":3}"#, false),
        (br#"{"a":[{"status":1},{"status":2}]}"#, false),
        (br#"{"a":[{"status":1,"status":2}]}"#, true),
        (br#"{"a":{"b":1},"a":2}"#, true),
        (br#"{"status":1,"st\u0061tus":2}"#, true),
        (br#"{"a\"":1,"a":2}"#, false),
        (br#"{"a\\":1,"a\\":2}"#, true),
        (br#"{"a":"\"status\":1","status":2}"#, false),
        (br#"["status","status"]"#, false),
        (br#"{"status":"pa"#, false),
        (b"{\"note\":\"\xff\"}", true),
    ];
    for (body, ambiguous) in table {
        assert_eq!(is_ambiguous(body), ambiguous, "{}", String::from_utf8_lossy(body));
        let read = read_plainly::<Value>(body).is_some();
        assert_eq!(read, !ambiguous && serde_json::from_slice::<Value>(body).is_ok());
    }
}

/// As far as anybody nests it, no deeper than the body is long.
#[test]
fn depth_costs_no_stack() {
    let body = [&b"{\"a\":".repeat(500_000)[..], b"1", &b"}".repeat(500_000)].concat();
    assert!(!is_ambiguous(&body));
}
