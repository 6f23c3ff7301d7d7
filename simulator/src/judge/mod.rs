//! The judge: what a provider publishes of its API as a schema, held against what the adapter
//! really asked and the fake really answered.
//!
//! The schemas are documents in OpenAPI's form under `tests/schemas`, each with its source; a
//! public validator checks the bodies, and finding the operation of a request is done here. What a
//! document does not describe (a gateway's 429, a login page) is counted apart and judged by
//! nothing. Knows nothing of payments.

mod document;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;
use tillkit_model::wire::{Request, Response};

use document::Document;

/// What there is to judge one provider by.
#[derive(Debug)]
pub struct Judge {
    documents: Vec<Document>,
}

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

macro_rules! documents {
    ($($file:literal),+) => {
        &[$(include_str!(concat!("../../../tests/schemas/", $file))),+]
    };
}

static QONTO: LazyLock<Judge> = LazyLock::new(|| {
    Judge::new(documents!["qonto/terminal-payment.json", "qonto/beside.json"])
        .expect("the documents under tests/schemas are schemas")
});

static DINTERO: LazyLock<Judge> = LazyLock::new(|| {
    Judge::new(documents!["dintero/payments.json"])
        .expect("the documents under tests/schemas are schemas")
});

static CENTRAPAY: LazyLock<Judge> = LazyLock::new(|| {
    Judge::new(documents!["centrapay/payment-requests.json"])
        .expect("the documents under tests/schemas are schemas")
});

/// The judge of a provider; none where nothing is public to judge it by: VINR publishes pages that
/// call themselves representative, and no schema.
#[must_use]
pub fn of(provider: &str) -> Option<&'static Judge> {
    match provider {
        "qonto" => Some(&QONTO),
        "dintero" => Some(&DINTERO),
        "centrapay" => Some(&CENTRAPAY),
        _ => None,
    }
}

impl Judge {
    /// A judge by these documents; an operation belongs to the first that describes it.
    ///
    /// # Errors
    /// What is no JSON, or no schema.
    pub fn new(documents: &[&str]) -> Result<Self, String> {
        let documents: Result<_, _> = documents.iter().map(|text| Document::read(text)).collect();
        Ok(Self { documents: documents? })
    }

    /// Judges a request and what was answered; no answer is one that a gateway before the API made.
    #[must_use]
    pub fn exchange(&self, request: &Request, response: Option<&Response>) -> Judged {
        let mut judged = Judged::default();
        let found = self.documents.iter().find_map(|document| {
            document.find(request).map(|operation| (document.title.clone(), operation))
        });
        let Some((title, operation)) = found else {
            return Judged { undescribed_requests: 1, undescribed_answers: 1, ..judged };
        };
        judged.violations = operation.request_faults(request);
        let faults = response.and_then(|response| operation.answer_faults(response));
        let answers = u64::from(faults.is_some());
        judged.described.insert(title, (1, answers));
        judged.undescribed_answers = 1 - answers;
        judged.violations.extend(faults.into_iter().flatten());
        judged
    }

    /// Judges what a notification of this name carries; none where no document describes it.
    #[must_use]
    pub fn notification(&self, name: &str, body: &Value) -> Option<Vec<String>> {
        self.documents.iter().find_map(|document| document.notification_faults(name, body))
    }
}

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
