use super::super::store::{Row, Stored, Surroundings, Tombstone};
use crate::identity::{Fate, Holder, fingerprint, key};
use crate::ids::{AccountName, MerchantId, OperationId, PaymentId, ProcessId};
use crate::payment::event::{Event, Word};
use crate::payment::view::Outcome;
use crate::payment::{Driver, Payment, apply};
use crate::sale::{Account, Environment, References, Sale, SaleRequest, Times, parse};
use crate::time::{BootId, Moment};

const NOW: Moment = Moment { wall_ms: 1_795_132_800_000, boot_ms: 10_000_000, boot: BootId(1) };
const DRIVER: Driver = Driver { process: ProcessId::from_bytes([7; 16]), epoch: 1 };
const PAYMENT: PaymentId = PaymentId::from_bytes([1; 16]);
const START: OperationId = OperationId::from_bytes([2; 16]);

fn sale() -> Sale {
    let account = Account {
        name: AccountName::parse("shop-1").unwrap(),
        provider: "qonto".into(),
        merchant: MerchantId::parse("org-1").unwrap(),
        environment: Environment::Sandbox,
    };
    let request = SaleRequest::new("shop-1", Some("t-1"), "13.30", "EUR", "order-456");
    parse(&request, &account, &References::Unique, &NOW).unwrap()
}

fn payment(later: &[Event]) -> Payment {
    let created = Event::Created {
        id: PAYMENT,
        sale: Box::new(sale()),
        at: NOW,
        times: Times { start_by_ms: 90_000, expires_ms: None, settle_by_ms: 120_000 },
        fingerprint: fingerprint(&sale()),
        start: START,
        driver: DRIVER,
        screen_clear: Vec::new(),
    };
    apply::fold(std::iter::once(&created).chain(later)).unwrap()
}

fn resolved(word: Word) -> Event {
    Event::Resolved { word, reason: "seen on the receipt".into(), at: NOW }
}

#[test]
fn a_live_attempt_tells_its_fate_and_when_it_settled() {
    let doubted = Event::Doubted { at: NOW };
    #[rustfmt::skip]
    let table = [
        (vec![],                                          Fate::Undecided, None),
        (vec![doubted.clone()],                           Fate::Undecided, None),
        (vec![doubted.clone(), resolved(Word::Paid)],     Fate::Taken,     Some(NOW)),
        (vec![doubted.clone(), resolved(Word::NotPaid)],  Fate::Free,      Some(NOW)),
    ];
    for (events, fate, settled_at) in table {
        let payment = payment(&events);
        let attempts = vec![Stored::Live(Box::new(payment.clone()))];
        let surroundings = Surroundings { attempts, holders: Vec::new() };
        let known = surroundings.known();
        let [attempt] = &*known.attempts else { panic!("one attempt: {known:?}") };
        assert_eq!((attempt.payment, attempt.sale), (PAYMENT, &*payment.sale));
        assert_eq!(attempt.fingerprint, payment.fingerprint);
        assert_eq!((attempt.fate, attempt.settled_at), (fate, settled_at), "{events:?}");
    }
}

#[test]
fn a_pruned_attempt_is_taken_unless_its_outcome_says_otherwise() {
    let table = [
        (Outcome::Paid.name(), Fate::Taken),
        (Outcome::Held.name(), Fate::Taken),
        (Outcome::PartPaid.name(), Fate::Taken),
        (Outcome::NotPaid.name(), Fate::Free),
        (Outcome::Returned.name(), Fate::Free),
        ("a-word-of-a-newer-version", Fate::Taken),
    ];
    for (outcome, fate) in table {
        let attempts = vec![Stored::Tombstone(Box::new(tombstone(outcome)))];
        let surroundings = Surroundings { attempts, holders: Vec::new() };
        let known = surroundings.known();
        let [attempt] = &*known.attempts else { panic!("one attempt: {known:?}") };
        assert_eq!((attempt.payment, attempt.fate, attempt.settled_at), (PAYMENT, fate, None));
        assert_eq!(attempt.fingerprint, fingerprint(&sale()));
    }
}

fn tombstone(outcome: &str) -> Tombstone {
    let row = Row {
        identity: key(&sale()),
        account: "shop-1".into(),
        holds: None,
        unsettled: false,
        driver: DRIVER,
        charges: Vec::new(),
        outcome: outcome.into(),
        created_wall_ms: NOW.wall_ms,
    };
    Tombstone { id: PAYMENT, row, sale: sale(), summary: "{}".into() }
}

#[test]
fn a_holder_gives_way_once_it_is_doubted_or_its_cancel_wished_and_is_none_once_settled() {
    let cancel =
        Event::CancelWished { at: NOW, operation: OperationId::from_bytes([3; 16]), rest: false };
    let doubted = Event::Doubted { at: NOW };
    let table = [
        (vec![], Some(false)),
        (vec![cancel], Some(true)),
        (vec![doubted.clone()], Some(true)),
        (vec![doubted, resolved(Word::NotPaid)], None),
    ];
    for (events, gives_way) in table {
        let holders = vec![payment(&events)];
        let surroundings = Surroundings { attempts: Vec::new(), holders };
        let expected = gives_way.map(|gives_way| Holder { payment: PAYMENT, gives_way });
        assert_eq!(surroundings.known().holders, Vec::from_iter(expected), "{events:?}");
    }
}
