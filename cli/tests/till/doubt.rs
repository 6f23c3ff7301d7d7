//! Doubt: what nobody knows is 4, and ends by looking or by a person's word.

use tillkit_simulator::server::Wanted;

use crate::shop::{Shop, terminal};

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
    let mut changed = 0;
    for name in ["till.db", "till.db-wal"] {
        let Ok(mut bytes) = std::fs::read(shop.file(name)) else { continue };
        let places: Vec<usize> = bytes
            .windows(7)
            .enumerate()
            .filter_map(|(at, part)| (part == b"zebra77").then_some(at))
            .collect();
        changed += places.len();
        for at in places {
            bytes[at] = b'Z';
        }
        std::fs::write(shop.file(name), bytes).unwrap();
    }
    assert!(changed > 0, "the note is in the journal");
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
