//! The documents of each provider, and judging by them.

use std::sync::LazyLock;

use serde_json::Value;
use tillkit_model::wire::{Request, Response};

use super::Judged;
use super::document::Document;

/// What there is to judge one provider by.
#[derive(Debug)]
pub struct Judge {
    documents: Vec<Document>,
}

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
