//! What the registry tells of a provider is what its adapter and its desk do.

use serde_json::json;
use tillkit_model::payment::OperationKind;
use tillkit_model::payment::manners::Manner;
use tillkit_model::provider::{Errand, Presence, registry};
use tillkit_model::sale::{Capture, Sale, capability};

use crate::cast::{Cast, casts, errands, settings};

#[test]
fn each_mode_has_settings_and_hands_out_what_its_row_tells() {
    for row in registry() {
        let written: Vec<String> = settings(row.name).into_keys().collect();
        let mut told: Vec<&str> = row.offers.iter().map(|offer| offer.mode).collect();
        told.sort_unstable();
        assert_eq!(written, told, "{}", row.name);
    }
    for cast in casts() {
        let adapter = &cast.setup.adapter;
        assert_eq!(adapter.name(), cast.provider.name);
        assert_eq!(adapter.capabilities(), cast.offer.capabilities, "{}", cast.name());
        assert_eq!(adapter.manners(), cast.offer.manners, "{}", cast.name());
        adapter.check(&cast.sale).unwrap();
        capability(&cast.sale, adapter.capabilities()).unwrap();
    }
}

/// Both ways round: what is offered has a manner and a request, and what is not has neither.
#[test]
fn an_operation_is_offered_exactly_where_it_can_be_done() {
    for cast in casts() {
        let (can, manners) = (cast.offer.capabilities, cast.offer.manners);
        for (offered, kind) in [
            (can.cancel, OperationKind::Cancel),
            (can.manual_capture, OperationKind::Capture),
            (can.refund, OperationKind::Refund),
        ] {
            assert_eq!(manners.of(kind).is_some(), offered, "{} {kind:?}", cast.name());
            let made = cast.operations.iter().any(|(_, operation)| operation.kind == kind);
            assert_eq!(made, offered, "{} {kind:?}", cast.name());
        }
        assert!(can.manual_capture || !can.partial_capture, "{}", cast.name());
        assert!(can.refund || !can.partial_refund, "{}", cast.name());
        assert_eq!(cast.setup.adapter.look_up(&cast.payment).is_some(), manners.look_up);
        let replays = matches!(manners.start.manner, Manner::Keyed { .. });
        assert_eq!(manners.start.replays_max > 0, replays, "{}", cast.name());
    }
}

/// What a sale may ask for.
type Ask = fn(&mut Sale);

#[test]
fn a_sale_that_asks_for_more_than_is_offered_is_refused_by_name() {
    for cast in casts() {
        let can = cast.offer.capabilities;
        let asking: [(&str, bool, Ask); 7] = [
            ("items", can.items, |sale| {
                let item = json!({ "name": "Coffee", "quantity": "1", "amount": sale.amount });
                sale.items = vec![serde_json::from_value(item).unwrap()];
            }),
            ("capture", can.manual_capture, |sale| sale.capture = Capture::Manual),
            ("allow_part", can.part_payment, |sale| sale.allow_part = true),
            ("customer_absent", can.customer_absent, |sale| sale.customer_absent = true),
            ("code", can.scanned_code, |sale| sale.scanned = true),
            ("metadata", can.metadata_bytes_max.is_some(), |sale| {
                sale.metadata.insert("table".into(), "12".into());
            }),
            ("currency", can.currencies.is_empty(), |sale| {
                let currency = tillkit_model::money::Currency::parse("XOF").unwrap();
                sale.amount = tillkit_model::money::Money::from_minor(100, currency).unwrap();
            }),
        ];
        for (field, offered, ask) in asking {
            let mut sale = cast.sale.clone();
            ask(&mut sale);
            is_judged(&cast, &sale, field, offered);
        }
        if can.terminal == Presence::Refused {
            is_judged(&cast, &cast.sale, "terminal", false);
        }
    }
}

fn is_judged(cast: &Cast, sale: &Sale, field: &str, offered: bool) {
    match capability(sale, cast.offer.capabilities) {
        Ok(()) => assert!(offered, "{} takes {field}", cast.name()),
        Err(fault) => {
            assert!(!offered && fault.field == field, "{} {fault:?}", cast.name());
            assert!(fault.sentence.contains(cast.provider.name), "{}", fault.sentence);
        }
    }
}

#[test]
fn an_errand_is_offered_exactly_where_the_desk_runs_it() {
    for cast in casts() {
        let beside = cast.offer.capabilities.beside;
        for errand in errands("T-1", "2") {
            let offered = match errand {
                Errand::Terminals { .. } => beside.terminals,
                Errand::Subscribe { .. }
                | Errand::Subscriptions { .. }
                | Errand::Unsubscribe { .. } => beside.subscriptions,
                Errand::Payments { .. } => beside.reconcile,
                Errand::TerminalOperation { .. } => beside.end_of_day,
                _ => continue,
            };
            let desk = &cast.setup.desk;
            let runs = desk.check(&errand).is_ok() && desk.request(&errand).is_some();
            assert_eq!(runs, offered, "{} {errand:?}", cast.name());
        }
    }
}

/// No errand may move money: none needs a permit, and none is recorded.
#[test]
fn no_errand_and_no_look_may_move_money() {
    for cast in casts() {
        let asked =
            errands("T-1", "2").into_iter().filter_map(|errand| cast.setup.desk.request(&errand));
        for asked in asked {
            assert!(!asked.request.may_move_money, "{} {asked:?}", cast.name());
        }
        if let Some(look) = cast.setup.adapter.look_up(&cast.payment) {
            assert!(!look.may_move_money, "{}", cast.name());
        }
        assert!(cast.setup.adapter.start(&cast.payment, None).may_move_money, "{}", cast.name());
        for (payment, operation) in &cast.operations {
            let request = cast.setup.adapter.operate(payment, operation, &cast.charge).unwrap();
            assert!(request.may_move_money, "{} {:?}", cast.name(), operation.kind);
        }
    }
}
