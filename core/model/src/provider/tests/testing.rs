//! The vectors of `tests/vectors/providers`, as the tests of every provider read them and compare
//! what comes of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use proptest::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::error::Code;
use crate::ids::{ChargeId, OperationId, PaymentId, ProcessId};
use crate::payment::Driver;
use crate::payment::event::Event;
use crate::payment::sighting::Standing;
use crate::provider::{
    Adapter, Finding, Hint, Listed, Notice, Page, Readiness, Reading, Refused, Secret, Settings,
    provider,
};
use crate::sale::Sale;
use crate::time::Moment;
use crate::wire::{Exchange, Response, SendFailure};

/// What every vector of a provider is about, as its `payment.json` tells.
#[derive(Clone, Deserialize)]
pub struct Fixture {
    pub payment: PaymentId,
    pub start: OperationId,
    pub charge: ChargeId,
    /// What is done to it later, where that is told.
    pub operation: Option<OperationId>,
    /// The provider's other id of it, where there is one.
    pub transaction: Option<Box<str>>,
    pub sale: Sale,
}

impl Fixture {
    /// The payment's first event.
    pub fn created(self, adapter: &dyn Adapter, at: Moment) -> Event {
        Event::Created {
            id: self.payment,
            fingerprint: crate::identity::fingerprint(&self.sale),
            sale: Box::new(self.sale),
            at,
            times: adapter.manners().times,
            start: self.start,
            driver: DRIVER,
            screen_clear: Vec::new(),
        }
    }
}

/// Who drives the payments of the vectors.
pub const DRIVER: Driver = Driver { process: ProcessId::from_bytes([7; 16]), epoch: 1 };

fn path(provider: &str, file: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.join(format!("../../tests/vectors/providers/{provider}/{file}.json"))
}

