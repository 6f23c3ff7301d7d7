//! The judge: what a provider publishes of its API as a schema, held against what the adapter
//! really asked and the fake really answered.
//!
//! The schemas are documents in OpenAPI's form under `tests/schemas`, each with its source; a
//! public validator checks the bodies, and finding the operation of a request is done here. What a
//! document does not describe (a gateway's 429, a login page) is counted apart and judged by
//! nothing. Knows nothing of payments.

#[cfg(feature = "judge")]
mod document;
#[cfg(not(feature = "judge"))]
#[path = "absent.rs"]
mod schemas;
#[cfg(feature = "judge")]
mod schemas;
#[cfg(all(test, feature = "judge"))]
mod tests;

use std::collections::BTreeMap;

use tillkit_model::wire::{Request, Response};

pub use schemas::{Judge, of};

/// What came of judging, in numbers and words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judged {
    /// Of each document, by its title: how many requests and answers it described.
    pub described: BTreeMap<String, (u64, u64)>,
    /// Requests that no document describes.
    pub undescribed_requests: u64,
    /// Answers that no document describes.
    pub undescribed_answers: u64,
    /// What broke a schema.
    pub violations: Vec<String>,
}

/// The most violations whose words are kept.
const WORDS_MAX: usize = 20;

impl Judged {
    /// Adds another judgement.
    pub fn add(&mut self, other: Self) {
        for (title, (requests, answers)) in other.described {
            let sum = self.described.entry(title).or_default();
            *sum = (sum.0 + requests, sum.1 + answers);
        }
        self.undescribed_requests += other.undescribed_requests;
        self.undescribed_answers += other.undescribed_answers;
        self.violations.extend(other.violations);
        self.violations.truncate(WORDS_MAX);
    }

    /// How many requests and answers were described, and so judged.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.described.values().map(|(requests, answers)| requests + answers).sum()
    }
}

/// The same exchange with everything taken out of its bodies: what a judge has to notice.
#[must_use]
pub fn spoiled(request: &Request, response: Option<&Response>) -> (Request, Option<Response>) {
    let body = request.body.as_ref().map(|_| "{}".into());
    let emptied = |response: &Response| {
        let body = if response.is_json() { b"{}".to_vec() } else { response.body.clone() };
        Response { body, ..response.clone() }
    };
    (Request { body, ..request.clone() }, response.map(emptied))
}
