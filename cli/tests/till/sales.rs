//! A day of a shop: sales, what comes after them, and the day close.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;
use tillkit_simulator::server::{Deed, How, Wanted, doors};

use crate::shop::{Shop, terminal};

#[test]
fn a_paid_sale_is_0_and_told_to_people_and_programs() {
    let shop = Shop::at("qonto");
    let device = terminal("qonto");
    let sale = ["pay", "13.30", "EUR", "order-1", "--terminal", &device];
    let told = shop.run(&sale);
    assert!(told.ended(0).out.contains("paid: 13.30 EUR were paid"), "{told:?}");
    assert!(told.out.contains("A sale of 13.30 EUR was recorded as order-1"), "{told:?}");
    assert!(!told.out.contains('\u{1b}'), "no colours in a pipe: {told:?}");

    // The same order again charges nobody again.
    let again = shop.json(&sale).ended(0).json();
    assert_eq!(again["payment"]["outcome"], "paid");
    assert_eq!(again["payment"]["replayed"], true);
    assert_eq!(shop.control().ledger("qonto").charges.len(), 1);
}

#[test]
fn a_decline_is_3_and_may_be_tried_again() {
    let shop = Shop::at("centrapay");
    shop.next("centrapay", Wanted::Declines { after_ms: 0 });
    let sale = ["pay", "13.30", "NZD", "order-1"];
    let declined = shop.json(&sale).ended(3).json();
    assert_eq!(declined["payment"]["outcome"], "not_paid");
    assert_eq!(declined["payment"]["next_attempt"], 2);
    let again = shop.json(&[&sale[..], &["--attempt", "2"]].concat()).ended(0).json();
    assert_eq!(again["payment"]["attempt"], 2);
    let shown = shop.json(&["show", "order-1"]).ended(0).json();
    assert_eq!(shown["payment"]["attempt"], 2, "the latest try is shown");
}

#[test]
fn an_open_sale_is_5_with_its_code_and_is_cancelled_once() {
    let shop = Shop::at("centrapay");
    shop.next("centrapay", Wanted::WalksAway);
    let open = shop.json(&["pay", "13.30", "NZD", "order-1", "--no-wait"]).ended(5).json();
    let url = open["payment"]["details"]["url"].as_str().unwrap();
    assert!(url.starts_with("https://"), "{url}");
    for _ in 0..2 {
        let cancelled = shop.json(&["cancel", "order-1"]).ended(0).json();
        assert_eq!(cancelled["cancel"], "cancelled");
    }
    let shown = shop.run(&["show", "order-1"]);
    assert!(shown.ended(3).out.contains("not_paid: 13.30 NZD were not paid: cancelled"));
}

#[test]
fn a_paid_sale_is_not_cancelled_but_refunded() {
    let shop = Shop::at("centrapay");
    shop.run(&["pay", "13.30", "NZD", "order-1"]).ended(0);
    assert_eq!(shop.json(&["cancel", "order-1"]).ended(3).json()["cancel"], "already_paid");
    let part = ["refund", "order-1", "--reference", "r-1", "--amount", "3.30"];
    for _ in 0..2 {
        let refunded = shop.json(&part).ended(0).json();
        assert_eq!(refunded["operation"]["progress"], "done");
        assert_eq!(refunded["payment"]["amounts"]["returned"]["minor"], 330);
    }
    let rest = shop.json(&["refund", "order-1", "--reference", "r-2"]).ended(0).json();
    assert_eq!(rest["payment"]["outcome"], "returned");
    assert_eq!(shop.control().ledger("centrapay").charges[0].returned_minor(), 1_330);
    assert_eq!(shop.run(&["show", "order-1"]).exit, 3, "given back");
}

#[test]
fn what_is_held_is_captured() {
    let shop = Shop::at("dintero");
    let device = terminal("dintero");
    let held = ["pay", "13.30", "NOK", "order-1", "--terminal", &device, "--capture", "manual"];
    let held = shop.json(&held).ended(0).json();
    assert_eq!(held["payment"]["outcome"], "held");
    let captured = shop.run(&["capture", "order-1", "--reference", "c-1"]);
    assert!(captured.ended(0).out.contains("capture c-1 of 13.30 NOK is done"), "{captured:?}");
    assert_eq!(shop.control().ledger("dintero").charges[0].captured_minor, 1_330);
}

