use crate::error::{Code, Error};
use crate::ids::{AccountName, MerchantId, PaymentId};
use crate::sale::metadata::carried;
use crate::sale::{
    Account, Asked, Capabilities, Capture, Environment, Fault, Presence, References,
};
use crate::sale::{Sale, SaleRequest, Times, capability, parse, rules};
use crate::time::{BootId, Moment};

const NOW: Moment = Moment { wall_ms: 1_795_132_800_000, boot_ms: 5_000, boot: BootId(1) };
const USUAL: Times = Times { start_by_ms: 90_000, expires_ms: None, settle_by_ms: 120_000 };
const STRICT: Capabilities = Capabilities {
    terminal: Presence::Required,
    currencies: &["EUR"],
    amount_min_minor: Some(10),
    amount_max_minor: Some(10_000_000),
    metadata_bytes_max: Some(1_000),
    manual_capture: false,
    part_payment: false,
    cancel: false,
    refund: false,
    ..Capabilities::BARE
};
const LENIENT: Capabilities = Capabilities {
    terminal: Presence::Optional,
    currencies: &[],
    amount_min_minor: None,
    amount_max_minor: None,
    metadata_bytes_max: Some(1_000),
    manual_capture: true,
    part_payment: true,
    cancel: true,
    refund: true,
    ..Capabilities::BARE
};

fn account() -> Account {
    Account {
        name: AccountName::parse("shop-1").unwrap(),
        provider: "qonto".into(),
        merchant: MerchantId::parse("org-1").unwrap(),
        environment: Environment::Sandbox,
    }
}

pub(super) fn good() -> SaleRequest {
    SaleRequest::new("shop-1", Some("t-1"), "13.30", "EUR", "order-456")
}

fn with(change: impl FnOnce(&mut SaleRequest)) -> SaleRequest {
    let mut request = good();
    change(&mut request);
    request
}

/// All three steps in their order, as the engine takes them for a new sale.
pub(super) fn validate(
    request: &SaleRequest,
    capabilities: &Capabilities,
) -> Result<(Sale, Times), Fault> {
    let sale = parse(request, &account(), &References::Unique, &NOW)?;
    let times = rules(request, &sale, capabilities, &USUAL)?;
    capability(&sale, capabilities)?;
    Ok((sale, times))
}

pub(super) fn first_fault(
    request: &SaleRequest,
    capabilities: &Capabilities,
) -> (Code, &'static str, &'static str) {
    let fault = validate(request, capabilities).unwrap_err();
    (fault.code, fault.field, fault.rule)
}

#[test]
fn a_good_request_becomes_exactly_that_sale() {
    let request = with(|request| {
        request.metadata.insert("table".into(), "12".into());
    });
    let (sale, times) = validate(&request, &STRICT).unwrap();
    assert_eq!(sale.amount.to_string(), "13.30 EUR");
    assert_eq!(sale.terminal.unwrap().as_str(), "t-1");
    assert_eq!((sale.reference.as_str(), sale.attempt), ("order-456", 1));
    assert_eq!((sale.account, sale.business_day), (account(), None));
    assert_eq!((sale.capture, sale.allow_part), (Capture::Automatic, false));
    assert_eq!(sale.metadata.get("table").map(|value| &**value), Some("12"));
    assert_eq!(times, USUAL);
}

#[test]
fn an_amount_may_come_in_minor_units_under_that_name() {
    let request = with(|request| request.amount = Asked::Minor(1_330));
    assert_eq!(validate(&request, &STRICT).unwrap().0.amount.to_string(), "13.30 EUR");
    let request = with(|request| request.amount = Asked::Minor(-1));
    assert_eq!(first_fault(&request, &STRICT), (Code::InvalidAmount, "amount", "not-negative"));
}

#[test]
fn a_daily_reference_carries_its_day() {
    let references = References::PerDay { offset_minutes: 60, hour: 4 };
    let sale = parse(&good(), &account(), &references, &NOW).unwrap();
    assert_eq!(&*sale.business_day.unwrap().0, "2026-11-19");
}

/// Breaks one thing of a request more.
type Break = fn(&mut SaleRequest);

