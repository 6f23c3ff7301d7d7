use super::{Fixture, fixture};
use crate::error::Code;
use crate::ids::ProcessId;
use crate::payment::event::Event;
use crate::payment::{Driver, Payment, apply};
use crate::provider::qonto::Qonto;
use crate::provider::{Adapter, Fault};
use crate::sale::metadata::carried;
use crate::sale::{Asked, Capture, References, Sale, SaleRequest, capability, parse, rules};
use crate::secret::Secret;
use crate::time::{BootId, Moment};

const NOW: Moment = Moment { wall_ms: 1_795_132_800_000, boot_ms: 5_000, boot: BootId(1) };
const TERMINAL: &str = "a1b2c3d4-e5f6-7890-abcd-ef1234567890";

/// All the checks in the engine's order, before anything is sent.
fn check(request: &SaleRequest) -> Result<Sale, Fault> {
    let sale = parse(request, &fixture().sale.account, &References::Unique, &NOW)?;
    rules(request, &sale, Qonto.capabilities(), &Qonto.manners().times)?;
    capability(&sale, Qonto.capabilities())?;
    Qonto.check(&sale)?;
    Ok(sale)
}

fn with(change: impl FnOnce(&mut SaleRequest)) -> SaleRequest {
    let mut request = SaleRequest::new("shop-1", Some(TERMINAL), "13.30", "EUR", "order-456");
    change(&mut request);
    request
}

fn of(amount: &str, currency: &str) -> SaleRequest {
    SaleRequest::new("shop-1", Some(TERMINAL), amount, currency, "order-456")
}

#[test]
fn each_limit_is_kept_before_the_network_with_field_rule_and_limit() {
    use Code::{InvalidAmount, InvalidField, Unsupported};
    let table = [
        ("the least", of("0.10", "EUR"), None),
        ("below it", of("0.09", "EUR"), Some((InvalidAmount, "amount", Some("0.10 EUR")))),
        ("nothing", of("0.00", "EUR"), Some((InvalidAmount, "amount", None))),
        ("the most", of("100000.00", "EUR"), None),
        (
            "above it",
            of("100000.01", "EUR"),
            Some((InvalidAmount, "amount", Some("100000.00 EUR"))),
        ),
        ("dollars", of("13.30", "USD"), Some((Unsupported, "currency", Some("EUR")))),
        ("crowns", of("13.30", "NOK"), Some((Unsupported, "currency", Some("EUR")))),
        ("no terminal", with(|sale| sale.terminal = None), Some((InvalidField, "terminal", None))),
        (
            "a serial number for a terminal",
            with(|sale| sale.terminal = Some("S1F2-000158252426226".into())),
            Some((InvalidField, "terminal", None)),
        ),
        (
            "a path for a terminal",
            with(|sale| sale.terminal = Some("../../v2/terminals?x=%2F&y=1#aaaaaaa".into())),
            Some((InvalidField, "terminal", None)),
        ),
        (
            "another host for a terminal",
            with(|sale| sale.terminal = Some("@elsewhere.example/90-abcd-ef1234567".into())),
            Some((InvalidField, "terminal", None)),
        ),
        (
            "manual capture",
            with(|sale| sale.capture = Capture::Manual),
            Some((Unsupported, "capture", None)),
        ),
        (
            "part payment",
            with(|sale| sale.allow_part = true),
            Some((Unsupported, "allow_part", None)),
        ),
        (
            "a customer elsewhere",
            with(|sale| sale.customer_absent = true),
            Some((Unsupported, "customer_absent", None)),
        ),
        (
            "a scanned code",
            with(|sale| sale.code = Some(Secret::new("12345678"))),
            Some((Unsupported, "code", None)),
        ),
        ("minor units", with(|sale| sale.amount = Asked::Minor(10)), None),
        (
            "minor units below the least",
            with(|sale| sale.amount = Asked::Minor(9)),
            Some((InvalidAmount, "amount", Some("0.10 EUR"))),
        ),
    ];
    for (name, request, refused) in table {
        let fault = check(&request).err();
        let told = fault.as_ref().map(|fault| (fault.code, fault.field, fault.limit.as_deref()));
        assert_eq!(told, refused, "{name}: {fault:?}");
    }
}

/// The till's notes with one of so many letters, and how many bytes all of it has.
fn noted(letter: char, letters: usize) -> (SaleRequest, usize) {
    let request = with(|sale| {
        sale.metadata.insert("note".into(), String::from(letter).repeat(letters));
    });
    let sale = Sale {
        metadata: request
            .metadata
            .iter()
            .map(|(key, value)| (key.as_str().into(), value.as_str().into()))
            .collect(),
        ..fixture().sale
    };
    let bytes = serde_json::to_vec(&carried(&sale, fixture().payment)).unwrap().len();
    (request, bytes)
}

#[test]
fn metadata_has_a_thousand_bytes_with_ours_inside_whatever_its_letters() {
    for (letter, bytes_each) in [('x', 1), ('é', 2), ('"', 2), ('💳', 4)] {
        let (_, bare) = noted(letter, 0);
        let fitting = (1_000 - bare) / bytes_each;
        let (request, bytes) = noted(letter, fitting);
        assert!(bytes <= 1_000 && check(&request).is_ok(), "{letter} {bytes}");
        let (request, bytes) = noted(letter, fitting + 1);
        assert!(bytes > 1_000, "{letter} {bytes}");
        let fault = check(&request).unwrap_err();
        assert_eq!((fault.field, fault.rule), ("metadata", "max-bytes"));
        assert_eq!(fault.limit.as_deref(), Some("1000"));
    }
}

#[test]
fn what_is_sent_keeps_every_limit_as_it_was_checked() {
    for amount in ["0.10", "13.30", "100000.00"] {
        let request = with(|sale| {
            sale.amount = Asked::Text(amount.into());
            sale.metadata.insert("note".into(), "\"\\ é 💳".repeat(20));
        });
        let sale = check(&request).unwrap();
        let sent = Qonto.start(&paying(sale), None);
        let body: serde_json::Value = serde_json::from_str(sent.body.as_deref().unwrap()).unwrap();
        assert_eq!(body["amount"], serde_json::json!({ "value": amount, "currency": "EUR" }));
        assert!(body["metadata"].is_object());
        assert!(body["metadata"].to_string().len() <= 1_000);
    }
}

fn paying(sale: Sale) -> Payment {
    let Fixture { payment: id, start, .. } = fixture();
    let created = Event::Created {
        id,
        fingerprint: crate::identity::fingerprint(&sale),
        sale: Box::new(sale),
        at: NOW,
        times: Qonto.manners().times,
        start,
        driver: Driver { process: ProcessId::from_bytes([7; 16]), epoch: 1 },
        screen_clear: Vec::new(),
    };
    apply::apply(None, &created).unwrap()
}
