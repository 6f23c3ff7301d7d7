mod notices;
mod parts;
mod rules;
mod vectors;

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Centrapay, NAME};
use crate::ids::{ChargeId, OperationId, PaymentId, Reference};
use crate::money::{Currency, Money};
use crate::payment::event::{Answer, Event, Reason, Source};
use crate::payment::sighting::{Ours, SeenOperation, Sighting, Standing};
use crate::payment::{OperationKind, Payment, apply, hold as holds};
use crate::provider::tests::testing::{self, DRIVER};
use crate::provider::{Adapter, Settings, Setup, provider};
use crate::sale::{Account, Capture, Environment, Item, Sale};
use crate::time::{BootId, Moment};
use crate::wire::Request;

const CHARGE: &str = "MhocUmpxxmgdHjr7DgKoKw";
const PAYMENT: &str = "019aa000-0000-7000-8000-000000000001";
const NOW: Moment = Moment { wall_ms: 1_795_132_800_000, boot_ms: 900_000, boot: BootId(1) };

fn settings() -> Settings {
    let pairs = [
        ("environment", "sandbox"),
        ("api_key", "k3y-s3cret"),
        ("config_id", "mc_5efbe2fb96c08357bb2b9242"),
        ("merchant_id", "26d3Cp3rJmbMHnuNJmks2N"),
        ("merchant_account_id", "C4QnjXvj8At6SMsEN4LRi9"),
        ("look_up_right", "yes"),
        ("terminal_id", "till-1"),
        ("device_id", "serial-1"),
    ];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

fn setup(settings: &Settings) -> Setup {
    (provider(NAME).unwrap().set_up)(settings).unwrap()
}

fn adapter() -> Centrapay {
    Centrapay::new(super::Config::parse(&settings()).unwrap().profile)
}

fn money(minor: i64) -> Money {
    Money::from_minor(minor, Currency::parse("NZD").unwrap()).unwrap()
}

fn charge() -> ChargeId {
    ChargeId::parse(CHARGE).unwrap()
}

fn id(digit: u8) -> OperationId {
    let text = "00000000-0000-4000-8000-000000000000".replace('0', &digit.to_string());
    OperationId::parse(&text).unwrap()
}

fn sale() -> Sale {
    Sale {
        account: Account {
            name: crate::ids::AccountName::parse("shop-1").unwrap(),
            provider: NAME.into(),
            merchant: crate::ids::MerchantId::parse("mc_5efbe2fb96c08357bb2b9242").unwrap(),
            environment: Environment::Sandbox,
        },
        terminal: None,
        amount: money(10_000),
        reference: Reference::parse("order-456").unwrap(),
        attempt: 1,
        business_day: None,
        capture: Capture::Automatic,
        allow_part: false,
        metadata: BTreeMap::new(),
        items: Vec::new(),
        customer_absent: false,
        scanned: false,
    }
}

fn items() -> Vec<Item> {
    let item = |name: &str, minor, discount: Option<i64>| Item {
        name: name.into(),
        sku: Some("GH1234".into()),
        quantity: "1".into(),
        amount: money(minor),
        tax_percent: Some("15".into()),
        discount: discount.map(money),
    };
    vec![item("Hard Hat", 4_000, Some(400)), item("Tool Belt", 6_000, None)]
}

fn request() -> Request {
    super::request::create(&adapter().profile, &begun(sale()), Some(60_000))
}

fn begun(sale: Sale) -> Payment {
    let created = Event::Created {
        id: PaymentId::parse(PAYMENT).unwrap(),
        fingerprint: crate::identity::fingerprint(&sale),
        sale: Box::new(sale),
        at: NOW,
        times: adapter().manners().times,
        start: id(1),
        driver: DRIVER,
        screen_clear: Vec::new(),
    };
    apply::apply(None, &created).unwrap()
}

fn after(payment: Payment, event: &Event) -> Payment {
    apply::apply(Some(payment), event).unwrap()
}

fn permitted(payment: Payment, operation: OperationId, request: Option<Request>) -> Payment {
    let request = request.map(Box::new);
    after(payment, &Event::Permitted { operation, at: NOW, driver: DRIVER, request })
}

fn seen(standing: Standing) -> Sighting {
    Sighting { ours: Ours::Yes, ..super::outcome::plain(&charge(), standing) }
}

fn taken(captured: i64) -> Standing {
    Standing::Taken {
        authorized: money(10_000),
        captured: money(captured),
        tip: None,
        returned: None,
        provisional: false,
    }
}

/// A payment in one of the states that the vectors name.
fn payment(state: &str) -> Payment {
    let manual = ["manual", "held", "captur"].iter().any(|start| state.starts_with(start));
    let sale = Sale {
        capture: if manual { Capture::Manual } else { Capture::Automatic },
        items: if manual { items() } else { Vec::new() },
        allow_part: state.starts_with("part"),
        scanned: state.starts_with("code"),
        ..sale()
    };
    let new = permitted(begun(sale), id(1), Some(request()));
    if state.ends_with("sent") {
        let reason = Reason::code("maybe-sent");
        let answer = Answer::Unknown { replayable: true, reason };
        return after(new, &Event::Answered { operation: id(1), number: 1, answer, at: NOW });
    }
    let answer = Answer::Accepted { sightings: vec![seen(Standing::Pending)] };
    let open = after(new, &Event::Answered { operation: id(1), number: 1, answer, at: NOW });
    let observed = |payment, standing| {
        let sighting = Box::new(seen(standing));
        after(payment, &Event::Observed { source: Source::Read, sighting, at: NOW })
    };
    match state {
        "open" | "part" | "manual" | "code" => open,
        "paid" | "code-paid" => observed(open, taken(10_000)),
        "held" => observed(open, taken(0)),
        "held-lost" => after(observed(open, taken(0)), &Event::HistoryLost { at: NOW }),
        "captured" => observed(open, taken(10_000)),
        "captured-part" => drawn(observed(open, taken(0)), 4, 4_000, 4_000),
        "captured-twice" => drawn(payment("captured-part"), 5, 3_000, 7_000),
        "cancelling" => with_operation(open, OperationKind::Cancel, 0, 1),
        "refunding" => {
            with_operation(observed(open, taken(10_000)), OperationKind::Refund, 1_000, 1)
        }
        "capturing" => with_operation(observed(open, taken(0)), OperationKind::Capture, 10_000, 1),
        other => panic!("no vector is about {other}"),
    }
}

/// The same once one more confirmation was seen, so that so much is captured in all.
fn drawn(payment: Payment, number: u8, minor: i64, captured: i64) -> Payment {
    let reference = Reference::parse(&format!("capture-{number}")).unwrap();
    let wished = Event::OperationWished {
        kind: OperationKind::Capture,
        operation: id(number),
        reference: reference.clone(),
        amount: money(minor),
        charge: Some(charge()),
        capture: None,
        last: false,
        at: NOW,
    };
    let done = SeenOperation { reference, amount: Some(money(minor)), took_effect: Some(true) };
    let sighting = Box::new(Sighting { operations: vec![done], ..seen(taken(captured)) });
    let observed = Event::Observed { source: Source::Read, sighting, at: NOW };
    after(after(payment, &wished), &observed)
}

/// The same with an operation that was permitted so often.
fn with_operation(payment: Payment, kind: OperationKind, minor: i64, sends: u32) -> Payment {
    let wish = match kind {
        OperationKind::Cancel => Event::CancelWished { at: NOW, operation: id(3), rest: false },
        OperationKind::Withdraw => {
            Event::WithdrawalWished { operation: id(3), charge: charge(), at: NOW }
        }
        OperationKind::Release => {
            Event::ReleaseWished { operation: id(3), charge: charge(), at: NOW }
        }
        // Whatever is more than nothing is a yes.
        OperationKind::Answer => Event::AnswerWished {
            operation: id(3),
            charge: charge(),
            condition: "1".into(),
            accept: minor > 0,
            at: NOW,
        },
        _ => Event::OperationWished {
            kind,
            operation: id(3),
            reference: Reference::parse(name_of(kind)).unwrap(),
            amount: money(minor),
            charge: None,
            capture: chosen(&payment, kind, minor),
            last: false,
            at: NOW,
        },
    };
    let wished = after(payment, &wish);
    let request = adapter().operate(&wished, operation(&wished), &charge());
    (0..sends).fold(wished, |payment, number| {
        permitted(payment, id(3), request.clone().filter(|_| number == 0))
    })
}

/// The confirmation that a refund is of, as it would be wished.
fn chosen(payment: &Payment, kind: OperationKind, minor: i64) -> Option<OperationId> {
    let fits = |pot: &&holds::Pot<'_>| kind == OperationKind::Refund && pot.left.minor() >= minor;
    holds::pots(payment).iter().find(fits).and_then(|pot| pot.capture)
}

fn name_of(kind: OperationKind) -> &'static str {
    if kind == OperationKind::Capture { "capture-1" } else { "refund-1" }
}

fn operation(payment: &Payment) -> &crate::payment::Operation {
    crate::payment::view::all_operations(payment).find(|known| known.id == id(3)).unwrap()
}

const FILES: &[&str] = &["create", "read", "look_up", "operation", "request", "notification"];

/// Every vector of a file.
fn all(file: &str) -> Vec<Value> {
    testing::read(NAME, file)
}

fn hold(file: &str, field: &str, came_to: impl Fn(&Value) -> Value) {
    testing::hold(NAME, file, field, came_to);
}
