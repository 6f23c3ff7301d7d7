//! Sales, events and appends for trying a store, each told apart by a number.
//!
//! They are true to what the engine writes, so that a store which folds events can fold these.

use crate::engine::store::{Append, IdentityKey, PermitDraft, Row, TerminalKey};
use crate::ids::{
    AccountName, ChargeId, MerchantId, OperationId, PaymentId, ProcessId, Reference, TerminalId,
};
use crate::money::{Currency, Money};
use crate::payment::Driver;
use crate::payment::event::{Event, Fingerprint, Source, Word};
use crate::payment::manners::Times;
use crate::payment::sighting::{Ours, Sighting, Standing};
use crate::sale::{Account, Capture, Environment, Sale};
use crate::time::{BootId, Moment};
use crate::wire::{Method, Request, Window};

/// The name of the account that all samples belong to, unless a test says otherwise.
pub const ACCOUNT: &str = "shop-1";

/// So many milliseconds after the suite began.
#[must_use]
pub fn moment(after_ms: u64) -> Moment {
    Moment {
        wall_ms: 1_790_000_000_000_i64.saturating_add_unsigned(after_ms),
        boot_ms: 5_000_000_u64.saturating_add(after_ms),
        boot: BootId(7),
    }
}

/// A process.
#[must_use]
pub fn process(n: u8) -> ProcessId {
    ProcessId::from_bytes([n; 16])
}

/// A payment; a higher number is a later one.
#[must_use]
pub fn payment(n: u64) -> PaymentId {
    PaymentId::from_bytes(spread(0x70, n))
}

/// The start operation of a payment.
#[must_use]
pub fn start(n: u64) -> OperationId {
    OperationId::from_bytes(spread(0x41, n))
}

/// A charge at the provider.
#[must_use]
pub fn charge(n: u64) -> ChargeId {
    ChargeId::parse(&format!("charge-{n}")).unwrap()
}

/// A terminal as the journal claims it.
#[must_use]
pub fn terminal(n: u64) -> TerminalKey {
    TerminalKey(format!("qonto/sandbox/terminal-{n}").into())
}

/// An identity: which sale, which attempt.
#[must_use]
pub fn identity(sale: u64, attempt: u32) -> IdentityKey {
    IdentityKey { sale: format!("{ACCOUNT} - order-{sale}").into(), attempt }
}

/// What was asked for.
#[must_use]
pub fn sale(n: u64) -> Sale {
    Sale {
        items: Vec::new(),
        customer_absent: false,
        scanned: false,
        account: Account {
            name: AccountName::parse(ACCOUNT).unwrap(),
            provider: "qonto".into(),
            merchant: MerchantId::parse("merchant-1").unwrap(),
            environment: Environment::Sandbox,
        },
        terminal: Some(TerminalId::parse(&format!("terminal-{n}")).unwrap()),
        amount: amount(),
        reference: Reference::parse(&format!("order-{n}")).unwrap(),
        attempt: 1,
        business_day: None,
        capture: Capture::Automatic,
        allow_part: false,
        metadata: std::collections::BTreeMap::new(),
    }
}

/// 13.30 EUR.
#[must_use]
pub fn amount() -> Money {
    Money::from_minor(1330, Currency::parse("EUR").unwrap()).unwrap()
}

/// The row of a payment that waits for its customer and holds its terminal.
#[must_use]
pub fn row(n: u64, driver: Driver) -> Row {
    Row {
        identity: identity(n, 1),
        account: ACCOUNT.into(),
        holds: Some(terminal(n)),
        unsettled: true,
        driver,
        charges: Vec::new(),
        outcome: "open".into(),
        created_wall_ms: moment(0).wall_ms,
    }
}

/// A new sale, recorded and not sent.
#[must_use]
pub fn created(n: u64, driver: Driver) -> Append {
    let event = Event::Created {
        id: payment(n),
        sale: Box::new(sale(n)),
        at: moment(0),
        times: Times { start_by_ms: 90_000, expires_ms: None, settle_by_ms: 120_000 },
        fingerprint: Fingerprint("ab".repeat(32).into()),
        start: start(n),
        driver,
        screen_clear: Vec::new(),
    };
    Append { fence: Some(driver), ..plain(n, 0, driver, event) }
}