#[test]
fn a_scanned_code_comes_from_standard_input_and_is_kept_nowhere() {
    let shop = Shop::at("centrapay");
    let code = doors::centrapay::QUICK_CODE;
    let sale = ["pay", "13.30", "NZD", "order-1", "--scan", "--item", "Coffee=13.30"];
    let empty = shop.run_with(&sale, "");
    assert!(empty.ended(1).err.contains("no code was scanned"), "{empty:?}");
    let paid = shop.run_with(&sale, &format!("{code}\n"));
    assert!(paid.ended(0).out.contains("paid: 13.30 NZD were paid"), "{paid:?}");
    assert!(!paid.out.contains(code) && !paid.err.contains(code), "{paid:?}");
    for entry in std::fs::read_dir(shop.file("")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(code.len()).any(|part| part == code.as_bytes()));
    }
}

/// Which customers have too little is drawn from the simulator's seed.
#[test]
fn a_part_is_6_where_it_was_allowed() {
    let shop = Shop::at("centrapay");
    let paid = (1..=12).find_map(|number| {
        let order = format!("order-{number}");
        let sale = ["pay", "13.30", "NZD", &order, "--allow-part", "--item", "Coffee=13.30"];
        let told = shop.json(&sale);
        assert!(matches!(told.exit, 0 | 6), "{told:?}");
        (told.exit == 6).then(|| told.json())
    });
    let paid = paid.expect("one of twelve customers has too little");
    assert_eq!(paid["payment"]["outcome"], "part_paid");
    let remaining = paid["payment"]["amounts"]["remaining"]["minor"].as_i64().unwrap();
    assert!((1..1_330).contains(&remaining), "{paid}");
    let order = paid["payment"]["reference"].as_str().unwrap();
    let text = paid["payment"]["amounts"]["remaining"]["text"].as_str().unwrap().to_owned();
    shop.run(&["refund", order, "--reference", "r-1", "--amount", "0.01"]).ended(0);
    let shown = shop.run(&["show", order]);
    let sentence = format!("{text} NZD of 13.30 NZD were paid");
    assert!(shown.ended(6).out.contains(&sentence), "what was given back was paid: {shown:?}");
    let shown = shop.json(&["show", order]).ended(6).json();
    assert_eq!(shown["payment"]["amounts"]["remaining"]["minor"], remaining - 1);
}

#[test]
fn a_condition_is_answered_before_the_customer_pays() {
    let shop = Shop::at("centrapay");
    let display = "counter-display";
    shop.control().hold("centrapay", display);
    for (order, word, exit) in [("order-1", "accept", 0), ("order-2", "decline", 3)] {
        shop.control().hand("centrapay", Deed::Condition { on: true }).unwrap();
        let sale = ["pay", "13.30", "NZD", order, "--terminal", display, "--no-wait"];
        let open = shop.json(&sale).ended(5).json();
        let id = open["payment"]["id"].as_str().unwrap();
        let mut watching = shop.command(&["watch", id, "--json"]);
        let mut watching = watching.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(watching.stdout.take().unwrap()).lines();
        let condition = lines
            .find_map(|line| {
                let told: Value = serde_json::from_str(&line.unwrap()).unwrap();
                told.get("condition").cloned()
            })
            .expect("the watcher is told of the condition");
        assert_eq!(condition["status"], "awaiting-till", "{condition}");
        let answered = shop.run(&["answer", id, condition["id"].as_str().unwrap(), word]);
        assert!(matches!(answered.exit, 3 | 5), "{answered:?}");
        if word == "accept" {
            let tap = Deed::Present { how: How::Tap, tip_minor: 0, declined: false };
            shop.control().hand("centrapay", tap).unwrap();
        }
        assert!(lines.all(|line| line.is_ok()));
        assert_eq!(watching.wait().unwrap().code(), Some(exit));
    }
    let unknown = shop.run(&["answer", "order-1", "9", "accept"]);
    assert!(unknown.ended(1).err.contains("condition"), "{unknown:?}");
}

#[test]
fn a_watched_sale_tells_each_step_and_then_the_end() {
    let shop = Shop::at("centrapay");
    shop.next("centrapay", Wanted::Taps { after_ms: 5_000, tip_minor: 0 });
    let open = shop.json(&["pay", "13.30", "NZD", "order-1", "--no-wait"]).ended(5).json();
    let id = open["payment"]["id"].as_str().unwrap();
    let watched = shop.json(&["watch", id]);
    assert_eq!(watched.ended(0).json()["payment"]["outcome"], "paid");
    let first: Value = serde_json::from_str(watched.out.lines().next().unwrap()).unwrap();
    assert_eq!(first["event"]["name"], "created");
}

