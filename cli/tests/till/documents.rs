//! The documents for programs have the names that `docs/cli.md` tells, and no others.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::shop::{Ran, Shop};

const PAGE: &str = include_str!("../../../docs/cli.md");

/// The names in the page's row for a command: what stands in backquotes before any explanation.
fn told(command: &str) -> BTreeSet<String> {
    let starts = |line: &&str| {
        let first = line.split('|').nth(1).unwrap_or_default();
        first.split(',').any(|name| name.trim() == format!("`{command}`"))
    };
    let rows = PAGE.split("## JSON").nth(1).unwrap().lines();
    let row = rows.filter(|line| line.starts_with('|')).find(starts);
    let row = row.unwrap_or_else(|| panic!("docs/cli.md tells nothing of {command}"));
    row.split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

#[track_caller]
fn holds(command: &str, ran: &Ran) -> Value {
    let (document, told) = (ran.json(), told(command));
    let names = document.as_object().unwrap().keys();
    for name in names {
        assert!(told.contains(name), "{command} prints {name}, and the page tells {told:?}");
    }
    document
}

#[test]
fn every_document_is_as_the_page_tells() {
    let shop = Shop::at("centrapay");
    let run = |command: &str, more: &[&str]| {
        let words: Vec<&str> = command.split(' ').chain(more.iter().copied()).collect();
        holds(command, &shop.json(&words))
    };
    run("pay", &["13.30", "NZD", "order-1"]);
    run("show", &["order-1"]);
    run("watch", &["order-1"]);
    run("list", &[]);
    run("cancel", &["order-1"]);
    run("refund", &["order-1", "--reference", "r-1", "--amount", "1.00"]);
    run("resolve", &["--all", "--as", "paid", "--reason", "none is left", "--yes"]);
    run("recover", &[]);
    run("report", &[]);
    run("reconcile", &[]);
    run("receipt", &["order-1"]);
    run("accounts list", &[]);
    run("accounts test", &[]);
    run("journal check", &[]);
    run("journal copy", &[shop.file("copy.db").to_str().unwrap()]);
    run("journal prune", &["--older-than", "30"]);
    run("journal acknowledge", &["--reason", "nothing"]);
    run("doctor", &[]);
    shop.add("shop-2", "vinr");
    run("terminals", &["--account", "shop-2"]);
    run("webhooks list", &["--account", "shop-2"]);
    run("accounts remove", &["shop-2", "--yes"]);
}

/// A payment's own names are those of the model, told one by one.
#[test]
fn a_payment_has_the_names_that_are_told() {
    let told: BTreeSet<&str> = {
        let text = PAGE.split("A `payment` has ").nth(1).unwrap();
        text.split("What is empty").next().unwrap().split('`').skip(1).step_by(2).collect()
    };
    let shop = Shop::at("qonto");
    let terminal = crate::shop::terminal("qonto");
    let sold = shop.json(&["pay", "13.30", "EUR", "order-1", "--terminal", &terminal]);
    let payment = sold.ended(0).json()["payment"].clone();
    let amounts = payment["amounts"].as_object().unwrap().keys();
    for name in payment.as_object().unwrap().keys().chain(amounts) {
        assert!(told.contains(name.as_str()), "{name} is not told");
    }
}
