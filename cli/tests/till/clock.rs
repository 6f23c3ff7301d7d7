//! The doctor compares the clock with what the providers' answers tell.

use serde_json::Value;

use crate::shop::Shop;

fn clock(shop: &Shop, exit: i32) -> (String, String) {
    let told = shop.json(&["doctor"]).ended(exit).json();
    let findings = told["findings"].as_array().unwrap();
    let of_clock: Vec<&Value> = findings.iter().filter(|one| one["what"] == "clock").collect();
    let [one] = of_clock[..] else { panic!("said once: {told}") };
    let text = |name: &str| one[name].as_str().unwrap().to_owned();
    (text("verdict"), text("text"))
}

#[test]
fn a_clock_that_is_off_is_told_with_what_to_do() {
    for provider in ["qonto", "vinr", "dintero"] {
        let shop = Shop::at(provider);
        let (verdict, text) = clock(&shop, 0);
        assert_eq!(verdict, "well", "{text}");
        assert!(text.ends_with("as the providers do: shop-1"), "{text}");

        shop.control().misdate(provider, 600_000);
        let (verdict, text) = clock(&shop, 1);
        assert_eq!(verdict, "ill", "{provider}: {text}");
        assert!(text.contains("min behind that of shop-1's provider: set it"), "{text}");

        shop.control().misdate(provider, -600_000);
        let (verdict, text) = clock(&shop, 1);
        assert_eq!(verdict, "ill", "{provider}: {text}");
        assert!(text.contains("min ahead of that of shop-1's provider: set it"), "{text}");
    }
}

#[test]
fn a_provider_whose_clock_alone_is_off_is_told_apart() {
    let shop = Shop::at("vinr");
    shop.add("shop-2", "qonto");
    shop.control().misdate("qonto", 600_000);
    let (verdict, text) = clock(&shop, 0);
    assert_eq!(verdict, "mind", "{text}");
    assert!(text.contains("as the provider of shop-1 does, but"), "{text}");
    assert!(text.contains("that of shop-2's provider: tell that provider"), "{text}");
}

#[test]
fn where_nobody_tells_the_time_it_says_so() {
    let shop = Shop::empty();
    shop.run(&["journal", "create"]).ended(0);
    let (verdict, text) = clock(&shop, 0);
    assert_eq!(verdict, "mind");
    assert!(text.contains("no provider told the time"), "{text}");
}
