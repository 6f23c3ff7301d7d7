//! What to answer to whoever notified, and what to tell the host.

use tillkit_model::error::{Code, Error};
use tillkit_model::provider::Refused;

use super::BODY_BYTES_MAX;

/// What to answer to a notification: this status, with this body as plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body. It tells a forger nothing.
    pub body: &'static str,
    /// What became of the notification; for the host, and no part of the answer.
    pub heard: Result<Heard, Error>,
}

/// What became of a notification. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heard {
    /// It is authentic, and about nothing that a till needs.
    NothingForUs,
    /// It had been taken in before.
    Repeated,
    /// It is about a payment that nobody knows, and is kept until somebody does.
    Kept,
    /// It is durable with its payment, which is looked at now.
    Taken,
}

const RULE_MAX_BYTES: &str = "max-bytes";

impl WebhookAnswer {
    pub(crate) fn to(heard: Result<Heard, Error>) -> Self {
        let (status, body) = match &heard {
            Ok(_) => (200, "ok"),
            Err(error) => refusal(error),
        };
        Self { status, body, heard }
    }
}

/// Whatever may be mended by trying again later is answered so that the provider does.
fn refusal(error: &Error) -> (u16, &'static str) {
    match error.code {
        Code::WebhookSignature => (401, "not believed"),
        Code::WebhookMalformed if error.rule.as_deref() == Some(RULE_MAX_BYTES) => {
            (413, "too large")
        }
        Code::WebhookMalformed => (400, "not readable"),
        _ => (503, "try again later"),
    }
}

pub(super) fn too_large() -> Error {
    Error::new(Code::WebhookMalformed)
        .field("body")
        .rule(RULE_MAX_BYTES)
        .limit(BODY_BYTES_MAX)
        .message("no provider's notification is as large as this: nothing of it was looked at")
}

pub(super) fn refused(refused: Refused) -> Error {
    match refused {
        Refused::BadSignature | Refused::NeedsKeys => Error::new(Code::WebhookSignature),
        Refused::Unverifiable { setting } => Error::new(Code::InvalidConfiguration)
            .field(setting)
            .rule("required")
            .message(format!(
                "notifications of this account cannot be checked, and are not believed: set {setting}"
            )),
        Refused::Malformed { why } => Error::new(Code::WebhookMalformed)
            .field("body")
            .message(format!("the notification is authentic and cannot be read: {why}")),
    }
}

/// What a language tells a host that hands over something else than bytes: parsed and written again
/// they are others, and no signature matches.
#[must_use]
pub fn parsed_body() -> Error {
    Error::new(Code::WebhookMalformed).field("body").rule("exact-bytes").message(
        "the body was parsed before it came here, and a signature covers the exact bytes: pass the \
         raw body (Express: express.raw({ type: '*/*' }); Flask: request.get_data(); Django: \
         request.body; FastAPI: await request.body())",
    )
}
