//! Doubt: what nobody knows is 4, and ends by looking or by a person's word.

use std::process::{Command, Stdio};

use tillkit_simulator::server::{Fault, Loss, Planned, Wanted};

use crate::shop::{Shop, ended, terminal};

/// A sale whose terminal never showed it, and of which nobody can know.
fn in_doubt(shop: &Shop, reference: &str) -> String {
    let device = terminal("qonto");
    let sale = shop.json(&["pay", "13.30", "EUR", reference, "--terminal", &device]);
    let told = sale.ended(4).json();
    assert_eq!(told["payment"]["outcome"], "unknown");
    told["payment"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn an_unknown_sale_is_4_until_a_person_says() {
    let shop = Shop::hurried_at("qonto");
    shop.next("qonto", Wanted::Offline);
    let id = in_doubt(&shop, "order-1");
    let shown = shop.run(&["show", "order-1"]);
    assert!(shown.ended(4).out.contains("do not charge again"), "{shown:?}");
    let left = shop.json(&["recover", "--for", "1"]).ended(4).json();
    assert_eq!(left["left"][0]["id"], id.as_str());

    let bare = shop.run(&["resolve", &id, "--as", "not-paid", "--reason", " "]);
    assert!(bare.ended(1).err.contains("--reason"), "{bare:?}");
    let words =
        ["resolve", "--all", "--as", "not-paid", "--reason", "the terminal was dark", "--yes"];
    let resolved = shop.json(&words).ended(0).json();
    assert_eq!(resolved["resolved"][0]["payment"]["outcome"], "not_paid", "{resolved}");
    let story = shop.run(&["show", &id]);
    assert!(story.ended(3).out.contains("the terminal was dark"), "the reason is kept: {story:?}");
    assert_eq!(shop.json(&["recover"]).ended(0).json()["found"], 0);
}

#[test]
fn a_word_for_good_is_recorded_only_when_somebody_said_yes() {
    let shop = Shop::hurried_at("qonto");
    shop.next("qonto", Wanted::Offline);
    let id = in_doubt(&shop, "order-1");
    for which in ["--all", id.as_str()] {
        let words = ["resolve", which, "--as", "paid", "--reason", "seen"];
        assert_eq!(shop.json(&words).ended(1).json()["error"]["code"], "needs-yes");
        shop.run(&words).ended(1);
    }
    shop.run(&["show", &id]).ended(4);
}

#[test]
fn what_is_damaged_is_told_by_whoever_sums_up_or_resolves() {
    let shop = Shop::hurried_at("qonto");
    shop.next("qonto", Wanted::Offline);
    let device = terminal("qonto");
    let sale = ["pay", "13.30", "EUR", "order-1", "--terminal", &device, "--note", "table=zebra77"];
    shop.run(&sale).ended(4);
    shop.run(&["journal", "prune", "--older-than", "30"]).ended(0);
    // The calls ran in this process, and their last threads put the journal away after them.
    while shop.file("till.db-wal").exists() {
        std::thread::yield_now();
    }
    let mut bytes = std::fs::read(shop.file("till.db")).unwrap();
    let places = bytes.windows(7).enumerate();
    let places: Vec<usize> =
        places.filter_map(|(at, part)| (part == b"zebra77").then_some(at)).collect();
    assert!(!places.is_empty(), "the note is in the journal");
    for at in places {
        bytes[at] = b'Z';
    }
    std::fs::write(shop.file("till.db"), bytes).unwrap();
    let words = ["resolve", "--all", "--as", "not-paid", "--reason", "the terminal was dark"];
    let told = shop.json(&[&words[..], &["--yes"]].concat()).ended(1).json();
    assert!(told["resolved"][0]["error"]["code"].is_string(), "{told}");
    let table = shop.run(&["report"]);
    assert!(table.ended(1).out.contains("cannot be read"), "{table:?}");
    let picture = shop.run(&["report", "--format", "svg"]);
    assert!(!picture.ended(1).err.is_empty(), "{picture:?}");
}

#[test]
fn a_late_approval_is_found_by_recover() {
    let shop = Shop::hurried_at("qonto");
    shop.next("qonto", Wanted::WakesLate { after_ms: 126_000 });
    let id = in_doubt(&shop, "order-1");
    let recovered = shop.run(&["recover", "--for", "30"]);
    assert!(recovered.ended(0).out.contains(&format!("{id}  paid: 13.30 EUR")), "{recovered:?}");
    assert_eq!(shop.json(&["show", &id]).ended(0).json()["payment"]["outcome"], "paid");
}

#[test]
fn what_may_still_settle_is_not_a_persons_to_say() {
    let shop = Shop::at("centrapay");
    shop.next("centrapay", Wanted::WalksAway);
    let open = shop.json(&["pay", "1.00", "NZD", "o", "--no-wait"]).ended(5).json();
    let id = open["payment"]["id"].as_str().unwrap();
    let early =
        shop.json(&["resolve", id, "--as", "paid", "--reason", "seen", "--yes"]).ended(1).json();
    assert_eq!(early["resolved"][0]["error"]["code"], "not-yet-resolvable", "{early}");
    assert_eq!(shop.run(&["cancel", id]).exit, 0);
}

/// A refund whose request never arrived, and of which nobody at the till can know.
fn refund_in_doubt(shop: &Shop, order: &str, name: &str) {
    let lost = Planned::once(Fault::Lose { when: Loss::BeforeArrival });
    let (path, method) = ("/refund".to_owned(), Some("POST".to_owned()));
    shop.control().fault("dintero", Planned { path, method, ..lost });
    let refunds = || {
        let exchanges = shop.control().exchanges("dintero");
        exchanges.iter().filter(|one| one.method == "POST" && one.path.contains("refund")).count()
    };
    let before = refunds();
    let mut command = shop.command(&["refund", order, "--reference", name, "--amount", "3.30"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    while refunds() == before {
        std::thread::yield_now();
    }
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let ran = ended(child);
    assert!(ran.ended(4).out.contains("is not known yet"), "{ran:?}");
}

#[test]
fn what_became_of_a_refund_is_a_persons_to_say_too() {
    let shop = Shop::at("dintero");
    let device = terminal("dintero");
    shop.run(&["pay", "13.30", "NOK", "order-1", "--terminal", &device]).ended(0);
    let said = [("r-1", "no-effect", "refused", 0), ("r-2", "took-effect", "done", 330)];
    for (name, word, progress, returned) in said {
        refund_in_doubt(&shop, "order-1", name);
        let resolve = |operation: &str| {
            let words = ["resolve", "order-1", "--operation", operation, "--as", word, "--yes"];
            shop.json(&[&words[..], &["--reason", "the back office shows it"]].concat())
        };
        let unknown = resolve("r-9").ended(1).json();
        assert!(unknown["resolved"][0]["error"]["code"].is_string(), "{unknown}");
        let told = resolve(name).ended(0).json();
        let payment = &told["resolved"][0]["payment"];
        let operations = payment["operations"].as_array().unwrap().iter();
        let mut of_it = operations.filter(|one| one["reference"] == name);
        assert_eq!(of_it.next().unwrap()["progress"], progress, "{told}");
        assert_eq!(payment["amounts"]["returned"]["minor"], returned, "{told}");
        let again = resolve(name).ended(1).json();
        assert!(again["resolved"][0]["error"]["code"].is_string(), "said once: {again}");
    }
    let story = shop.run(&["show", "order-1"]);
    assert!(story.ended(0).out.contains("the back office shows it"), "{story:?}");
    let ledger = shop.control().ledger("dintero");
    assert_eq!(ledger.charges[0].returned_minor(), 0, "a word moves no money");
}