/// A provider's file, as whatever it holds.
pub fn read<T: DeserializeOwned>(provider: &str, file: &str) -> T {
    let path = path(provider, file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("no {}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Compares what each vector of a file comes to with what it says in this field, or writes it down
/// there, where that is asked for.
pub fn hold(provider: &str, file: &str, field: &str, came_to: impl Fn(&Value) -> Value) {
    let mut vectors: Vec<Value> = read(provider, file);
    assert!(!vectors.is_empty(), "{file} has vectors");
    if std::env::var_os("TILLKIT_BLESS").is_some() {
        for vector in &mut vectors {
            vector[field] = came_to(vector);
        }
        // In one step, for other tests read it meanwhile.
        let written = path(provider, file).with_extension("written");
        let text = serde_json::to_string_pretty(&vectors).unwrap() + "\n";
        std::fs::write(&written, text).unwrap();
        std::fs::rename(written, path(provider, file)).unwrap();
    }
    let differs = |vector: &Value| {
        let came = came_to(vector);
        let line = || format!("{}: {came}\n instead of {}", vector["name"], vector[field]);
        (came != vector[field]).then(line)
    };
    let wrong: Vec<String> = vectors.iter().filter_map(differs).collect();
    assert!(wrong.is_empty(), "{provider} {file}:\n{}", wrong.join("\n"));
}

/// An exchange as the vectors write it.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Written {
    NotSent {
        not_sent: String,
    },
    MaybeSent {
        maybe_sent: String,
    },
    Body {
        status: u16,
        headers: BTreeMap<String, String>,
        body: Value,
    },
    Text {
        status: u16,
        headers: BTreeMap<String, String>,
        text: String,
        #[serde(default)]
        truncated: bool,
    },
}

/// What came back in a vector.
pub fn exchange(vector: &Value) -> Exchange {
    written(&vector["exchange"])
}

/// The same, from its own place in the vector.
pub fn written(exchange: &Value) -> Exchange {
    let written =
        Written::deserialize(exchange).unwrap_or_else(|error| panic!("{error} in {exchange}"));
    let (status, headers, text, truncated) = match written {
        Written::NotSent { not_sent } => {
            return Err(SendFailure::NotSent { why: not_sent.into() });
        }
        Written::MaybeSent { maybe_sent } => {
            return Err(SendFailure::MaybeSent { why: maybe_sent.into() });
        }
        Written::Body { status, headers, body } => (status, headers, body.to_string(), false),
        Written::Text { status, headers, text, truncated } => (status, headers, text, truncated),
    };
    let headers = headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
    Ok(Response { status, headers, body: text.into_bytes(), truncated })
}

/// The responses in a file, wherever something came back.
pub fn responses(provider: &str, file: &str) -> Vec<Response> {
    let vectors: Vec<Value> = read(provider, file);
    let told = vectors.iter().filter(|vector| vector.get("exchange").is_some());
    told.filter_map(|vector| exchange(vector).ok()).collect()
}

/// A reading as the vectors write it.
pub fn reading(reading: &Reading) -> Value {
    match reading {
        Reading::Clear(sightings) => json!({ "clear": sightings }),
        Reading::Unclear { why, retry_after_ms } => {
            json!({ "unclear": { "why": why, "retry_after_ms": retry_after_ms } })
        }
    }
}

/// What a desk found, as the vectors write it.
pub fn finding(finding: &Finding) -> Value {
    match finding {
        Finding::Terminals(list) => page("terminals", list, |terminal| {
            let readiness = match terminal.readiness {
                Readiness::Ready => Some(true),
                Readiness::NotReady => Some(false),
                Readiness::Unsaid => None,
            };
            json!({
                "id": terminal.id, "name": terminal.name, "serial": terminal.serial,
                "store": terminal.store, "ready": readiness, "status": terminal.status,
            })
        }),
        Finding::Stores(list) => {
            page("stores", list, |store| json!({ "id": store.id, "name": store.name }))
        }
        Finding::Subscriptions(list) => page("subscriptions", list, |subscription| {
            json!({
                "id": subscription.id, "url": subscription.url, "events": subscription.events,
                "secret": subscription.secret.as_ref().map(Secret::expose),
            })
        }),
        Finding::Payments(list) => page("payments", list, listed),
        Finding::Events(list) => page("events", list, told),
        Finding::Secret(secret) => json!({ "secret": secret.expose() }),
        Finding::TerminalOperation(operation) => json!({ "operation": {
            "id": operation.id, "succeeded": operation.succeeded, "status": operation.status,
        }}),
        Finding::Right(Ok(())) => json!({ "right": true }),
        Finding::Right(Err(missing)) => json!({ "right": false, "missing": missing }),
        Finding::Keys(keys) => {
            let ids: Vec<&str> = keys.keys.iter().map(|(id, _)| &**id).collect();
            json!({ "keys": ids, "life_ms": keys.life_ms })
        }
        Finding::Done => json!({ "done": true }),
    }
}

fn page<T>(name: &str, list: &Page<T>, written: impl Fn(&T) -> Value) -> Value {
    let items: Vec<Value> = list.items.iter().map(written).collect();
    json!({ name: items, "next": list.next })
}

fn listed(listed: &Listed) -> Value {
    let Listed { charge, payment, reference, asked, standing, created_at_ms } = listed;
    json!({
        "charge": charge, "payment": payment, "reference": reference, "asked": asked,
        "standing": standing, "created_at_ms": created_at_ms,
    })
}

/// A hint as the vectors write it.
pub fn hint(hint: &Hint) -> Value {
    json!({ "payment": hint.payment, "sighting": hint.sighting })
}

/// What became of a notification, as the vectors write it.
pub fn notice(came: &Result<Notice, Refused>) -> Value {
    match came {
        Ok(notice) => told(notice),
        Err(Refused::BadSignature) => json!({ "refused": "bad-signature" }),
        Err(Refused::NeedsKeys) => json!({ "refused": "needs-keys" }),
        Err(Refused::Unverifiable { setting }) => {
            json!({ "refused": "unverifiable", "setting": setting })
        }
        Err(Refused::Malformed { why }) => json!({ "refused": "malformed", "why": why }),
    }
}

fn told(Notice { id, hints, consent_revoked }: &Notice) -> Value {
    assert!(!consent_revoked);
    json!({ "id": id, "hints": hints.iter().map(hint).collect::<Vec<_>>() })
}

/// Bytes that are often almost right: the body of an answer with a few of them changed.
pub fn any_body(provider: &str, files: &[&str]) -> impl Strategy<Value = Vec<u8>> {
    let answers = files.iter().flat_map(|file| responses(provider, file));
    let bodies: Vec<Vec<u8>> = answers.map(|response| response.body).collect();
    let changes = any::<Vec<(u16, u8)>>();
    let mutated = (proptest::sample::select(bodies), changes).prop_map(|(mut body, changes)| {
        for (place, byte) in changes {
            if let Some(slot) = body.get_mut(usize::from(place)) {
                *slot = byte;
            }
        }
        body
    });
    prop_oneof![any::<Vec<u8>>(), mutated]
}

/// An answer with this body, and whether it calls itself JSON.
pub fn answer(status: u16, body: Vec<u8>, json: bool, truncated: bool) -> Exchange {
    let kind = if json { "application/json" } else { "text/html" };
    let headers = vec![("content-type".into(), kind.into())];
    Ok(Response { status, headers, body, truncated })
}

/// Whether it says that there is no money, or no more.
pub const fn says_no(standing: &Standing) -> bool {
    matches!(standing, Standing::NotTaken { .. } | Standing::Reversed { .. })
}

/// Holds that each vector has a name of its own, a reason and a source.
pub fn each_says_what_it_is(provider: &str, files: &[&str]) {
    for file in files {
        let groups = match read(provider, file) {
            Value::Object(groups) => groups.into_iter().map(|(_, group)| group).collect(),
            group => vec![group],
        };
        for group in groups {
            let mut names = BTreeSet::new();
            for vector in group.as_array().unwrap() {
                let told = |key: &str| vector[key].as_str().is_some_and(|text| !text.is_empty());
                let tells = told("name") && told("why") && told("source");
                assert!(tells, "{provider} {file}: {vector}");
                let name = vector["name"].to_string();
                assert!(names.insert(name), "{file}: {} comes twice", vector["name"]);
            }
        }
    }
}

/// Settings with these changed, or left out.
pub fn with(base: &Settings, changes: &[(&str, Option<&str>)]) -> Settings {
    changes.iter().fold(base.clone(), |mut settings, (key, value)| {
        match value {
            Some(value) => settings.insert((*key).into(), (*value).into()),
            None => settings.remove(*key),
        };
        settings
    })
}

/// Holds that each change of the settings is refused by this field and this rule, and that no value
/// with `s3cret` in it is shown.
pub fn refuses(name: &str, base: &Settings, misfits: &[(&str, Option<&str>, &str, &str)]) {
    let row = provider(name).unwrap();
    for (key, value, field, rule) in misfits {
        let fault = (row.set_up)(&with(base, &[(key, *value)])).unwrap_err();
        let told = (fault.code, fault.field, fault.rule);
        assert_eq!(told, (Code::InvalidConfiguration, *field, *rule), "{name}: {key}");
        assert!(!format!("{fault:?}").contains("s3cret"), "{fault:?}");
    }
}
