//! Which refusals prove that nothing ran, written by hand from the providers' pages: neither an
//! adapter nor a vector that one wrote has a say in it. Every other answer proves nothing.

use OperationKind::{Answer as Condition, Cancel, Capture, Refund, Start, Withdraw};
use tillkit_model::payment::OperationKind;

/// A refusal that is proof.
struct Proof {
    /// Of what; none is everything.
    of: &'static [OperationKind],
    /// The HTTP status; none is any from 400 to 499.
    status: Option<u16>,
    /// By which of the provider's words; none is any.
    codes: &'static [&'static str],
}

const fn proof(of: &'static [OperationKind], status: u16, codes: &'static [&'static str]) -> Proof {
    Proof { of, status: Some(status), codes }
}

const EVERYTHING: &[OperationKind] = &[];
/// A refused one ends itself alone: a look tells what became of the payment.
const UNDOING: &[OperationKind] = &[Cancel, Withdraw];
const ANY: &[&str] = &[];

/// It documents a code for each case of 400 and of 404. Of a 409 or a 425 there is no word: two
/// equal requests at once may both run.
const QONTO: &[Proof] = &[
    proof(EVERYTHING, 401, ANY),
    proof(EVERYTHING, 403, ANY),
    proof(EVERYTHING, 429, ANY),
    proof(
        &[Start],
        400,
        &[
            "missing_amount",
            "invalid_value",
            "currency_not_supported",
            "invalid_terminal_id",
            "invalid_metadata",
            "idempotency_header_missing",
        ],
    ),
    proof(&[Start], 404, &["terminal_not_found", "not_found"]),
];

/// 402 is a decline of what ran, 409 a key that was used or a state that forbids it: neither is
/// proof, save that a cancel came too late. Of a busy terminal the status is not said.
const VINR: &[Proof] = &[
    proof(EVERYTHING, 400, ANY),
    proof(EVERYTHING, 401, ANY),
    proof(EVERYTHING, 403, ANY),
    proof(EVERYTHING, 404, ANY),
    proof(EVERYTHING, 422, ANY),
    proof(EVERYTHING, 429, ANY),
    proof(UNDOING, 409, ANY),
    Proof { of: EVERYTHING, status: None, codes: &["terminal_busy"] },
];

/// Creating a session documents 400, 401 and 403 alone. 409 came for requests that nobody names.
const DINTERO: &[Proof] = &[
    proof(EVERYTHING, 400, ANY),
    proof(EVERYTHING, 401, ANY),
    proof(EVERYTHING, 403, ANY),
    proof(EVERYTHING, 429, ANY),
    proof(&[Capture, Refund, Cancel, Withdraw, Condition], 404, ANY),
    proof(UNDOING, 409, ANY),
];

/// A 403 is a rule, and proof by its name alone: of `PAYMENT_UNCONFIRMED`, say, nobody knows what
/// ran. A 404 is a wrong route. Other statuses are not in use.
const CENTRAPAY: &[Proof] = &[
    proof(EVERYTHING, 400, ANY),
    proof(EVERYTHING, 401, ANY),
    proof(EVERYTHING, 404, ANY),
    proof(EVERYTHING, 429, ANY),
    proof(
        &[Start],
        403,
        &[
            "Forbidden",
            "REDIRECT_URL_INVALID",
            "PATRON_CODE_INVALID",
            "NO_AVAILABLE_PAYMENT_OPTIONS",
            "TOKEN_COLLECTION_NOT_FOUND",
            "CONNECTION_NOT_FOUND",
            "CONNECTION_MERCHANT_MISMATCH",
            "CONNECTION_CREATED_BY_MISMATCH",
        ],
    ),
    proof(
        UNDOING,
        403,
        &[
            "Forbidden",
            "ALREADY_REFUNDED",
            "REQUEST_PAID",
            "VOID_WINDOW_EXCEEDED",
            "REPEAT_REFERENCE",
            "INACTIVE_ASSET",
            "REFUND_NOT_SUPPORTED",
            "PRE_AUTH_ALREADY_CONFIRMED",
            "PRE_AUTH_RELEASED",
            "INVALID_PAYMENT_REQUEST_TYPE",
        ],
    ),
    proof(&[Condition], 403, &["Forbidden", "PATRON_NOT_AUTHORIZED", "MERCHANT_NOT_AUTHORIZED"]),
    proof(
        &[Refund],
        403,
        &[
            "Forbidden",
            "NOT_PAID",
            "ALREADY_REFUNDED",
            "INVALID_AMOUNT",
            "REPEAT_REFERENCE",
            "PARTIAL_REFUNDS_NOT_ALLOWED",
            "INACTIVE_ASSET",
            "REFUND_NOT_SUPPORTED",
            "REFUND_WINDOW_EXCEEDED",
            "PRE_AUTH_PENDING",
            "CONFIRMATION_NOT_FOUND",
            "REFUND_DECLINED",
        ],
    ),
    proof(
        &[Capture],
        403,
        &[
            "Forbidden",
            "INVALID_PAYMENT_REQUEST_TYPE",
            "PRE_AUTH_RELEASED",
            "PRE_AUTH_PENDING",
            "REQUEST_CANCELLED",
            "INVALID_AMOUNT",
            "IDEMPOTENT_OPERATION_FAILED",
        ],
    ),
];

fn proofs(provider: &str) -> &'static [Proof] {
    match provider {
        "qonto" => QONTO,
        "vinr" => VINR,
        "dintero" => DINTERO,
        "centrapay" => CENTRAPAY,
        other => panic!("say here by which refusals {other} proves that nothing ran"),
    }
}

