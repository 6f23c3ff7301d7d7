//! A provider in one of its modes, with the payment that its vectors are about.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use tillkit_model::identity;
use tillkit_model::ids::{ChargeId, OperationId, PaymentId, ProcessId};
use tillkit_model::payment::event::Event;
use tillkit_model::payment::{Driver, Operation, OperationKind, Payment, apply};
use tillkit_model::provider::{
    Credentials, Errand, Offer, Provider, Settings, Setup, Tokens, registry,
};
use tillkit_model::sale::{Capture, Sale};
use tillkit_model::time::{BootId, Moment};
use tillkit_model::wire::{Exchange, Response};

/// One row in one mode.
pub struct Cast {
    pub provider: &'static Provider,
    pub offer: &'static Offer,
    pub setup: Setup,
    pub sale: Sale,
    /// Sent, and waiting for its answer.
    pub payment: Payment,
    pub charge: ChargeId,
    /// A payment with each operation that the adapter makes a request of, sent.
    pub operations: Vec<(Payment, Operation)>,
}

#[derive(Deserialize)]
struct Fixture {
    payment: PaymentId,
    start: OperationId,
    charge: ChargeId,
    #[serde(default)]
    transaction: Option<String>,
    sale: Sale,
}

const OPERATION: &str = "5c2e4d3f-6071-4b8c-9dae-1f2031425364";
const DRIVER: Driver = Driver { process: ProcessId::from_bytes([7; 16]), epoch: 1 };

pub const fn at() -> Moment {
    Moment { wall_ms: 1_795_132_800_000, boot_ms: 0, boot: BootId(1) }
}

/// Every row in each of its modes.
pub fn casts() -> Vec<Cast> {
    registry().iter().flat_map(of).collect()
}

/// This row in each of its modes.
pub fn of(provider: &'static Provider) -> Vec<Cast> {
    let settings = settings(provider.name);
    provider.offers.iter().map(|offer| cast(provider, offer, &settings[offer.mode])).collect()
}

/// The settings of each mode.
pub fn settings(provider: &str) -> BTreeMap<String, Settings> {
    serde_json::from_value(read(&folder(provider).join("settings.json"))).unwrap()
}

/// What stands behind its settings: those of each mode, and those with which tokens are asked for.
pub fn setups(provider: &str) -> Vec<Setup> {
    let row = registry().iter().find(|row| row.name == provider).unwrap();
    let settings = settings(provider).into_values().chain(with_tokens(provider));
    settings.map(|settings| (row.set_up)(&settings).unwrap()).collect()
}

