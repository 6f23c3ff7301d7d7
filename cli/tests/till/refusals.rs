//! Bad input: one clear sentence each, a code for programs, and never a backtrace.

use crate::shop::{Ran, Shop, terminal};

/// One sentence, and nothing that only a developer reads.
#[track_caller]
fn one_sentence(ran: &Ran, exit: i32, part: &str) {
    ran.ended(exit);
    assert_eq!(ran.out, "", "nothing is an answer: {ran:?}");
    let lines: Vec<&str> = ran.err.lines().collect();
    assert_eq!(lines.len(), 1, "{ran:?}");
    assert!(lines[0].starts_with("error: ") && lines[0].contains(part), "{ran:?}");
    for noise in ["panicked", "backtrace", "RUST_", "Error {", "Failed("] {
        assert!(!ran.err.contains(noise), "{ran:?}");
    }
}

#[test]
fn nothing_is_known_on_a_new_machine() {
    let shop = Shop::empty();
    one_sentence(&shop.run(&["pay", "1.00", "EUR", "o"]), 1, "till accounts add");
    one_sentence(&shop.run(&["list"]), 1, "till journal create");
    one_sentence(&shop.run(&["journal", "check"]), 1, "till journal create");
    one_sentence(&shop.run(&["terminals", "--account", "shop-9"]), 1, "there is no journal");
    one_sentence(&shop.run(&["accounts", "test", "shop-9"]), 1, "there is no journal");
    one_sentence(&shop.run(&["accounts", "remove", "shop-9"]), 1, "till accounts list");
}

#[test]
fn a_sale_that_cannot_be_is_refused_with_its_rule() {
    let shop = Shop::at("qonto");
    let device = terminal("qonto");
    let pay = |amount: &str, currency: &str, reference: &str| {
        shop.run(&["pay", amount, currency, reference, "--terminal", &device])
    };
    one_sentence(&pay("1,00", "EUR", "o"), 1, "comma");
    one_sentence(&pay("1e2", "EUR", "o"), 1, "[invalid-amount]");
    one_sentence(&pay("1.001", "EUR", "o"), 1, "[invalid-amount]");
    one_sentence(&pay("0", "EUR", "o"), 1, "[invalid-amount]");
    one_sentence(&pay("1.00", "EURO", "o"), 1, "currency");
    one_sentence(&pay("1.00", "EUR", "two words"), 1, "reference");
    one_sentence(&shop.run(&["pay", "1.00", "EUR", "o"]), 1, "terminal");
    assert!(shop.control().ledger("qonto").charges.is_empty(), "nothing was sent");
    let told = shop.json(&["pay", "1,00", "EUR", "o", "--terminal", &device]);
    let error = told.ended(1).json()["error"].clone();
    assert_eq!(error["code"], "invalid-amount");
    assert_eq!(error["field"], "amount");
    assert_eq!(error["charged"], "no");
}

#[test]
fn another_amount_under_a_known_reference_is_a_conflict() {
    let shop = Shop::at("centrapay");
    shop.run(&["pay", "13.30", "NZD", "order-1"]).ended(0);
    let other = shop.run(&["pay", "14.30", "NZD", "order-1"]);
    one_sentence(&other, 1, "[idempotency-conflict]");
    one_sentence(&shop.run(&["pay", "13.30", "NZD", "order-1", "--attempt", "2"]), 1, "attempt");
}

#[test]
fn what_is_not_there_is_told_as_such() {
    let shop = Shop::at("centrapay");
    one_sentence(&shop.run(&["show", "order-9"]), 1, "there is no payment \"order-9\"");
    let id = "01a1f9a7-e3ba-7a68-9791-1d3ce3a00d22";
    one_sentence(&shop.run(&["refund", id, "--reference", "r"]), 1, id);
    one_sentence(&shop.run(&["list", "--before", "x"]), 1, "till list");
    one_sentence(&shop.run(&["report", "--day", "tomorrow-ish"]), 1, "2026-11-20");
    one_sentence(
        &shop.run(&["pay", "1.00", "NZD", "o", "--account", "x"]),
        1,
        "till accounts list",
    );
    let word = ["resolve", id, "--as", "took-effect", "--reason", "r"];
    one_sentence(&shop.run(&word), 1, "--operation");
    let told = shop.json(&["show", "order-9"]).ended(1).json();
    assert_eq!(told["error"]["code"], "unknown-payment");
}