/// Every check, in the order in which it speaks: what breaks it, and what it then says.
const ORDER: &[(Break, Code, &str, &str)] = &[
    (|r| r.currency = "euro".into(), Code::InvalidField, "currency", "three-capital-letters"),
    (|r| r.amount = Asked::Text("13,30".into()), Code::InvalidAmount, "amount", "point-not-comma"),
    (|r| r.reference = "order 456".into(), Code::InvalidField, "reference", "visible-ascii"),
    (|r| r.attempt = 0, Code::InvalidField, "attempt", "range"),
    (|r| r.terminal = Some("é".into()), Code::InvalidField, "terminal", "visible-ascii"),
    (|r| r.terminal = None, Code::InvalidField, "terminal", "required"),
    (|r| r.amount = Asked::Text("0.09".into()), Code::InvalidAmount, "amount", "at-least"),
    (|r| note(r, "tillkit_x", "1"), Code::InvalidField, "metadata", "reserved-key"),
    (|r| note(r, "z", &"x".repeat(1_000)), Code::InvalidField, "metadata", "max-bytes"),
    (|r| r.start_by_ms = Some(4_999), Code::InvalidField, "start_by_ms", "at-least"),
    (|r| r.settle_by_ms = Some(90_000), Code::InvalidField, "settle_by_ms", "after-start-by"),
    (|r| r.currency = "USD".into(), Code::Unsupported, "currency", "one-of"),
    (|r| r.capture = Capture::Manual, Code::Unsupported, "capture", "automatic-only"),
    (|r| r.allow_part = true, Code::Unsupported, "allow_part", "whole-amount-only"),
];

fn note(request: &mut SaleRequest, key: &str, value: &str) {
    request.metadata.insert(key.into(), value.into());
}

#[test]
fn each_check_speaks_for_itself() {
    for (break_it, code, field, rule) in ORDER {
        assert_eq!(first_fault(&with(break_it), &STRICT), (*code, *field, *rule));
    }
}

#[test]
fn of_two_broken_rules_the_earlier_one_speaks() {
    for (place, (break_earlier, code, field, rule)) in ORDER.iter().enumerate() {
        for (break_later, _, later, later_rule) in &ORDER[place + 1..] {
            // One field cannot break two of its rules at once, except notes; and the range is not
            // that of another currency.
            let one_field = field == later && *field != "metadata";
            if one_field || (*rule, *later) == ("at-least", "currency") {
                continue;
            }
            let request = with(|request| {
                break_later(request);
                break_earlier(request);
            });
            let fault = first_fault(&request, &STRICT);
            assert_eq!(fault, (*code, *field, *rule), "with {later} {later_rule}");
        }
    }
}

#[test]
fn limits_are_inclusive() {
    #[rustfmt::skip]
    let table: [(Break, Option<(&str, &str)>); 20] = [
        (|r| r.amount = Asked::Text("0.10".into()),       None),
        (|r| r.amount = Asked::Text("100000.00".into()),  None),
        (|r| r.amount = Asked::Text("100000.01".into()),  Some(("at-most", "100000.00 EUR"))),
        (|r| r.amount = Asked::Text("0.09".into()),       Some(("at-least", "0.10 EUR"))),
        (|r| r.reference = "x".repeat(64),                None),
        (|r| r.reference = "x".repeat(65),                Some(("visible-ascii", "64"))),
        (|r| r.reference = String::new(),                 Some(("visible-ascii", "64"))),
        (|r| r.terminal = Some("x".repeat(128)),          None),
        (|r| r.terminal = Some("x".repeat(129)),          Some(("visible-ascii", "128"))),
        (|r| r.attempt = 99,                              None),
        (|r| r.attempt = 100,                             Some(("range", "99"))),
        (|r| r.start_by_ms = Some(5_000),                 None),
        (|r| times(r, 600_000, 600_001),                  None),
        (|r| times(r, 600_001, 700_000),                  Some(("at-most", "600000"))),
        (|r| times(r, 600_000, 600_000),                  Some(("after-start-by", "600000"))),
        (|r| r.start_by_ms = Some(120_000),               Some(("after-start-by", "120000"))),
        (|r| r.settle_by_ms = Some(90_001),               None),
        (|r| times(r, 600_000, 900_000),                  None),
        (|r| times(r, 600_000, 900_001),                  Some(("at-most", "900000"))),
        (|r| times(r, u64::MAX, u64::MAX),                Some(("at-most", "600000"))),
    ];
    for (number, (change, expected)) in table.into_iter().enumerate() {
        let fault = validate(&with(change), &STRICT).err();
        let said = fault.map(|fault| (fault.rule, fault.limit.unwrap()));
        let expected = expected.map(|(rule, limit)| (rule, limit.to_owned()));
        assert_eq!(said, expected, "row {number}");
    }
}

fn times(request: &mut SaleRequest, start_by_ms: u64, settle_by_ms: u64) {
    request.start_by_ms = Some(start_by_ms);
    request.settle_by_ms = Some(settle_by_ms);
}

#[test]
fn nothing_is_never_for_sale() {
    let request = with(|request| request.amount = Asked::Text("0.00".into()));
    for capabilities in [STRICT, LENIENT] {
        let fault = first_fault(&request, &capabilities);
        assert_eq!(fault, (Code::InvalidAmount, "amount", "above-zero"));
    }
}

#[test]
fn a_provider_that_can_refuses_nothing() {
    let request = with(|request| {
        request.terminal = None;
        request.currency = "NOK".into();
        request.capture = Capture::Manual;
        request.allow_part = true;
    });
    assert!(validate(&request, &LENIENT).is_ok());
}

