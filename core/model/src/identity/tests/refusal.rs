use crate::error::{Charged, Code};
use crate::identity::Verdict;
use crate::ids::PaymentId;
use crate::sale::{Fault, Times};

const FIRST: PaymentId = PaymentId::from_bytes([1; 16]);
const OUT_OF_ORDER: Verdict = Verdict::AttemptOutOfOrder;

#[test]
fn each_refusal_is_its_row_of_the_catalogue_and_names_the_payment() {
    let used = |taken| Verdict::ReferenceUsed { payment: FIRST, taken };
    let conflict = Verdict::Conflict { payment: FIRST, field: "amount" };
    let unknown = Verdict::OutcomeUnknown(FIRST);
    let refused = Verdict::Refused(Fault::unsupported("capture", "automatic-only", "no"));
    let busy = |screen_clear_would_do| Verdict::TerminalBusy { by: FIRST, screen_clear_would_do };
    let about = Some(FIRST);
    #[rustfmt::skip]
    let table = [
        (used(true),   Code::ReferenceUsed,       about, Some("reference"), Charged::Yes),
        (used(false),  Code::ReferenceUsed,       about, Some("reference"), Charged::No),
        (conflict,     Code::IdempotencyConflict, about, Some("amount"),    Charged::Unknown),
        (unknown,      Code::OutcomeUnknown,      about, None,              Charged::Unknown),
        (OUT_OF_ORDER, Code::AttemptOutOfOrder,   None,  Some("attempt"),   Charged::No),
        (refused,      Code::Unsupported,         None,  Some("capture"),   Charged::No),
        (busy(true),   Code::TerminalBusy,        about, None,              Charged::No),
        (busy(false),  Code::TerminalBusy,        about, None,              Charged::No),
    ];
    for (verdict, code, payment, field, charged) in table {
        let error = verdict.error().unwrap();
        assert_eq!((error.code, error.payment, error.charged), (code, payment, charged));
        assert_eq!(error.field.as_deref(), field);
    }
}

#[test]
fn a_busy_terminal_speaks_of_the_screen_only_where_a_look_would_do() {
    let message = |screen_clear_would_do| {
        let busy = Verdict::TerminalBusy { by: FIRST, screen_clear_would_do };
        busy.error().unwrap().message.clone()
    };
    assert!(message(true).contains("look at its screen"));
    assert_eq!(message(false), Code::TerminalBusy.row().message);
}

#[test]
fn what_leads_to_a_payment_is_no_error() {
    let times = Times { start_by_ms: 1, expires_ms: None, settle_by_ms: 2 };
    let new = Verdict::New { times, releases: Vec::new() };
    for verdict in [new, Verdict::Join(FIRST), Verdict::Replay(FIRST)] {
        assert_eq!(verdict.error(), None);
    }
}
