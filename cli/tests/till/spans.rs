//! Which payments and which time are meant: references, days and moments.

use serde_json::Value;
use tillkit_model::time::to_rfc3339;
use tillkit_simulator::server::Wanted;

use crate::shop::{Shop, terminal};

fn references(shop: &Shop, words: &[&str]) -> Vec<String> {
    let page = shop.json(&[&["list"], words].concat()).ended(0).json();
    let payments = page["payments"].as_array().unwrap().iter();
    payments.map(|one| one["reference"].as_str().unwrap().to_owned()).collect()
}

/// When a payment was called for, as people write it.
fn called(shop: &Shop, reference: &str) -> String {
    let shown = shop.json(&["show", reference]).ended(0).json();
    let at = to_rfc3339(shown["payment"]["created_at_ms"].as_i64().unwrap());
    at.trim_end_matches('Z').to_owned()
}

#[test]
fn a_list_is_narrowed_by_reference() {
    let shop = Shop::at("centrapay");
    shop.next("centrapay", Wanted::Declines { after_ms: 0 });
    shop.run(&["pay", "1.00", "NZD", "order-1"]).ended(3);
    shop.run(&["pay", "1.00", "NZD", "order-1", "--attempt", "2"]).ended(0);
    shop.run(&["pay", "1.00", "NZD", "order-11"]).ended(0);
    let both = shop.json(&["list", "--reference", "order-1"]).ended(0).json();
    let attempts: Vec<&Value> =
        both["payments"].as_array().unwrap().iter().map(|one| &one["attempt"]).collect();
    assert_eq!(attempts, [2, 1], "every attempt, newest first, and no other reference");
    assert_eq!(references(&shop, &["--reference", "order-1", "--outcome", "paid"]), ["order-1"]);
    assert!(references(&shop, &["--reference", "order-9"]).is_empty());
    let bad = shop.json(&["list", "--reference", "two words"]).ended(1).json();
    assert_eq!(bad["error"]["code"], "not-a-reference", "{bad}");
}

#[test]
fn a_list_is_narrowed_by_days_and_moments() {
    let shop = Shop::at("centrapay");
    for order in ["order-1", "order-2", "order-3"] {
        shop.run(&["pay", "1.00", "NZD", order]).ended(0);
    }
    let second = called(&shop, "order-2");
    assert_eq!(references(&shop, &["--from", &second]), ["order-3", "order-2"]);
    assert_eq!(references(&shop, &["--to", &second]), ["order-1"]);
    let third = called(&shop, "order-3");
    let between = ["--from", second.as_str(), "--to", &third];
    assert_eq!(references(&shop, &between), ["order-2"]);
    assert_eq!(references(&shop, &["--from", "yesterday"]).len(), 3);
    assert_eq!(references(&shop, &["--day", &second[..10]]).len(), 3);
    assert!(references(&shop, &["--to", "2020-01-31"]).is_empty());
    // Pages go on inside the span.
    let first = shop.json(&["list", "--from", &second, "--limit", "1"]).ended(0).json();
    let next = first["next"].as_str().unwrap();
    assert_eq!(references(&shop, &["--from", &second, "--before", next]), ["order-2"]);
}

#[test]
fn a_span_that_cannot_be_is_refused_by_whoever_takes_one() {
    let shop = Shop::at("centrapay");
    let code = |command: &str, words: &[&str]| {
        let told = shop.json(&[&[command], words].concat()).ended(1).json();
        told["error"]["code"].as_str().unwrap().to_owned()
    };
    for command in ["list", "report", "reconcile"] {
        assert_eq!(code(command, &["--from", "2026-13-01"]), "not-a-day", "{command}");
        assert_eq!(code(command, &["--day", "2026-11-20T15:04"]), "not-a-day", "{command}");
        assert_eq!(code(command, &["--from", "2026-11-20T25:04"]), "not-a-day", "{command}");
        let backwards = ["--from", "2026-11-20", "--to", "2026-11-19"];
        assert_eq!(code(command, &backwards), "empty-period", "{command}");
        let nothing = ["--from", "2026-11-20T15:04", "--to", "2026-11-20T15:04"];
        assert_eq!(code(command, &nothing), "empty-period", "{command}");
        shop.run(&[command, "--day", "today", "--from", "today"]).ended(2);
    }
    for command in ["report", "reconcile"] {
        assert_eq!(code(command, &["--to", "today"]), "half-a-period", "{command}");
    }
}

#[test]
fn a_span_of_days_is_compared_and_reported() {
    let shop = Shop::at("centrapay");
    for order in ["order-1", "order-2"] {
        shop.run(&["pay", "1.00", "NZD", order]).ended(0);
    }
    let agreeing = |words: &[&str]| {
        let told = shop.json(&[&["reconcile"], words].concat()).ended(0).json();
        told["reconciliation"]["agreeing"].as_u64().unwrap()
    };
    // No more of them: a provider allows only so many in a minute.
    assert_eq!(agreeing(&["--from", "yesterday", "--to", "today"]), 2);
    let second = called(&shop, "order-2");
    assert_eq!(agreeing(&["--from", &second]), 1, "from that moment to today's end");
    let report = shop.json(&["report", "--from", &second, "--to", "today"]).ended(0).json();
    assert_eq!(report["report"]["totals"][0]["net"], 100, "{report}");
}

#[test]
fn a_persons_word_is_said_by_reference_too() {
    let shop = Shop::hurried_at("qonto");
    for order in ["order-1", "order-2"] {
        shop.next("qonto", Wanted::Offline);
        let device = terminal("qonto");
        let mut sale = vec!["pay", "13.30", "EUR", order, "--terminal", &device];
        let before = shop.json(&["list"]).json()["payments"][0]["id"].as_str().map(str::to_owned);
        sale.extend(before.iter().flat_map(|id| ["--screen-clear", id]));
        shop.run(&sale).ended(4);
    }
    let word = ["--as", "not-paid", "--reason", "the terminal was dark", "--yes"];
    // One that is not there keeps the word from all of them.
    let unknown = [&["resolve", "order-1", "order-9"], &word[..]].concat();
    assert_eq!(shop.json(&unknown).ended(1).json()["error"]["code"], "unknown-payment");
    shop.run(&["show", "order-1"]).ended(4);
    let bad = [&["resolve", "two words"], &word[..]].concat();
    assert_eq!(shop.json(&bad).ended(1).json()["error"]["code"], "not-a-reference");

    let id = shop.json(&["show", "order-2"]).ended(4).json()["payment"]["id"].clone();
    let both = ["resolve", "order-1", "order-2", id.as_str().unwrap(), "--account", "shop-1"];
    let told = shop.json(&[&both, &word[..]].concat()).ended(0).json();
    let resolved = told["resolved"].as_array().unwrap();
    assert_eq!(resolved.len(), 2, "each once: {told}");
    for (one, reference) in resolved.iter().zip(["order-1", "order-2"]) {
        assert_eq!(one["payment"]["reference"], reference);
        assert_eq!(one["payment"]["outcome"], "not_paid");
    }
    shop.add("shop-2", "vinr");
    let which = [&["resolve", "order-1"], &word[..]].concat();
    assert_eq!(shop.json(&which).ended(1).json()["error"]["code"], "which-account");
}
