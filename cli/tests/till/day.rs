//! Where references restart each day, the account alone says when: not whoever calls.

use serde_json::Value;

use crate::shop::{Ran, Shop, ended};

/// A day and more apart, so that they never have the same date. Neither needs a table of zones.
const EAST: &str = "<+14>-14";
const WEST: &str = "<-12>12";

fn in_zone(shop: &Shop, zone: &str, words: &[&str]) -> Ran {
    let mut command = shop.command(&[words, &["--json"]].concat());
    let piped = std::process::Stdio::piped;
    ended(command.env("TZ", zone).stdout(piped()).stderr(piped()).spawn().unwrap())
}

fn add(shop: &Shop, zone: &str, more: &[&str]) -> Value {
    let address = shop.address();
    let words = ["accounts", "add", "shop-1", "--provider", "centrapay", "--simulator", &address];
    let day = ["--day-begins", "4", "--replace"];
    in_zone(shop, zone, &[&words[..], &day, more].concat()).ended(0).json()
}

#[test]
fn one_reference_is_one_charge_in_whatever_zone_it_is_called() {
    let shop = Shop::empty();
    for (order, more) in [("17", &[][..]), ("18", &["--zone", "+13:00"])] {
        add(&shop, EAST, more);
        let sale = ["pay", "2.00", "NZD", order];
        let first = in_zone(&shop, EAST, &sale).ended(0).json();
        let again = in_zone(&shop, WEST, &sale).ended(0).json();
        assert_eq!(again["payment"]["id"], first["payment"]["id"]);
        assert_eq!(again["payment"]["replayed"], true);
        let shown = in_zone(&shop, WEST, &["show", order]).ended(0).json();
        assert_eq!(shown["payment"]["id"], first["payment"]["id"]);
    }
    assert_eq!(shop.control().ledger("centrapay").charges.len(), 2, "one for each reference");
}

#[test]
fn the_zone_is_kept_and_shown() {
    let shop = Shop::empty();
    let here = add(&shop, "UTC", &[]);
    assert_eq!(here["account"]["day"], serde_json::json!({ "begins": 4, "zone": "UTC" }));
    let said = add(&shop, "UTC", &["--zone", "+13:00"]);
    assert_eq!(said["account"]["day"]["zone"], "+13:00");
    let listed = in_zone(&shop, WEST, &["accounts", "list"]).ended(0).json();
    assert_eq!(listed["accounts"][0]["day"]["zone"], "+13:00");

    let words = ["accounts", "add", "s", "--provider", "vinr", "--day-begins", "4", "--zone"];
    let unknown = shop.json(&[&words[..], &["Mars/Olympus"]].concat()).ended(1).json();
    assert_eq!(unknown["error"]["code"], "unknown-zone", "{unknown}");
}