/// Settings with which tokens are asked for, where those of no mode do.
fn with_tokens(provider: &str) -> Option<Settings> {
    let pairs: &[(&str, &str)] = match provider {
        "qonto" => &[
            ("environment", "production"),
            ("organization_id", "org-1"),
            ("client_id", "client-1"),
            ("client_secret", "secret-1"),
        ],
        _ => return None,
    };
    Some(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
}

/// Whoever asks for its tokens.
pub fn tokens(provider: &str) -> Vec<Arc<dyn Tokens>> {
    let credentials = setups(provider).into_iter().map(|setup| setup.credentials);
    let tokens = credentials.filter_map(|credentials| match credentials {
        Credentials::Tokens(tokens) => Some(tokens),
        Credentials::Fixed(_) => None,
    });
    tokens.collect()
}

/// Every file of vectors of a provider.
pub fn vectors(provider: &str) -> Vec<Value> {
    let files = std::fs::read_dir(folder(provider)).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<PathBuf> = files.collect();
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

/// Every case in them, however a file groups its own.
pub fn cases(provider: &str) -> Vec<Value> {
    let groups = vectors(provider).into_iter().flat_map(|file| match file {
        Value::Object(groups) => groups.into_iter().map(|(_, group)| group).collect(),
        group => vec![group],
    });
    let cases = groups.filter_map(|group| group.as_array().cloned());
    cases.flatten().filter(Value::is_object).collect()
}

fn folder(provider: &str) -> PathBuf {
    let roots = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let mut vectors = roots.map(|root| root.join("tests/vectors/providers"));
    vectors.find(|vectors| vectors.is_dir()).unwrap().join(provider)
}

fn read(file: &Path) -> Value {
    let text = std::fs::read_to_string(file).unwrap_or_else(|_| {
        panic!("{} is missing: a row needs settings.json and payment.json", file.display())
    });
    serde_json::from_str(&text).unwrap()
}

fn cast(provider: &'static Provider, offer: &'static Offer, settings: &Settings) -> Cast {
    let setup = (provider.set_up)(settings).unwrap();
    let vector = read(&folder(provider.name).join("payment.json"));
    let Fixture { payment, start, charge, transaction, sale } =
        serde_json::from_value(vector).unwrap();
    let created = |sale: &Sale| {
        let event = Event::Created {
            id: payment,
            fingerprint: identity::fingerprint(sale),
            sale: Box::new(sale.clone()),
            at: at(),
            times: setup.adapter.manners().times,
            start,
            driver: DRIVER,
            screen_clear: Vec::new(),
        };
        let created = apply::apply(None, &event).unwrap();
        let request = Some(Box::new(setup.adapter.start(&created, Some(60_000))));
        apply::apply(
            Some(created),
            &Event::Permitted { operation: start, at: at(), driver: DRIVER, request },
        )
        .unwrap()
    };
    let kinds = [OperationKind::Cancel, OperationKind::Capture, OperationKind::Refund];
    let operations = kinds.into_iter().filter_map(|kind| {
        let capture = match kind {
            OperationKind::Capture => Capture::Manual,
            _ => Capture::Automatic,
        };
        let before = created(&Sale { capture, ..sale.clone() });
        operated(&setup, before, kind, &charge, transaction.as_deref())
    });
    let operations = operations.collect();
    let payment = created(&sale);
    Cast { provider, offer, setup, sale, payment, charge, operations }
}

/// The payment with one operation wished and sent.
fn operated(
    setup: &Setup,
    before: Payment,
    kind: OperationKind,
    charge: &ChargeId,
    transaction: Option<&str>,
) -> Option<(Payment, Operation)> {
    let amount = before.sale.amount;
    let captured = if kind == OperationKind::Refund { json!(amount) } else { zero(&json!(amount)) };
    let standing = match kind {
        OperationKind::Cancel => json!({ "standing": "pending" }),
        _ => json!({
            "standing": "taken", "authorized": amount, "captured": captured, "provisional": false,
        }),
    };
    let mut sighting = json!({
        "charge": charge, "ours": "yes", "asked": amount, "standing": standing, "terminal": null,
    });
    if let (Some(transaction), OperationKind::Capture | OperationKind::Refund) = (transaction, kind)
    {
        sighting["details"] = json!({ "transaction": transaction });
    }
    let wish = match kind {
        OperationKind::Cancel => {
            json!({ "event": "cancel-wished", "at": at(), "operation": OPERATION })
        }
        _ => json!({
            "event": "operation-wished", "kind": kind, "operation": OPERATION, "at": at(),
            "reference": "operation-1", "amount": amount,
        }),
    };
    let seen = json!({ "event": "observed", "source": "read", "sighting": sighting, "at": at() });
    let wished = [seen, wish].into_iter().fold(before, |payment, event| {
        let event: Event = serde_json::from_value(event).unwrap();
        apply::apply(Some(payment), &event).unwrap()
    });
    let request = setup.adapter.operate(&wished, &only_operation(&wished)?, charge)?;
    let operation = OperationId::parse(OPERATION).unwrap();
    let request = Some(Box::new(request));
    let permitted = Event::Permitted { operation, at: at(), driver: DRIVER, request };
    let payment = apply::apply(Some(wished), &permitted).unwrap();
    let operation = only_operation(&payment)?;
    Some((payment, operation))
}

fn only_operation(payment: &Payment) -> Option<Operation> {
    payment.operations.first().or(payment.cancel.as_deref()).cloned()
}

fn zero(amount: &Value) -> Value {
    json!({ "minor": 0, "currency": amount["currency"] })
}

/// An answer of this status.
pub fn answer(status: u16, content_type: &str, body: &[u8], truncated: bool) -> Exchange {
    Ok(Response {
        status,
        headers: vec![("content-type".into(), content_type.into())],
        body: body.to_vec(),
        truncated,
    })
}

/// One errand of each kind, with these words wherever a till or a provider fills one in, and where
/// a list goes on.
pub fn errands(word: &str, cursor: &str) -> Vec<Errand> {
    let (word, cursor) = (|| word.to_owned(), || Some(cursor.to_owned()));
    vec![
        Errand::Terminals { cursor: cursor() },
        Errand::Terminal { id: word() },
        Errand::RegisterTerminal { serial: word(), store: Some(word()), model: None },
        Errand::RegisterStore { id: word(), name: word(), organization: Some(word()) },
        Errand::Stores { cursor: cursor() },
        Errand::Subscribe { url: "https://pos.example/d".into(), events: Vec::new() },
        Errand::Subscriptions { cursor: cursor() },
        Errand::Unsubscribe { id: word() },
        Errand::CallbackSecret,
        Errand::Payments { from: at(), to: at(), cursor: cursor() },
        Errand::Events { since: at(), cursor: cursor() },
        Errand::TerminalOperation {
            terminal: word(),
            operation: "end_of_day".into(),
            key: OPERATION.into(),
        },
        Errand::TerminalOperationRead { terminal: word(), id: word() },
        Errand::PayoutDestination,
        Errand::Profile,
        Errand::LookUpRight,
        Errand::Keys,
    ]
}

impl Cast {
    /// Provider and mode, for those who read that something failed.
    pub fn name(&self) -> String {
        format!("{} ({})", self.provider.name, self.offer.mode)
    }
}
