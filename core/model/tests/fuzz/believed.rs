//! What each row believes to be proof that nothing ran, held against what its provider's pages say.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tillkit_model::payment::OperationKind;
use tillkit_model::payment::event::Answer;
use tillkit_model::provider::registry;

use crate::rows::KINDS;
use crate::rows::cast::{self, Cast, answer};
use crate::rows::proof::{NEVER, may_prove};

/// A status that nobody lists must prove nothing either.
const STATUSES: &[u16] = &[
    100, 200, 201, 202, 204, 301, 302, 304, 307, 308, 400, 401, 402, 403, 404, 405, 406, 408, 409,
    410, 411, 412, 413, 415, 418, 421, 422, 423, 425, 426, 428, 429, 431, 451, 499, 500, 501, 502,
    503, 504, 511, 599,
];

/// As the provider words a refusal.
fn refusal(provider: &str, status: u16, code: &str) -> Value {
    match provider {
        "qonto" => json!({ "errors": [{ "code": code, "detail": "no" }] }),
        "vinr" => json!({ "error": { "type": "api_error", "code": code, "message": "no" } }),
        "dintero" => json!({ "error": { "code": code, "message": "no" } }),
        "centrapay" => json!({
            "statusCode": status, "error": "Forbidden", "message": code, "reason": "no",
        }),
        other => panic!("say here how {other} words a refusal"),
    }
}

/// For which operations the row takes this refusal for proof that they did not run, and how it
/// calls that.
fn believed(
    cast: &Cast,
    status: u16,
    (content_type, truncated): (&str, bool),
    code: &str,
) -> Vec<(OperationKind, Box<str>)> {
    let body = refusal(cast.provider.name, status, code).to_string();
    let exchange = answer(status, content_type, body.as_bytes(), truncated);
    let adapter = &cast.setup.adapter;
    let starts = [false, true]
        .map(|replay| (OperationKind::Start, adapter.started(&cast.payment, &exchange, replay)));
    let operated = cast.operations.iter().map(|(payment, operation)| {
        (operation.kind, adapter.operated(payment, operation, &exchange))
    });
    let refused = starts.into_iter().chain(operated).filter_map(|(kind, answer)| match answer {
        Answer::NotExecuted { reason, .. } => Some((kind, reason.code)),
        Answer::Accepted { .. } | Answer::Unknown { .. } => None,
    });
    refused.collect()
}

#[test]
fn nothing_is_believed_but_what_the_pages_call_a_refusal() {
    let named = NEVER.iter().map(|(.., code)| *code);
    let others = ["", "invalid_value", "not_found", "Forbidden", "ALREADY_REFUNDED", "NOT_PAID"];
    let codes: BTreeSet<&str> = named.chain(others).collect();
    for row in registry() {
        let mut proven = 0;
        for cast in cast::of(row) {
            let each = |status: &u16| KINDS.iter().map(|kind| (*status, *kind)).collect::<Vec<_>>();
            for (status, kind) in STATUSES.iter().flat_map(each) {
                for code in &codes {
                    let whole = kind == KINDS[0];
                    for (of, said) in believed(&cast, status, kind, code) {
                        let proof = may_prove(row.name, of, status, whole, &said);
                        assert!(proof, "{}: {of:?} {status} {kind:?} {said}", cast.name());
                        proven += 1;
                    }
                }
            }
        }
        assert!(proven > 100, "{}: only {proven} refusals were believed at all", row.name);
    }
}

#[test]
fn what_the_pages_leave_open_is_never_believed() {
    for (provider, kinds, status, code) in NEVER {
        let row = registry().iter().find(|row| row.name == *provider).unwrap();
        let of_those = |of: OperationKind| kinds.is_empty() || kinds.contains(&of);
        for cast in cast::of(row) {
            for (of, said) in believed(&cast, *status, KINDS[0], code) {
                assert!(!of_those(of), "{}: {of:?} {status} {said}", cast.name());
                assert!(may_prove(provider, of, *status, true, &said));
            }
        }
        for of in kinds.iter().copied() {
            assert!(!may_prove(provider, of, *status, true, code), "{provider} {status} {code}");
        }
    }
}
