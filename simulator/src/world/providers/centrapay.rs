//! Centrapay, behind its real adapter and its real check of notifications.

use std::sync::Arc;

use tillkit_model::provider::{Delivery, Desk, Hint, Settings, SigningKeys, Trust, centrapay};
use tillkit_model::provider::{Errand, Finding, Secret};
use tillkit_model::sale::SaleRequest;
use tillkit_model::time::{BootId, Moment, to_rfc3339};
use tillkit_model::wire::Response;

use super::{Cast, Casting, Row, Shop};
use crate::fakes::centrapay::{
    self as fake, ACCOUNT, APP_CODE, CONFIG, Centrapay, MERCHANT, QUICK_CODE, Readings,
};
use crate::fakes::ledger::Charge;
use crate::world::mutants::{Mutant, mutant};
use crate::world::verdict::Verdict;

/// Where the shop is told of notifications.
const PUBLIC_URL: &str = "https://till.example/webhooks/centrapay";

/// Centrapay's row.
pub(super) static ROW: Row = Row {
    name: "centrapay",
    shop: Shop { terminal: None, currency: "NZD", patient: false, scan: Some(scan) },
    cast,
    bounds: &[],
    mutants: MUTANTS,
};

const MUTANTS: &[Mutant] = &[
    mutant("resend_without_a_key", Verdict::DoubleCharge),
    mutant("second_request_left", Verdict::RuleBroken),
    mutant("read_after_giving_up", Verdict::PromptOutOfTime),
    mutant("found_list_is_harmless", Verdict::PromptOutOfTime),
    mutant("forbidden_taken_for_absent", Verdict::FalseNotPaid),
    mutant("release_before_confirm", Verdict::RestLost),
    mutant("rest_left_held", Verdict::RestHeld),
    mutant("refund_under_another_reference", Verdict::DoubleMove),
];

/// Customers show the code of a quick-pay card or that of an app.
fn scan(request: &mut SaleRequest) {
    let quick = request.reference.bytes().last().is_some_and(|byte| byte % 2 == 0);
    request.code = Some(Secret::new(if quick { QUICK_CODE } else { APP_CODE }));
}

fn cast(casting: &mut Casting<'_>) -> Cast {
    let readings = if casting.short { Readings::default() } else { Readings::draw(casting.draws) };
    let habits = casting.habits(false, false);
    let setup = centrapay::set_up(&settings(&readings)).expect("these settings are right");
    let listener = listener(Arc::clone(&setup.desk));
    Cast {
        adapter: setup.adapter,
        provider: Box::new(Centrapay::new(readings, habits)),
        listener: Some(Box::new(listener)),
        readings: readings.words(),
    }
}

fn settings(readings: &Readings) -> Settings {
    let right = if readings.list_forbidden { "no" } else { "yes" };
    let pairs = [
        ("environment", "sandbox"),
        ("api_key", "key-1"),
        ("config_id", CONFIG),
        ("merchant_id", MERCHANT),
        ("merchant_account_id", ACCOUNT),
        ("look_up_right", right),
        ("terminal_id", "till-1"),
        ("device_id", "serial-1"),
    ];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// Signs what Centrapay would send of a charge, and has the desk check and translate it; nothing
/// where Centrapay has no such notification.
fn listener(desk: Arc<dyn Desk>) -> impl Fn(&Charge, u64) -> Option<Hint> {
    let keys = keys(desk.as_ref());
    move |charge, now_ms| {
        let (topic, activity) = fake::told(charge)?;
        let at_ms = i64::try_from(now_ms).ok()?;
        let id = format!("{}-{:?}", charge.id, charge.standing);
        let body = fake::notification(&id, topic, &activity, &to_rfc3339(at_ms));
        let header = fake::signed(body.as_bytes(), PUBLIC_URL, now_ms / 1_000);
        let headers = [("Authorization", header.as_str())];
        let delivery =
            Delivery { method: "POST", url: PUBLIC_URL, headers: &headers, body: body.as_bytes() };
        let trust = Trust { secrets: &[], public_url: Some(PUBLIC_URL), keys: Some(&keys) };
        let now = Moment { wall_ms: at_ms, boot_ms: now_ms, boot: BootId(1) };
        let notice = desk.notified(&delivery, &trust, &now).expect("it is signed as documented");
        notice.hints.into_iter().next()
    }
}

fn keys(desk: &dyn Desk) -> SigningKeys {
    let response = Response {
        status: 200,
        headers: vec![("content-type".into(), "application/json".into())],
        body: fake::jwks().into_bytes(),
        truncated: false,
    };
    match desk.answer(&Errand::Keys, &Ok(response)) {
        Ok(Finding::Keys(keys)) => keys,
        other => panic!("the published keys can be read: {other:?}"),
    }
}
