use tillkit_model::error::{Code, Error};
use tillkit_model::ids::{AccountName, ChargeId, PaymentId, Reference};
use tillkit_model::money::{Currency, Money};
use tillkit_model::payment::details::{Asset, Details};
use tillkit_model::payment::sighting::{NotTaken, Standing};
use tillkit_model::payment::stage::Stage;
use tillkit_model::payment::summary::{Amount, Amounts, Summary};
use tillkit_model::payment::view::{Alarm, Outcome};
use tillkit_model::provider::Listed;

use super::{Agreement, Period, Reconciliation, Report, Sum, reconcile};

const DAY: Period = Period { from_ms: 1_000, to_ms: 2_000 };

fn money(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR).unwrap()
}

fn paid(number: u8, minor: i64) -> Summary {
    let amount = |minor| Amount::from(money(minor));
    Summary {
        id: PaymentId::from_bytes([number; 16]),
        account: AccountName::parse("shop-1").unwrap(),
        terminal: None,
        reference: Reference::parse(&format!("order-{number}")).unwrap(),
        attempt: 1,
        outcome: Outcome::Paid,
        status: Stage::Completed,
        amounts: Amounts {
            asked: amount(minor),
            authorized: amount(minor),
            captured: amount(minor),
            tip: amount(0),
            held: amount(0),
            remaining: amount(minor),
            returning: amount(0),
            returned: amount(0),
        },
        alarms: Default::default(),
        provisional: false,
        next_attempt: None,
        replayed: false,
        reason: None,
        operations: Vec::new(),
        charges: vec![charge(number)],
        card_scheme: Some("visa".into()),
        card_last_four: None,
        details: None,
        created_at_ms: 1_500,
        settled_at_ms: None,
    }
}

fn not(outcome: Outcome, number: u8) -> Summary {
    let mut summary = paid(number, 100);
    summary.outcome = outcome;
    summary.amounts.captured = Amount::from(money(0));
    summary.card_scheme = None;
    summary
}

fn charge(number: u8) -> ChargeId {
    ChargeId::parse(&format!("charge-{number}")).unwrap()
}

fn listed(number: u8, minor: i64) -> Listed {
    Listed {
        charge: charge(number),
        payment: Some(PaymentId::from_bytes([number; 16])),
        reference: None,
        asked: Some(money(minor)),
        standing: Some(Standing::Taken {
            authorized: money(minor),
            captured: money(minor),
            tip: None,
            returned: None,
            provisional: false,
        }),
        created_at_ms: None,
    }
}

fn compared(ours: &[Summary], theirs: &[Listed]) -> Reconciliation {
    reconcile(DAY, ours.iter().cloned().map(Ok), theirs)
}

fn refused(number: u8) -> Listed {
    let standing = Some(Standing::NotTaken { how: NotTaken::Declined, reason: None });
    Listed { standing, ..listed(number, 100) }
}