/// A new sale with its first send allowed: two events.
#[must_use]
pub fn started(n: u64, driver: Driver) -> Append {
    let mut append = created(n, driver);
    append.events.push(permitted_event(n, driver, Some(request())));
    append.permit = Some(send_draft(n, 1));
    append
}

/// A replay allowed.
#[must_use]
pub fn permitted(n: u64, expected: u64, driver: Driver) -> Append {
    let event = permitted_event(n, driver, None);
    let permit = Some(send_draft(n, 2));
    Append { fence: Some(driver), permit, ..plain(n, expected, driver, event) }
}

/// The polls of a sale allowed.
#[must_use]
pub fn polls_permitted(n: u64, expected: u64, driver: Driver) -> Append {
    let event = Event::PollsPermitted { at: moment(0), driver };
    let permit = Some(PermitDraft::Polls { window: window() });
    Append { fence: Some(driver), permit, ..plain(n, expected, driver, event) }
}

/// A fact: the provider shows the charge, waiting for a card. Needs no lease.
#[must_use]
pub fn seen(n: u64, expected: u64, driver: Driver) -> Append {
    let mut append = plain(n, expected, driver, observed(n, Standing::Pending));
    append.row.charges = vec![charge(n)];
    append
}

/// A fact: the provider shows the charge, paid. The payment is settled and holds nothing.
#[must_use]
pub fn paid(n: u64, expected: u64, driver: Driver) -> Append {
    let taken = Standing::Taken {
        authorized: amount(),
        captured: amount(),
        tip: None,
        returned: None,
        provisional: false,
    };
    let mut append = plain(n, expected, driver, observed(n, taken));
    append.row = Row {
        charges: vec![charge(n)],
        holds: None,
        unsettled: false,
        outcome: "paid".into(),
        ..append.row
    };
    append
}

/// A wish: cancel it. Needs no lease.
#[must_use]
pub fn cancel_wished(n: u64, expected: u64, driver: Driver) -> Append {
    let operation = OperationId::from_bytes(spread(0x42, n));
    plain(n, expected, driver, Event::CancelWished { at: moment(0), operation, rest: false })
}

/// A person's word. Needs no lease.
#[must_use]
pub fn resolved(n: u64, expected: u64, driver: Driver) -> Append {
    let reason = "the slip in the drawer says so".into();
    let event = Event::Resolved { word: Word::Paid, reason, at: moment(0) };
    plain(n, expected, driver, event)
}

/// Another process takes the payment over.
#[must_use]
pub fn taken_over(n: u64, expected: u64, driver: Driver) -> Append {
    let event = Event::TakenOver { driver, at: moment(0) };
    Append { fence: Some(driver), ..plain(n, expected, driver, event) }
}

fn plain(n: u64, expected: u64, driver: Driver, event: Event) -> Append {
    Append {
        payment: payment(n),
        expected,
        events: vec![event],
        row: row(n, driver),
        releases: Vec::new(),
        fence: None,
        at: moment(0),
        permit: None,
    }
}

fn observed(n: u64, standing: Standing) -> Event {
    let sighting = Sighting {
        details: None,
        charge: charge(n),
        ours: Ours::Yes,
        asked: Some(amount()),
        terminal: Some(TerminalId::parse(&format!("terminal-{n}")).unwrap()),
        standing,
        operations: Vec::new(),
        card: None,
    };
    Event::Observed { source: Source::Read, sighting: Box::new(sighting), at: moment(0) }
}

fn permitted_event(n: u64, driver: Driver, request: Option<Request>) -> Event {
    Event::Permitted { operation: start(n), at: moment(0), driver, request: request.map(Box::new) }
}

fn request() -> Request {
    Request {
        method: Method::Post,
        path: "/v2/terminals/terminal/payment".into(),
        headers: vec![("x-idempotency-key".into(), "key".into())],
        body: Some(r#"{"amount":"13.30"}"#.into()),
        may_move_money: true,
        timeout_ms: 60_000,
        fresh_connection: false,
    }
}

fn send_draft(n: u64, number: u32) -> PermitDraft {
    PermitDraft::Send { operation: start(n), number, window: window() }
}

fn window() -> Window {
    Window { limits: vec![(moment(0), 90_000)] }
}

fn spread(kind: u8, n: u64) -> [u8; 16] {
    let mut bytes = [0; 16];
    for (slot, byte) in bytes.iter_mut().zip(n.to_be_bytes()) {
        *slot = byte;
    }
    bytes[15] = kind;
    bytes
}
