//! What is refused before anything is sent.

use super::*;
use crate::error::Code;
use crate::ids::TerminalId;
use crate::provider::Presence;
use crate::sale::Sale;

#[test]
fn a_terminal_is_named_by_plain_letters() {
    let vinr = cloud();
    let table = [
        ("trm_7Hq3", true),
        ("term_7Hq3", true),
        ("term_test_offline", true),
        ("trm-7", true),
        ("trm_7&status=failed", false),
        ("../v1/refunds", false),
        ("trm_7%2F", false),
        ("trm_7?x#y", false),
    ];
    for (text, fits) in table {
        let terminal = Some(TerminalId::parse(text).unwrap());
        let checked = vinr.check(&Sale { terminal, ..fixture().sale });
        assert_eq!(checked.is_ok(), fits, "{text}");
        if let Err(fault) = checked {
            assert_eq!((fault.code, fault.field), (Code::InvalidField, "terminal"));
        }
    }
    assert!(vinr.check(&Sale { terminal: None, ..fixture().sale }).is_err());
}

#[test]
fn an_id_of_vinrs_cannot_bend_a_path() {
    let vinr = cloud();
    let table = [
        ("tpy_4Rk9", "/v1/terminal/payments/tpy_4Rk9"),
        ("../refunds", "/v1/terminal/payments/..%2Frefunds"),
        ("a?b=c#d%2F", "/v1/terminal/payments/a%3Fb%3Dc%23d%252F"),
    ];
    for (id, path) in table {
        let request = vinr.read(&given(""), &ChargeId::parse(id).unwrap());
        assert_eq!(&*request.path, path);
        assert!(!request.may_move_money);
    }
}

/// What is not declared is not offered, and what is declared makes a request.
#[test]
fn capabilities_are_what_requests_are_made_of() {
    let charge = fixture().charge;
    for (vinr, at_terminal) in [(cloud(), false), (local(), true)] {
        let offered = vinr.capabilities();
        let makes = |word: &str| {
            let payment = given(word);
            let operation = payment.cancel.as_deref().or(payment.operations.first()).unwrap();
            vinr.operate(&payment, operation, &charge).is_some()
        };
        assert_eq!(offered.terminal, Presence::Required);
        assert_eq!(offered.cancel, makes("cancel-sent"));
        assert_eq!(offered.manual_capture, makes("capture-sent"));
        assert_eq!(offered.partial_capture, makes("part-capture-sent"));
        assert_eq!(offered.refund, makes("refund-sent"));
        assert_eq!(offered.refund, vinr.manners().refund.is_some());
        assert_eq!(offered.refund, !at_terminal);
        assert_eq!(vinr.operate(&given(""), &given("").start, &charge), None);
        assert!(!vinr.read_may_pay(&fixture().sale));
        // What moves money on a terminal that knows no keys leaves on a connection of its own.
        let request = vinr.start(&given(""), None);
        assert_eq!(request.fresh_connection, at_terminal);
        assert!(request.may_move_money);
    }
}
