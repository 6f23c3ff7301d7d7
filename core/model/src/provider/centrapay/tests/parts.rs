//! Sales of which a part may be paid: activities tell how much, the request whether that is all.

use serde_json::json;

use super::{CHARGE, adapter, after, charge, payment, seen, with_operation};
use crate::payment::event::{Event, Source};
use crate::payment::sighting::{Sighting, Standing};
use crate::payment::{OperationKind, Payment};
use crate::provider::{Adapter, Reading};
use crate::wire::{Exchange, Response};

fn told(body: &serde_json::Value) -> Exchange {
    let headers = vec![("content-type".into(), "application/json".into())];
    Ok(Response { status: 200, headers, body: body.to_string().into_bytes(), truncated: false })
}

fn activities(kinds: &[(&str, &str)]) -> Exchange {
    let activity = |(kind, amount): &(&str, &str)| {
        let value = json!({ "amount": amount, "currency": "NZD" });
        json!({ "type": kind, "paymentRequestId": CHARGE, "value": value })
    };
    told(&json!({ "items": kinds.iter().map(activity).collect::<Vec<_>>() }))
}

fn request(status: &str, remaining: &str) -> Exchange {
    told(&json!({
        "id": CHARGE, "status": status, "value": { "amount": "10000", "currency": "NZD" },
        "remainingAmount": remaining,
    }))
}

fn shown(payment: &Payment, exchange: &Exchange) -> Sighting {
    match adapter().seen(payment, &charge(), exchange) {
        Reading::Clear(mut sightings) => sightings.remove(0),
        unclear @ Reading::Unclear { .. } => panic!("{unclear:?}"),
    }
}

fn looked(payment: Payment, exchange: &Exchange) -> Payment {
    let sighting = Box::new(shown(&payment, exchange));
    let at = super::NOW;
    after(payment, &Event::Observed { source: Source::Read, sighting, at })
}

fn voiding() -> Payment {
    with_operation(payment("part"), OperationKind::Cancel, 0, 1)
}

fn reads_activities(payment: &Payment) -> bool {
    adapter().read(payment, &charge()).path.ends_with("/activities")
}

#[test]
fn a_part_that_was_paid_and_voided_is_given_back() {
    let voided = activities(&[("refund", "4000"), ("payment", "4000"), ("request", "10000")]);
    let standing = shown(&voiding(), &voided).standing;
    assert!(matches!(standing, Standing::Reversed { .. }), "{standing:?}");
}

#[test]
fn a_part_alone_is_all_only_once_the_request_was_seen_paid() {
    let part = activities(&[("payment", "4000"), ("request", "10000")]);
    let unpaid = voiding();
    assert_eq!(shown(&unpaid, &part).standing, Standing::Pending);
    assert!(!reads_activities(&unpaid), "the request has to tell first");
    let paid = looked(unpaid, &request("paid", "6000"));
    assert!(paid.charges.get(&charge()).unwrap().is_undecided(), "a void may have undone it");
    assert!(reads_activities(&paid), "and then the activities");
    let standing = shown(&paid, &part).standing;
    assert!(
        matches!(standing, Standing::Taken { authorized, .. } if authorized.minor() == 4_000),
        "{standing:?}"
    );
}

#[test]
fn a_part_that_was_seen_before_the_journal_went_back_is_seen_again() {
    let taken = Event::Observed {
        source: Source::Read,
        sighting: Box::new(seen(Standing::Taken {
            authorized: super::money(4_000),
            captured: super::money(4_000),
            tip: None,
            returned: None,
            provisional: false,
        })),
        at: super::NOW,
    };
    let known = after(payment("part"), &taken);
    let lost = after(known, &Event::HistoryLost { at: super::NOW });
    assert!(reads_activities(&lost));
    let part = activities(&[("payment", "4000"), ("request", "10000")]);
    assert!(matches!(shown(&lost, &part).standing, Standing::Taken { .. }));
}

#[test]
fn after_a_loss_a_request_that_reads_paid_is_not_believed_alone() {
    let lost = after(payment("part"), &Event::HistoryLost { at: super::NOW });
    assert_eq!(shown(&lost, &request("paid", "6000")).standing, Standing::Pending);
}

#[test]
fn a_part_paid_before_the_request_ended_is_in_doubt_until_it_has_gone_back() {
    for state in ["open", "part"] {
        for end in ["expiry", "cancellation"] {
            let known = payment(state);
            let items = [(end, "10000"), ("payment", "4000"), ("request", "10000")];
            let unclear = adapter().seen(&known, &charge(), &activities(&items));
            assert!(matches!(unclear, Reading::Unclear { .. }), "{state}, {end}: {unclear:?}");
            let some = [&[("refund", "1000")], &items[..]].concat();
            let unclear = adapter().seen(&known, &charge(), &activities(&some));
            assert!(matches!(unclear, Reading::Unclear { .. }), "{state}, {end}: {unclear:?}");
            let all = [&[("refund", "4000")], &items[..]].concat();
            let standing = shown(&known, &activities(&all)).standing;
            assert!(matches!(standing, Standing::Reversed { .. }), "{state}, {end}: {standing:?}");
        }
    }
}

#[test]
fn a_request_that_ended_with_a_part_paid_leaves_it_to_its_activities() {
    for status in ["expired", "cancelled"] {
        let ended = request(status, "6000");
        let assets = json!({ "assetTotals": [{
            "type": "epay", "total": { "amount": "4000", "currency": "NZD" },
        }]});
        let with_assets = told(&json!({
            "id": CHARGE, "status": status, "value": { "amount": "10000", "currency": "NZD" },
            "paidBy": assets,
        }));
        assert_eq!(shown(&payment("part"), &ended).standing, Standing::Pending, "{status}");
        assert_eq!(shown(&payment("part"), &with_assets).standing, Standing::Pending, "{status}");
        for shows_part in [&ended, &with_assets] {
            let seen = looked(payment("part"), shows_part);
            assert!(reads_activities(&seen), "{status}");
        }
        let whole = shown(&payment("part"), &request(status, "10000")).standing;
        assert!(matches!(whole, Standing::NotTaken { .. }), "{status}: {whole:?}");
    }
}

#[test]
fn an_open_request_with_a_part_paid_is_read_on() {
    let open = told(&json!({
        "id": CHARGE, "status": "new", "value": { "amount": "10000", "currency": "NZD" },
        "remainingAmount": "6000",
        "paidBy": { "assetTotals": [{ "type": "epay", "total": { "amount": "4000", "currency": "NZD" } }] },
    }));
    let seen = looked(payment("part"), &open);
    assert!(seen.charges.get(&charge()).unwrap().is_undecided());
    assert!(!reads_activities(&seen), "only the request tells whether a part is all");
}
