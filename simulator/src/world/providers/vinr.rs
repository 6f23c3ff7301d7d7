//! VINR, behind its real adapter: in the cloud and straight at the terminal.

use serde_json::{Value, json};
use tillkit_model::provider::vinr::{NAME, SIGNATURE_HEADERS, sign};
use tillkit_model::provider::{Delivery, Hint, Secret, Settings, Setup, Trust, provider};
use tillkit_model::time::{BootId, Moment};

use super::{Cast, Casting, Row, Shop, TERMINALS};
use crate::fakes::ledger::Charge;
use crate::fakes::vinr::show::{self, Note};
use crate::fakes::vinr::{Rules, Tips, Vinr};
use crate::world::mutants::{Mutant, mutant};
use crate::world::verdict::{Cause, Verdict};

/// VINR's row.
pub(super) static ROW: Row = Row {
    name: "vinr",
    shop: Shop { terminal: Some(terminal), currency: "EUR", patient: true, scan: None },
    cast,
    bounds: &[(Cause::NoTraceNoProof, 150), (Cause::UndecidedThere, 150)],
    mutants: MUTANTS,
};

const MUTANTS: &[Mutant] = &[
    // The core's, in lives with this provider: the key is forgotten, and the sale runs again.
    mutant("replay_after_expiry", Verdict::DoubleCharge),
    mutant("vinr_terminal_replayed", Verdict::DoubleCharge),
    mutant("vinr_refused_cancel_believed", Verdict::FalseNotPaid),
    mutant("vinr_conflict_taken_for_refusal", Verdict::FalseNotPaid),
    mutant("vinr_tip_inside_and_on_top", Verdict::TipMistaken),
];

fn terminal(number: usize) -> String {
    format!("trm_{number}")
}

const SECRET: &str = "whsec_of_this_life";

fn cast(casting: &mut Casting<'_>) -> Cast {
    let mut rules = Rules::draw(casting.draws);
    let in_metadata = casting.draws.chance(500);
    // Whoever lets the till's reference travel relies on metadata.
    rules.keeps_metadata |= in_metadata;
    let habits = casting.habits(true, rules.pending_ms.is_none());
    let terminals = (0..TERMINALS).map(|number| terminal(number).into()).collect();
    let Setup { adapter, desk, .. } = set_up(&rules, in_metadata);
    let listener = move |charge: &Charge, now_ms: u64| -> Option<Hint> {
        let body = notification(&rules, charge, now_ms);
        let secret = Secret::new(SECRET);
        let header = sign(&secret, now_ms / 1_000, body.as_bytes());
        let headers = [(SIGNATURE_HEADERS[0], header.as_str())];
        let body = body.as_bytes();
        let delivery = Delivery { method: "POST", url: "/", headers: &headers, body };
        let trust = Trust { secrets: &[secret], public_url: None, keys: None };
        let at = Moment { wall_ms: 0, boot_ms: 0, boot: BootId(1) };
        desk.notified(&delivery, &trust, &at).ok()?.hints.pop()
    };
    Cast {
        adapter,
        provider: Box::new(Vinr::new(rules, terminals, habits)),
        listener: Some(Box::new(listener)),
        readings: rules.readings(),
    }
}

/// The merchant's settings, as a host would write them for the pages that this life believes.
fn set_up(rules: &Rules, in_metadata: bool) -> Setup {
    let mut settings: Vec<(&str, &str)> = vec![
        ("environment", "sandbox"),
        ("merchant_id", "merchant"),
        ("own_id", if in_metadata { "metadata" } else { "reference" }),
        ("tips", if rules.tips == Tips::Beside { "on-top" } else { "included" }),
    ];
    if rules.local {
        let at = [("base_url", "http://192.168.1.42"), ("device_certificate", "made-up")];
        settings.extend([("mode", "local")].into_iter().chain(at));
    } else {
        let signed = [("webhook_scheme", "hmac-sha256-timestamped"), ("webhook_secrets", SECRET)];
        settings.extend([("api_key", "sk_test_made_up")].into_iter().chain(signed));
    }
    let settings: Settings =
        settings.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
    let row = provider(NAME).expect("VINR is registered");
    (row.set_up)(&settings).expect("these settings fit")
}

/// What VINR would notify of a charge.
fn notification(rules: &Rules, charge: &Charge, now_ms: u64) -> String {
    let payment = charge.payment.map(|payment| payment.to_string());
    let note = Note {
        reference: payment.clone().map_or(Value::Null, Value::String),
        metadata: json!({ "tillkit_payment": payment }),
        created_ms: now_ms,
        completed_ms: None,
    };
    let object = show::object(rules, charge, &note);
    json!({
        "id": format!("evt_{}", charge.id), "type": show::event_type(charge),
        "data": { "object": object }, "created": show::seconds(now_ms),
    })
    .to_string()
}