#[test]
fn a_list_has_filters_and_pages() {
    let shop = Shop::at("centrapay");
    for order in ["order-1", "order-2", "order-3"] {
        shop.run(&["pay", "1.00", "NZD", order]).ended(0);
    }
    let page = shop.json(&["list", "--limit", "2"]).ended(0).json();
    let references = |page: &Value| -> Vec<String> {
        let payments = page["payments"].as_array().unwrap().iter();
        payments.map(|one| one["reference"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(references(&page), ["order-3", "order-2"]);
    let before = page["next"].as_str().unwrap();
    let rest = shop.json(&["list", "--before", before]).ended(0).json();
    assert_eq!(references(&rest), ["order-1"]);
    assert!(rest["next"].is_null());
    let none = shop.run(&["list", "--outcome", "not_paid"]);
    assert_eq!(none.ended(0).out, "no payments\n");
    assert!(references(&shop.json(&["list", "--unsettled"]).json()).is_empty());
    assert!(references(&shop.json(&["list", "--account", "shop-2"]).json()).is_empty());
}

#[test]
fn the_day_is_closed_in_four_ways() {
    let shop = Shop::at("centrapay");
    shop.run(&["pay", "13.30", "NZD", "order-1"]).ended(0);
    shop.run(&["refund", "order-1", "--reference", "r-1", "--amount", "3.30"]).ended(0);
    let table = shop.run(&["report"]);
    assert!(table.ended(0).out.contains("10.00 NZD"), "the net: {table:?}");
    let csv = shop.run(&["report", "--format", "csv"]);
    let lines: Vec<&str> = csv.ended(0).out.lines().collect();
    assert_eq!(
        lines[0],
        "account,currency,outcome,status,paid_with,count,asked,captured,tips,returned"
    );
    assert!(lines[1].ends_with(",1,13.30,13.30,0.00,3.30"), "{csv:?}");
    let report = shop.json(&["report", "--day", "today"]).ended(0).json();
    assert_eq!(report["report"]["totals"][0]["net"], 1_000);
    let picture = shop.run(&["report", "--format", "svg"]);
    assert!(picture.ended(0).out.starts_with("<svg"), "{picture:?}");
    assert!(picture.out.contains("1 paid</text>"), "{picture:?}");
    let empty = shop.run(&["report", "--from", "2020-01-01", "--to", "2020-01-31"]);
    assert!(empty.ended(0).out.ends_with("no payments\n"), "{empty:?}");
}

#[test]
fn the_providers_list_agrees_or_is_3() {
    let shop = Shop::at("centrapay");
    shop.run(&["pay", "13.30", "NZD", "order-1"]).ended(0);
    let agreed = shop.json(&["reconcile"]).ended(0).json();
    assert_eq!(agreed["reconciliation"]["agreeing"], 1);
    // What another till sold at the same merchant is not in this journal.
    let other = Shop::empty();
    let address = shop.address();
    let words = ["accounts", "add", "shop-1", "--provider", "centrapay", "--simulator", &address];
    other.run(&words).ended(0);
    let compared = other.run(&["reconcile"]);
    assert!(compared.ended(3).out.contains("missing here: charge"), "{compared:?}");
}

#[test]
fn a_receipt_fits_its_paper() {
    let shop = Shop::at("centrapay");
    let items = ["--item", "Coffee=3.30", "--item", "Cake=10.00"];
    shop.run(&[&["pay", "13.30", "NZD", "order-1"], &items[..]].concat()).ended(0);
    let receipt = shop.run(&["receipt", "order-1", "--columns", "32", "--header", "Kiosk"]);
    assert!(receipt.ended(0).out.lines().all(|line| line.chars().count() <= 32), "{receipt:?}");
    assert!(receipt.out.contains("Coffee") && receipt.out.contains("Kiosk"), "{receipt:?}");
    let json = shop.json(&["receipt", "order-1"]).ended(0).json();
    assert_eq!(json["receipt"]["reference"], "order-1");
    assert_eq!(json["text"].as_str().unwrap().lines().next().unwrap().len(), 42);
}
