//! Dintero, behind its real adapter, with its callbacks and webhooks signed and checked.

use std::sync::Arc;

use tillkit_model::ids::ChargeId;
use tillkit_model::provider::{Delivery, Desk, Hint, Secret, Settings, Trust, dintero};
use tillkit_model::time::{BootId, Moment};

use super::{Cast, Casting, Row, Shop, TERMINALS};
use crate::fakes::dintero::{Delivered, Dintero, Rules, Shop as Merchant, callback, webhook};
use crate::fakes::ledger::Charge;
use crate::world::mutants::{Mutant, mutant};
use crate::world::verdict::{Cause, Verdict};

const ACCOUNT: &str = "T12345678";
const CALLBACK: &str = "https://pos.example/dintero";
const SECRET: &str = "callback-and-webhook";

/// Dintero's row: a lost create leaves no key, and nothing there ends a session that nobody pays.
pub(super) static ROW: Row = Row {
    name: "dintero",
    shop: Shop { terminal: Some(terminal), currency: "NOK", patient: true, scan: None },
    cast,
    bounds: &[
        (Cause::NoTraceNoProof, 270),
        (Cause::UndecidedThere, 270),
        (Cause::OperationWithoutTrace, 50),
        (Cause::Restored, 60),
    ],
    mutants: MUTANTS,
};

const MUTANTS: &[Mutant] = &[
    mutant("dintero_second_create", Verdict::DoubleCharge),
    mutant("dintero_refund_repeated", Verdict::DoubleMove),
    mutant("dintero_expired_taken_for_proof", Verdict::FalseNotPaid),
    mutant("dintero_refused_cancel_believed", Verdict::FalseNotPaid),
    mutant("dintero_silent_declines", Verdict::RuleBroken),
];

fn terminal(number: usize) -> String {
    format!("{ACCOUNT}-T{:04}", number + 1)
}

fn settings() -> Settings {
    let pairs = [
        ("account_id", ACCOUNT),
        ("client_id", "client"),
        ("client_secret", "secret"),
        ("profile_id", "in-person"),
        ("store_id", "store-7"),
        ("payout_destination_id", "seller-1"),
        ("callback_url", CALLBACK),
        ("callback_secrets", SECRET),
    ];
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn cast(casting: &mut Casting<'_>) -> Cast {
    let habits = casting.habits(true, true);
    let setup = dintero::set_up(&settings()).expect("these settings are whole");
    let merchant = Merchant {
        account: ACCOUNT.into(),
        profile: "in-person".into(),
        store: "store-7".into(),
        payout_destination: "seller-1".into(),
        terminals: (0..TERMINALS).map(|number| terminal(number).into()).collect(),
    };
    let coin = |casting: &mut Casting<'_>| casting.draws.chance(500);
    let rules =
        Rules { late_transaction: coin(casting), wrapped_list: coin(casting), ..Rules::WORST };
    let desk = setup.desk;
    Cast {
        adapter: setup.adapter,
        provider: Box::new(Dintero::new(merchant, rules, habits)),
        listener: Some(Box::new(move |charge, now_ms| heard(&desk, charge, now_ms))),
        readings: rules.readings(),
    }
}

/// One of two ways by which the merchant is told, through the adapter's own checks.
fn heard(desk: &Arc<dyn Desk>, charge: &Charge, now_ms: u64) -> Option<Hint> {
    let secret = Secret::new(SECRET);
    let delivered = if by_callback(&charge.id) {
        callback(charge, CALLBACK, ACCOUNT, &secret, now_ms)?
    } else {
        webhook(charge, CALLBACK, ACCOUNT, &secret, now_ms)
    };
    let Delivered { method, url, headers, body } = delivered;
    let headers: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let delivery = Delivery { method, url: &url, headers: &headers, body: &body };
    let trust = Trust { secrets: &[secret], public_url: Some(CALLBACK), keys: None };
    let now = Moment { wall_ms: now_ms as i64, boot_ms: now_ms, boot: BootId(1) };
    let notice = desk.notified(&delivery, &trust, &now).expect("it is signed and whole");
    notice.hints.into_iter().next()
}

fn by_callback(charge: &ChargeId) -> bool {
    charge.as_str().bytes().last().is_some_and(|digit| digit.is_multiple_of(2))
}