#[test]
fn which_of_several_accounts_has_to_be_said() {
    let shop = Shop::at("centrapay");
    shop.add("shop-2", "vinr");
    one_sentence(&shop.run(&["pay", "1.00", "NZD", "o"]), 1, "shop-1, shop-2");
}

#[test]
fn words_that_nobody_understands_are_2() {
    let shop = Shop::empty();
    for words in [&["payy"][..], &["pay", "1.00"], &["list", "--limit", "0"], &["resolve", "x"]] {
        let ran = shop.run(words);
        assert!(ran.ended(2).err.starts_with("error: "), "{ran:?}");
        assert_eq!(ran.out, "");
    }
    let bare = shop.run(&[]);
    assert!(bare.exit == 0 || bare.exit == 2);
}

#[test]
fn programs_are_told_of_words_that_nobody_understands() {
    let shop = Shop::empty();
    for words in [&["payy", "--json"][..], &["pay", "1.00", "--json"], &["--json", "list", "--x"]] {
        let told = shop.run(words).ended(2).json();
        assert_eq!(told["error"]["code"], "usage", "{told}");
        assert!(!told["error"]["message"].as_str().unwrap().is_empty());
    }
}

#[test]
fn what_is_said_twice_or_backwards_is_refused() {
    let shop = Shop::at("centrapay");
    let pay = ["pay", "1.00", "NZD", "o", "--note", "a=1", "--note", "a=2"];
    one_sentence(&shop.run(&pay), 1, "a is said twice");
    let add = ["accounts", "add", "s", "--provider", "vinr", "--set", "merchant_id=1"];
    let add = [&add[..], &["--set", "merchant_id=2"]].concat();
    one_sentence(&shop.run(&add), 1, "merchant_id is said twice");
    let report = ["report", "--from", "2026-11-20", "--to", "2026-11-19"];
    one_sentence(&shop.run(&report), 1, "--to is before --from");
}

#[test]
fn a_provider_that_is_gone_is_told_in_a_sentence() {
    let shop = Shop::at("qonto");
    let words = ["accounts", "add", "gone", "--provider", "qonto", "--simulator"];
    shop.run(&[&words[..], &["http://127.0.0.1:9"]].concat()).ended(0);
    one_sentence(&shop.run(&["terminals", "--account", "gone"]), 1, "[provider-unreachable]");
    let tested = shop.run(&["accounts", "test", "gone"]);
    assert!(tested.ended(1).out.starts_with("no gone: "), "{tested:?}");
    let doctor = shop.run(&["doctor"]);
    assert!(doctor.ended(1).out.contains("ill  gone"), "{doctor:?}");
}

#[test]
fn the_doctor_hides_nothing_behind_what_is_wrong_with_one_account() {
    let shop = Shop::at("centrapay");
    shop.add("shop-2", "vinr");
    shop.run(&["pay", "13.30", "NZD", "order-1", "--account", "shop-1"]).ended(0);
    let file = shop.file("accounts.json");
    let mut stored: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    // What was sealed for another name does not open.
    stored["accounts"]["shop-1"]["sealed"] = stored["accounts"]["shop-2"]["sealed"].clone();
    std::fs::write(&file, stored.to_string()).unwrap();
    let findings = shop.json(&["doctor"]).ended(1).json()["findings"].clone();
    let verdict = |what: &str| {
        let all = findings.as_array().unwrap();
        let found = all.iter().find(|finding| finding["what"] == what);
        found.unwrap_or_else(|| panic!("{what}: {findings}"))["verdict"].clone()
    };
    assert_eq!(verdict("shop-1"), "ill");
    for well in ["journal", "clock", "shop-2"] {
        assert_eq!(verdict(well), "well", "{well}");
    }

    // A key that is no key says nothing about the journal.
    std::fs::write(shop.file("key"), "no key").unwrap();
    let findings = shop.json(&["doctor"]).ended(1).json()["findings"].clone();
    assert_eq!(findings[0]["what"], "journal", "{findings}");
    assert_eq!(findings[0]["verdict"], "well", "{findings}");
}
