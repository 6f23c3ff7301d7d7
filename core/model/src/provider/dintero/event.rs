//! A transaction's events: what was done to it, in Dintero's words.

use serde::Deserialize;
use serde_json::Value;

use crate::ids::Reference;
use crate::money::{Currency, Money};
use crate::payment::event::Reason;
use crate::payment::sighting::SeenOperation;
use crate::provider::words_of;

/// What an event's word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// The payment began.
    Initialize,
    /// The card was asked.
    Authorize,
    /// Money was taken.
    Capture,
    /// Money was given back.
    Refund,
    /// The approval was undone.
    Void,
    /// One of the three was taken on and is not done.
    Begun,
    /// Money was paid out, which is no till's business.
    Settlement,
}

/// Every word; Dintero's example writes the first one shorter than its list does.
pub(super) const DEEDS: &[(&str, Deed)] = &[
    ("INITIALIZE", Deed::Initialize),
    ("INITIATE", Deed::Initialize),
    ("AUTHORIZE", Deed::Authorize),
    ("CAPTURE", Deed::Capture),
    ("REFUND", Deed::Refund),
    ("VOID", Deed::Void),
    ("INITIATE_CAPTURE", Deed::Begun),
    ("INITIATE_REFUND", Deed::Begun),
    ("INITIATE_VOID", Deed::Begun),
    ("SETTLEMENT", Deed::Settlement),
];

/// One event. What only decorates is read leniently: it must never make the rest unreadable.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Event {
    event: String,
    #[serde(default)]
    success: Option<bool>,
    #[serde(default)]
    amount: Option<i64>,
    #[serde(default)]
    id: Value,
    #[serde(default)]
    event_reference: Value,
    #[serde(default)]
    request_id: Value,
    #[serde(default)]
    correlation_request_id: Value,
    #[serde(default)]
    error: Value,
    #[serde(default)]
    correction: Value,
    #[serde(default)]
    metadata: Value,
}

/// The events of one transaction.
#[derive(Debug, Clone, Default)]
pub(super) struct Events(Vec<Event>);

impl Events {
    /// Those that can be read; one that cannot takes nothing away from the others.
    pub(super) fn read(list: &Value) -> Self {
        let each = list.as_array().map(Vec::as_slice).unwrap_or_default().iter();
        Self(each.filter_map(|event| Event::deserialize(event).ok()).collect())
    }

    /// Whether one of this kind succeeded.
    pub(super) fn succeeded(&self, deed: Deed) -> bool {
        self.done(deed).next().is_some()
    }

    /// What those of this kind that succeeded add up to; none where one shows no amount.
    pub(super) fn sum(&self, deed: Deed) -> Option<i64> {
        self.done(deed).try_fold(0_i64, |sum, event| sum.checked_add(event.amount?))
    }

    /// Captures and refunds that carry a till's reference.
    pub(super) fn operations(&self, currency: Currency) -> Vec<SeenOperation> {
        let moves = self.0.iter().filter(|event| {
            matches!(event.deed(), Some(Deed::Capture | Deed::Refund | Deed::Begun))
        });
        let seen = moves.filter_map(|event| {
            let amount = event.amount.and_then(|minor| Money::from_minor(minor, currency).ok());
            let reference = Reference::parse(self.reference(event)?).ok()?;
            Some(SeenOperation { reference, amount, took_effect: self.took_effect(event) })
        });
        seen.collect()
    }

    /// Whether a capture failed that Dintero will not try again.
    pub(super) fn capture_failed(&self) -> bool {
        let is_final = |event: &Event| {
            let policy = event.error.get("retry_policy").and_then(|it| it.get("retry_codes"));
            let mut codes = policy.and_then(Value::as_array).into_iter().flatten();
            codes.any(|code| code.as_str() == Some("DO_NOT_RETRY"))
        };
        let failed =
            |event: &&Event| event.deed() == Some(Deed::Capture) && event.success == Some(false);
        self.0.iter().filter(failed).any(is_final)
    }

    /// The words for the last failure.
    pub(super) fn failure(&self) -> Option<Reason> {
        self.0.iter().rev().find_map(|event| reason(&event.error))
    }

    /// The first text of this name among what the terminal said of the payment.
    pub(super) fn said(&self, name: &str) -> Option<&str> {
        let mut texts = self.0.iter().rev().filter_map(|event| event.metadata.get(name)?.as_str());
        texts.find(|text| !text.is_empty())
    }

    fn done(&self, deed: Deed) -> impl Iterator<Item = &Event> {
        self.0.iter().filter(move |event| event.deed() == Some(deed) && event.success == Some(true))
    }

    /// What finishes a request that was only taken on may name that request alone.
    fn reference<'a>(&'a self, event: &'a Event) -> Option<&'a str> {
        let own = event.event_reference.as_str().filter(|reference| !reference.is_empty());
        own.or_else(|| {
            let request = event.correlation_request_id.as_str()?;
            let began = |other: &&Event| other.request_id.as_str() == Some(request);
            self.0.iter().filter(began).find_map(|other| other.event_reference.as_str())
        })
    }

    /// A failure that was corrected later decides nothing.
    fn took_effect(&self, event: &Event) -> Option<bool> {
        match (event.deed(), event.success) {
            (Some(Deed::Begun), Some(false)) => Some(false),
            (Some(Deed::Begun), _) => None,
            (_, Some(false)) if self.is_corrected(event) => None,
            (_, success) => success,
        }
    }

    fn is_corrected(&self, event: &Event) -> bool {
        let names = |other: &Event| {
            let ids = other.correction.get("event_ids").and_then(Value::as_array);
            ids.is_some_and(|ids| !event.id.is_null() && ids.contains(&event.id))
        };
        !event.correction.is_null() || self.0.iter().any(names)
    }
}

impl Event {
    fn deed(&self) -> Option<Deed> {
        deed(&self.event)
    }
}

/// What a word means, in any case.
pub(super) fn deed(word: &str) -> Option<Deed> {
    let row = DEEDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
    row.map(|(_, deed)| *deed)
}

/// The first of an error's types is what happened to the card; its code is free text.
pub(super) fn reason(error: &Value) -> Option<Reason> {
    let types = error.get("type").and_then(Value::as_array);
    let kind = types.and_then(|types| types.iter().find_map(Value::as_str));
    let code = error.get("code").and_then(Value::as_str);
    let message = error.get("message").and_then(Value::as_str);
    let named = kind.or(code).or(message)?;
    let detail =
        message.filter(|message| *message != named).map(|message| words_of(message).into());
    Some(Reason { code: words_of(named).into(), detail, trace: None })
}