/// Whether this answer may be taken as proof that the operation did not run. What is no whole JSON
/// may come from anybody on the way, who at most tells us to slow down.
pub fn may_prove(provider: &str, of: OperationKind, status: u16, whole: bool, code: &str) -> bool {
    let is_proof = |proof: &Proof| {
        (proof.of.is_empty() || proof.of.contains(&of))
            && proof.status.is_none_or(|listed| listed == status)
            && (proof.codes.is_empty() || proof.codes.contains(&code))
    };
    let refused = (400..500).contains(&status) && (whole || status == 429);
    refused && proofs(provider).iter().any(is_proof)
}

/// The answers of which the pages make it plain that they prove nothing, as status and code.
#[allow(dead_code, reason = "the fuzz targets have no use for it")]
pub const NEVER: &[(&str, &[OperationKind], u16, &str)] = &[
    ("qonto", &[Start], 302, "not_found"),
    ("qonto", &[Start], 400, "not_a_code_of_its_pages"),
    ("qonto", &[Start], 409, "invalid_value"),
    ("qonto", &[Start], 425, "invalid_value"),
    ("qonto", &[Start], 500, "invalid_value"),
    ("qonto", &[Start], 503, "terminal_not_found"),
    ("vinr", EVERYTHING, 402, "card_declined"),
    ("vinr", &[Start, Capture, Refund], 409, "idempotency_key_reused"),
    ("vinr", &[Start, Capture, Refund], 409, "conflict"),
    ("vinr", EVERYTHING, 500, "terminal_busy"),
    ("vinr", EVERYTHING, 503, "api_error"),
    ("dintero", &[Start], 404, "not_found"),
    ("dintero", &[Start, Capture, Refund], 409, "conflict"),
    ("dintero", EVERYTHING, 412, "precondition_failed"),
    ("dintero", EVERYTHING, 500, "internal"),
    ("centrapay", EVERYTHING, 403, "PAYMENT_UNCONFIRMED"),
    ("centrapay", EVERYTHING, 403, "PAYMENT_DECLINED"),
    ("centrapay", EVERYTHING, 403, "NOT_A_RULE_OF_ITS_PAGES"),
    ("centrapay", &[Start], 403, "REQUEST_PAID"),
    ("centrapay", EVERYTHING, 409, "Conflict"),
    ("centrapay", EVERYTHING, 500, "Forbidden"),
    ("centrapay", EVERYTHING, 504, "REQUEST_PAID"),
];