#[test]
fn what_a_provider_does_not_take_is_unsupported() {
    let bare = Capabilities { terminal: Presence::Refused, metadata_bytes_max: None, ..LENIENT };
    let noted = with(|request| note(request, "table", "12"));
    assert_eq!(first_fault(&noted, &bare), (Code::Unsupported, "terminal", "absent"));
    let noted = SaleRequest { terminal: None, ..noted };
    assert_eq!(first_fault(&noted, &bare), (Code::Unsupported, "metadata", "absent"));
    assert!(validate(&SaleRequest { metadata: Default::default(), ..noted }, &bare).is_ok());
}

#[test]
fn notes_are_text_that_any_screen_can_show() {
    let table = [
        ("", "1", Some("key-not-empty")),
        ("a\u{0}", "1", Some("no-control-characters")),
        ("a", "1\n2", Some("no-control-characters")),
        ("tillkit_payment", "1", Some("reserved-key")),
        ("Tillkit", "1", None),
        ("tischnummer", "zwölf €", None),
        ("a", "", None),
    ];
    for (key, value, rule) in table {
        let request = with(|request| note(request, key, value));
        let fault = validate(&request, &STRICT).err();
        assert_eq!(fault.map(|fault| fault.rule), rule, "{key:?} {value:?}");
    }
}

#[test]
fn the_size_of_notes_counts_what_we_add_and_how_json_writes_it() {
    let sale = validate(&good(), &STRICT).unwrap().0;
    let ours = serde_json::to_vec(&carried(&sale, PaymentId::from_bytes([0; 16]))).unwrap().len();
    // One more note costs two pairs of quotes, a colon and a comma.
    let room = 1_000 - ours - 6;
    let table = [
        ("n".to_owned(), "x".repeat(room - 1), true),
        ("n".to_owned(), "x".repeat(room), false),
        ("n".to_owned(), "\"".repeat(room / 2), false),
        ("n".to_owned(), "é".repeat(room / 2 + 1), false),
        ("n".repeat(room), String::new(), true),
    ];
    for (key, value, fits) in table {
        let request = with(|request| note(request, &key, &value));
        assert_eq!(validate(&request, &STRICT).is_ok(), fits, "{} {}", key.len(), value.len());
    }
}

#[test]
fn what_is_carried_names_the_payment_and_the_reference() {
    let request = with(|request| note(request, "table", "12"));
    let sale = validate(&request, &STRICT).unwrap().0;
    let payment = PaymentId::parse("019aa000-0000-7000-8000-000000000001").unwrap();
    assert_eq!(
        serde_json::to_string(&carried(&sale, payment)).unwrap(),
        r#"{"table":"12","tillkit_payment":"019aa000-0000-7000-8000-000000000001","tillkit_reference":"order-456"}"#
    );
}

#[test]
fn an_expiry_keeps_its_distance_and_never_comes_before_the_last_start() {
    let usual = Times { start_by_ms: 90_000, expires_ms: Some(120_000), settle_by_ms: 130_000 };
    #[rustfmt::skip]
    let table = [
        (None,          None,          120_000),
        (None,          Some(200_000), 190_000),
        (None,          Some(95_000),  90_000),
        (Some(60_000),  None,          120_000),
        (Some(300_000), Some(301_000), 300_000),
    ];
    for (start_by_ms, settle_by_ms, expires_ms) in table {
        let request = SaleRequest { start_by_ms, settle_by_ms, ..good() };
        let times = Times::of(&request, &usual).unwrap();
        assert_eq!(times.expires_ms, Some(expires_ms), "{start_by_ms:?} {settle_by_ms:?}");
    }
}

#[test]
fn a_fault_becomes_an_error_that_says_all_of_it() {
    let request = with(|request| request.amount = Asked::Text("100000.01".into()));
    let error = Error::from(validate(&request, &STRICT).unwrap_err());
    assert_eq!(error.code, Code::InvalidAmount);
    assert_eq!(error.field.as_deref(), Some("amount"));
    assert_eq!(error.rule.as_deref(), Some("at-most"));
    assert_eq!(error.limit.as_deref(), Some("100000.00 EUR"));
    assert_eq!(error.message, "this provider takes at most 100000.00 EUR");
}

#[test]
fn money_is_refused_in_the_same_words_with_and_without_a_request() {
    for text in ["1e3", "13,30", "13.305", " 13.30", "+1", "٣", "", "99999999999999999"] {
        let request = with(|request| request.amount = Asked::Text(text.into()));
        let fault = validate(&request, &STRICT).unwrap_err();
        let refusal = crate::money::Money::parse(text, crate::money::Currency::EUR).unwrap_err();
        assert_eq!(Error::from(fault), Error::from(refusal), "{text:?}");
    }
}