#[test]
fn a_day_is_counted_by_what_payments_have_in_common() {
    let mut returned = paid(3, 500);
    returned.amounts.returned = Amount::from(money(200));
    let mut assets = paid(4, 700);
    let asset = Asset { kind: "centrapay.nzd.main".into(), amount: None };
    assets.details = Some(Box::new(Details { assets: vec![asset], ..Details::default() }));
    let mut yesterday = paid(5, 9_999);
    yesterday.created_at_ms = 999;
    let mut tomorrow = paid(6, 9_999);
    tomorrow.created_at_ms = 2_000;
    let mut alarmed = paid(7, 1);
    alarmed.alarms.insert(Alarm::DuplicateCharge);
    let broken = Error::new(Code::JournalCorrupt).payment(PaymentId::from_bytes([9; 16]));
    let payments = [
        Ok(paid(1, 100)),
        Ok(paid(2, 250)),
        Ok(returned),
        Ok(assets),
        Ok(not(Outcome::Unknown, 8)),
        Ok(not(Outcome::Open, 10)),
        Ok(yesterday),
        Ok(tomorrow),
        Ok(alarmed),
        Err(broken),
    ];
    let report = Report::of(DAY, payments);
    let rows: Vec<_> = report
        .rows
        .iter()
        .map(|row| {
            (row.group.outcome, &*row.group.paid_with, row.count, row.captured, row.returned)
        })
        .collect();
    assert_eq!(
        rows,
        [
            (Outcome::Open, "", 1, Sum(0), Sum(0)),
            (Outcome::Paid, "centrapay.nzd.main", 1, Sum(700), Sum(0)),
            (Outcome::Paid, "visa", 4, Sum(851), Sum(200)),
            (Outcome::Unknown, "", 1, Sum(0), Sum(0)),
        ]
    );
    let [total] = report.totals.as_slice() else { panic!("{:?}", report.totals) };
    assert_eq!((total.count, total.captured, total.net), (5, Sum(1_551), Sum(1_351)));
    assert_eq!(report.open, [PaymentId::from_bytes([10; 16])]);
    assert_eq!(report.in_doubt, [PaymentId::from_bytes([8; 16])]);
    assert_eq!(report.alarmed, [PaymentId::from_bytes([7; 16])]);
    assert_eq!(report.unreadable[0].payment, Some(PaymentId::from_bytes([9; 16])));
    assert!(serde_json::to_string(&report).unwrap().contains(r#""net":1351"#));
}

#[test]
fn two_currencies_are_never_added() {
    let mut krone = paid(2, 100);
    let amount = Amount::from(Money::from_minor(100, Currency::NOK).unwrap());
    krone.amounts.asked = amount.clone();
    krone.amounts.captured = amount;
    let report = Report::of(DAY, [Ok(paid(1, 100)), Ok(krone)]);
    let totals: Vec<_> =
        report.totals.iter().map(|total| (&*total.currency, total.captured)).collect();
    assert_eq!(totals, [("EUR", Sum(100)), ("NOK", Sum(100))]);
}

#[test]
fn what_agrees_is_only_counted() {
    let ours = [paid(1, 100), not(Outcome::NotPaid, 2), not(Outcome::Unknown, 3)];
    let theirs = [listed(1, 100), refused(2), listed(3, 100)];
    let result = compared(&ours[..2], &theirs[..2]);
    assert_eq!((result.agreeing, result.different.len()), (2, 0));
    assert!(result.missing_here.is_empty() && result.missing_there.is_empty());
    // Taken there and not known here: the amounts differ, the answer does not contradict.
    let result = compared(&ours[2..], &theirs[2..]);
    assert_eq!(
        result.different.iter().map(|one| one.what).collect::<Vec<_>>(),
        [Agreement::Captured]
    );
}

#[test]
fn what_one_side_lacks_is_told() {
    let result = compared(&[paid(1, 100), not(Outcome::NotPaid, 2)], &[listed(3, 70)]);
    assert_eq!(result.missing_there, [PaymentId::from_bytes([1; 16])]);
    let [theirs] = result.missing_here.as_slice() else { panic!("{result:?}") };
    assert_eq!((theirs.asked_minor, theirs.taken), (Some(70), Some(true)));
    // What lies beside the period is matched, and not missed.
    let mut yesterday = paid(1, 100);
    yesterday.created_at_ms = 999;
    let tomorrow = Listed { created_at_ms: Some(2_000), ..listed(3, 70) };
    assert_eq!(compared(&[yesterday], &[tomorrow]), Reconciliation::default());
}

#[test]
fn what_both_have_and_tell_differently_is_told_by_what_differs() {
    let differing = |ours: Summary, theirs: Listed| {
        let result = compared(&[ours], &[theirs]);
        result.different.into_iter().map(|one| one.what).collect::<Vec<_>>()
    };
    assert_eq!(differing(paid(1, 100), listed(1, 90)), [Agreement::Amount, Agreement::Captured]);
    assert_eq!(differing(paid(1, 100), refused(1)), [Agreement::Taken]);
    let taken_there = differing(not(Outcome::NotPaid, 1), listed(1, 100));
    assert_eq!(taken_there, [Agreement::Taken, Agreement::Captured]);
    let mut returned = listed(1, 100);
    if let Some(Standing::Taken { returned, .. }) = &mut returned.standing {
        *returned = Some(money(40));
    }
    assert_eq!(differing(paid(1, 100), returned), [Agreement::Returned]);
}

#[test]
fn two_charges_of_one_payment_are_told_as_such() {
    let second = Listed { charge: charge(9), ..listed(1, 100) };
    let result = compared(&[paid(1, 100)], &[listed(1, 100), second]);
    let [difference] = result.different.as_slice() else { panic!("{result:?}") };
    assert_eq!((difference.what, &*difference.theirs), (Agreement::Once, "2"));
}

#[test]
fn what_cannot_be_read_is_named() {
    let broken = Error::new(Code::JournalCorrupt).payment(PaymentId::from_bytes([9; 16]));
    let result = reconcile(DAY, [Err(broken)], &[]);
    assert_eq!(result.unreadable[0].payment, Some(PaymentId::from_bytes([9; 16])));
}
