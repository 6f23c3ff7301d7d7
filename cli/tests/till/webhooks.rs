//! The receiver: what is signed is heard, what is not is refused.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;
use tillkit_simulator::server::{Target, Wanted};

use crate::shop::{Shop, terminal};

#[test]
fn a_signed_notification_is_heard_and_a_forged_one_is_not() {
    let shop = Shop::at("vinr");
    let mut command = shop.command(&["webhooks", "serve", "--listen", "127.0.0.1:0", "--json"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    let url = next()["listening"][0].as_str().unwrap().to_owned();

    shop.control().notify("vinr", Target { url: url.clone(), secret: "forged".to_owned() });
    shop.next("vinr", Wanted::Taps { after_ms: 0, tip_minor: 0 });
    let device = terminal("vinr");
    shop.run(&["pay", "13.30", "EUR", "order-1", "--terminal", &device]).ended(0);
    let refused = next();
    assert_eq!(refused["webhook"]["status"], 401, "{refused}");
    assert_eq!(refused["webhook"]["error"]["code"], "webhook-signature");

    // A secret that came since is known too.
    let address = shop.address();
    let add = ["accounts", "add", "shop-1", "--provider", "vinr", "--simulator", &address];
    let mut add =
        shop.command(&[&add[..], &["--replace", "--env", "webhook_secrets=NEW"]].concat());
    assert!(add.env("NEW", "shh,came-later").output().unwrap().status.success());
    shop.control().notify("vinr", Target { url, secret: "came-later".to_owned() });
    shop.run(&["pay", "13.30", "EUR", "order-2", "--terminal", &device]).ended(0);
    let heard = loop {
        let told = next();
        if told["webhook"]["status"] == 200 {
            break told;
        }
    };
    assert_eq!(heard["webhook"]["account"], "shop-1", "{heard}");
    // As a service is stopped: the journal is closed, and nothing is left to be taken over.
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_subscription_is_made_listed_and_ended_and_its_secret_is_kept() {
    let shop = Shop::at("dintero");
    let before = std::fs::read_to_string(shop.file("accounts.json")).unwrap();
    let url = "https://shop.example/hooks/shop-1";
    let made = shop.json(&["webhooks", "subscribe", url]).ended(0).json();
    let id = made["subscribed"][0]["id"].as_str().unwrap().to_owned();
    assert_ne!(std::fs::read_to_string(shop.file("accounts.json")).unwrap(), before);
    assert!(!made.to_string().contains("secret"), "a secret is not printed: {made}");
    let listed = shop.json(&["webhooks", "list"]).ended(0).json();
    assert_eq!(listed["subscriptions"][0]["url"], url);
    shop.run(&["webhooks", "unsubscribe", &id]).ended(0);
    let none = shop.run(&["webhooks", "list"]);
    assert_eq!(none.ended(0).out, "nobody is notified\n");
}
