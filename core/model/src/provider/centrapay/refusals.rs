//! Refusals that are known, one table for each thing that may be refused.
//!
//! 403 alone says nothing: only a rule by its documented name tells what became of a request.

use crate::payment::{OperationKind, Payment};
use crate::time::SECOND_MS;

/// What a refusal tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    /// It did not run, and would be refused again.
    Refused,
    /// It did not run, and may later.
    Later(u64),
    /// Nobody paid in time.
    Expired,
    /// It was cancelled before.
    Cancelled,
    /// All of it was given back before.
    Undone,
    /// The condition was answered before.
    Answered,
}

/// A refusal that is known: the HTTP status, and the word in `message`; none is any.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) status: u16,
    pub(super) code: Option<&'static str>,
    pub(super) means: Means,
}

const fn row(status: u16, code: &'static str, means: Means) -> Row {
    Row { status, code: Some(code), means }
}

const fn any(status: u16, means: Means) -> Row {
    Row { status, code: None, means }
}

/// A missing resource or a missing right: 403 does not say which, and so proves no absence.
const FORBIDDEN: &str = "Forbidden";

/// Of every request: malformed, without a valid key, to no such route. A key may be put right.
pub(super) const EVERYWHERE: &[Row] =
    &[any(400, Means::Refused), any(401, Means::Later(2 * SECOND_MS)), any(404, Means::Refused)];

/// Of creating. Another 403 than these may be a rule that is broken after something was made.
pub(super) const START: &[Row] = &[
    row(403, FORBIDDEN, Means::Refused),
    row(403, "REDIRECT_URL_INVALID", Means::Refused),
    row(403, "PATRON_CODE_INVALID", Means::Refused),
    row(403, "NO_AVAILABLE_PAYMENT_OPTIONS", Means::Refused),
    row(403, "TOKEN_COLLECTION_NOT_FOUND", Means::Refused),
    row(403, "CONNECTION_NOT_FOUND", Means::Refused),
    row(403, "CONNECTION_MERCHANT_MISMATCH", Means::Refused),
    row(403, "CONNECTION_CREATED_BY_MISMATCH", Means::Refused),
];

/// Of voiding. There is nothing in it that could be malformed and a right may come back, and a
/// request that is in doubt must not be left to be paid: the other refusals say that it was.
pub(super) const VOID: &[Row] = &[
    any(400, Means::Later(10 * SECOND_MS)),
    any(404, Means::Later(10 * SECOND_MS)),
    row(403, FORBIDDEN, Means::Later(10 * SECOND_MS)),
    row(403, "REQUEST_EXPIRED", Means::Expired),
    row(403, "REQUEST_CANCELLED", Means::Cancelled),
    row(403, "ALREADY_REFUNDED", Means::Undone),
    row(403, "REQUEST_PAID", Means::Refused),
    row(403, "VOID_WINDOW_EXCEEDED", Means::Refused),
    row(403, "REPEAT_REFERENCE", Means::Refused),
    row(403, "INACTIVE_ASSET", Means::Refused),
    row(403, "REFUND_NOT_SUPPORTED", Means::Refused),
    row(403, "PRE_AUTH_ALREADY_CONFIRMED", Means::Refused),
];

/// Of releasing what a pre-authorization holds.
pub(super) const RELEASE: &[Row] = &[
    any(400, Means::Later(10 * SECOND_MS)),
    any(404, Means::Later(10 * SECOND_MS)),
    row(403, FORBIDDEN, Means::Later(10 * SECOND_MS)),
    row(403, "REQUEST_EXPIRED", Means::Expired),
    row(403, "REQUEST_CANCELLED", Means::Cancelled),
    row(403, "PRE_AUTH_RELEASED", Means::Undone),
    row(403, "INVALID_PAYMENT_REQUEST_TYPE", Means::Refused),
];

/// Of answering a condition. One that is answered already has an answer that a read shows.
pub(super) const ANSWER: &[Row] = &[
    row(403, FORBIDDEN, Means::Refused),
    row(403, "PATRON_NOT_AUTHORIZED", Means::Refused),
    row(403, "MERCHANT_NOT_AUTHORIZED", Means::Refused),
    row(403, "CONDITION_ALREADY_SET", Means::Answered),
];

/// Of giving back.
pub(super) const REFUND: &[Row] = &[
    row(403, FORBIDDEN, Means::Refused),
    row(403, "NOT_PAID", Means::Refused),
    row(403, "ALREADY_REFUNDED", Means::Refused),
    row(403, "INVALID_AMOUNT", Means::Refused),
    row(403, "REPEAT_REFERENCE", Means::Refused),
    row(403, "PARTIAL_REFUNDS_NOT_ALLOWED", Means::Refused),
    row(403, "INACTIVE_ASSET", Means::Refused),
    row(403, "REFUND_NOT_SUPPORTED", Means::Refused),
    row(403, "REFUND_WINDOW_EXCEEDED", Means::Refused),
    row(403, "PRE_AUTH_PENDING", Means::Refused),
    row(403, "CONFIRMATION_NOT_FOUND", Means::Refused),
    row(403, "REFUND_DECLINED", Means::Refused),
];

/// Of confirming: a 403 ends it, the guide says.
pub(super) const CONFIRM: &[Row] = &[
    row(403, FORBIDDEN, Means::Refused),
    row(403, "INVALID_PAYMENT_REQUEST_TYPE", Means::Refused),
    row(403, "PRE_AUTH_RELEASED", Means::Refused),
    row(403, "PRE_AUTH_PENDING", Means::Refused),
    row(403, "REQUEST_CANCELLED", Means::Refused),
    row(403, "INVALID_AMOUNT", Means::Refused),
    row(403, "IDEMPOTENT_OPERATION_FAILED", Means::Refused),
];

/// The table of an operation.
pub(super) fn of(payment: &Payment, kind: OperationKind) -> &'static [Row] {
    match kind {
        OperationKind::Start => START,
        OperationKind::Capture => CONFIRM,
        OperationKind::Refund => REFUND,
        OperationKind::Answer => ANSWER,
        OperationKind::Release => RELEASE,
        OperationKind::Cancel | OperationKind::Withdraw if super::is_pre_auth(payment) => RELEASE,
        OperationKind::Cancel | OperationKind::Withdraw => VOID,
    }
}
