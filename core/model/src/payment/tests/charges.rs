//! The short list of charges keeps what a map would promise.

use crate::ids::ChargeId;
use crate::payment::charges::Charges;

fn id(text: &str) -> ChargeId {
    ChargeId::parse(text).unwrap()
}

#[test]
fn each_id_is_admitted_once_and_all_stay_in_order() {
    let mut charges = Charges::new();
    for name in ["b", "c", "a", "b"] {
        charges.admit(&id(name));
    }
    let ids: Vec<&str> = charges.keys().map(ChargeId::as_str).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    assert_eq!(charges.len(), 3);
}

#[test]
fn a_charge_is_found_by_its_own_id_alone() {
    let mut charges = Charges::new();
    for name in ["a", "b", "c"] {
        charges.admit(&id(name));
    }
    charges.get_mut(&id("b")).unwrap().processing = true;
    charges.admit(&id("b"));
    let processing = |name: &str| charges.get(&id(name)).map(|charge| charge.processing);
    assert_eq!(["a", "b", "c", "d"].map(processing), [Some(false), Some(true), Some(false), None]);
    assert!(charges.contains_key(&id("c")) && !charges.contains_key(&id("d")));
}
