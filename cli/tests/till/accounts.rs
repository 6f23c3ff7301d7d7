//! Accounts: what is secret is never in arguments, on the screen or in the file.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use crate::shop::{Shop, ended};

const SECRET: &str = "sk_test_simulated";

fn words<'a>(shop: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let base = ["accounts", "add", "shop-1", "--provider", "vinr", "--set", "environment=sandbox"];
    [&base[..], &["--set", "merchant_id=m-1", "--set", shop], more].concat()
}

#[test]
fn secrets_come_from_files_and_the_environment_alone() {
    let shop = Shop::empty();
    let base_url = format!("base_url={}/vinr", shop.address());
    let refused = shop.run(&words(&base_url, &["--set", &format!("api_key={SECRET}")]));
    assert!(refused.ended(1).err.contains("--env api_key=VARIABLE"), "{refused:?}");
    assert!(!refused.err.contains(SECRET), "{refused:?}");

    let missing = shop.run(&words(&base_url, &[]));
    assert!(missing.ended(1).err.contains("api_key"), "{missing:?}");
    assert!(missing.err.contains("--env or --file api_key="), "{missing:?}");

    std::fs::write(shop.file("secret"), format!("{SECRET}\n")).unwrap();
    let file = format!("api_key={}", shop.file("secret").display());
    shop.run(&words(&base_url, &["--file", &file])).ended(0);
    assert_eq!(shop.run(&["accounts", "test"]).exit, 0, "the secret came through");
}

#[test]
fn what_is_stored_is_sealed_and_nobody_elses() {
    let shop = Shop::at("vinr");
    for name in ["accounts.json", "key", "till.db"] {
        let mode = std::fs::metadata(shop.file(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let stored = std::fs::read_to_string(shop.file("accounts.json")).unwrap();
    assert!(stored.contains("shop-1") && stored.contains("vinr"), "{stored}");
    assert!(!stored.contains(SECRET) && !stored.contains("merchant-1"), "{stored}");
    let listed = shop.json(&["accounts", "list"]).ended(0).json();
    assert_eq!(listed["accounts"][0]["merchant"], "merchant-1");
    assert!(!listed.to_string().contains(SECRET));
}

#[test]
fn without_the_key_nothing_opens() {
    let shop = Shop::at("vinr");
    std::fs::remove_file(shop.file("key")).unwrap();
    let gone = shop.json(&["accounts", "list"]).ended(1).json();
    assert_eq!(gone["accounts"][0]["error"]["code"], "no-key");
    // A key in its place does not make the sealed ones readable, and does not replace them.
    std::fs::write(shop.file("key"), "11".repeat(32)).unwrap();
    let other = shop.json(&["accounts", "list"]).ended(1).json();
    assert_eq!(other["accounts"][0]["error"]["code"], "wrong-key");
    std::fs::write(shop.file("key"), "no key").unwrap();
    let damaged = shop.json(&["accounts", "list"]).ended(1).json();
    assert_eq!(damaged["error"]["code"], "key-unreadable");
}

#[test]
fn the_key_may_live_in_the_environment() {
    let shop = Shop::empty();
    let address = shop.address();
    let add = ["accounts", "add", "shop-1", "--provider", "vinr", "--simulator", &address];
    let run = |words: &[&str]| {
        let output = shop.command(words).env("TILL_KEY", "22".repeat(32)).output().unwrap();
        output.status.code()
    };
    assert_eq!(run(&add), Some(0));
    assert!(!shop.file("key").exists());
    assert_eq!(run(&["accounts", "test"]), Some(0));
    let listed = shop.json(&["accounts", "list"]).ended(1).json();
    assert_eq!(listed["accounts"][0]["error"]["code"], "no-key");
    // One that was emptied is none.
    let emptied = shop.command(&["accounts", "list", "--json"]).env("TILL_KEY", "").output();
    let emptied = String::from_utf8(emptied.unwrap().stdout).unwrap();
    assert!(emptied.contains("no-key"), "{emptied}");
}

#[test]
fn accounts_that_are_added_at_once_are_all_kept() {
    let shop = Shop::empty();
    let address = shop.address();
    let names: Vec<String> = (1..=6).map(|number| format!("shop-{number}")).collect();
    let adding = names.iter().map(|name| {
        let words = ["accounts", "add", name, "--provider", "vinr", "--simulator", &address];
        shop.command(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    });
    for child in adding.collect::<Vec<_>>() {
        ended(child).ended(0);
    }
    let listed = shop.json(&["accounts", "list"]).ended(0).json();
    let listed = listed["accounts"].as_array().unwrap().iter();
    let listed: Vec<_> = listed.map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(listed, names);
}

#[test]
fn another_key_seals_nothing_beside_what_is_there() {
    let shop = Shop::at("vinr");
    let stored = std::fs::read_to_string(shop.file("accounts.json")).unwrap();
    let address = shop.address();
    let add = ["accounts", "add", "shop-2", "--provider", "vinr", "--simulator", &address];
    let mut adding = shop.command(&[&add[..], &["--json"]].concat());
    let adding = adding.env("TILL_KEY", "22".repeat(32)).stdout(Stdio::piped());
    let refused = ended(adding.stderr(Stdio::piped()).spawn().unwrap());
    let error = refused.ended(1).json()["error"].clone();
    assert_eq!(error["code"], "wrong-key");
    assert!(error["message"].as_str().unwrap().contains("shop-1"), "{error}");
    assert_eq!(std::fs::read_to_string(shop.file("accounts.json")).unwrap(), stored);
}

#[test]
fn an_account_that_does_not_open_keeps_nobody_from_the_others() {
    let (shop, other) = (Shop::at("vinr"), Shop::at("vinr"));
    let read = |shop: &Shop| -> serde_json::Value {
        let text = std::fs::read_to_string(shop.file("accounts.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let mut mixed = read(&shop);
    mixed["accounts"]["shop-0"] = read(&other)["accounts"]["shop-1"].clone();
    std::fs::write(shop.file("accounts.json"), mixed.to_string()).unwrap();

    let listed = shop.json(&["accounts", "list"]).ended(1).json();
    assert_eq!(listed["accounts"][0]["error"]["code"], "wrong-key", "{listed}");
    assert_eq!(listed["accounts"][1]["merchant"], "merchant-1");
    let tested = shop.run(&["accounts", "test"]);
    assert!(tested.ended(1).out.contains("ok shop-1"), "{tested:?}");
    assert!(tested.out.contains("no shop-0") && tested.out.contains("sealed"), "{tested:?}");
    let recovered = shop.run(&["recover"]);
    assert!(recovered.ended(0).err.contains("shop-0 is not connected"), "{recovered:?}");
    shop.run(&["accounts", "remove", "shop-0", "--yes"]).ended(0);
    shop.run(&["accounts", "list"]).ended(0);
}

#[test]
fn a_secret_in_the_place_of_its_variable_is_not_repeated() {
    let shop = Shop::empty();
    let base_url = format!("base_url={}/vinr", shop.address());
    for option in ["--env", "--file"] {
        let refused = shop.run(&words(&base_url, &[option, &format!("api_key={SECRET}")]));
        assert!(!refused.ended(1).err.contains(SECRET), "{refused:?}");
        assert!(refused.err.contains(&format!("{option} api_key=")), "{refused:?}");
    }
}

#[test]
fn an_account_is_forgotten_only_when_somebody_said_so() {
    let shop = Shop::at("vinr");
    let unsaid = shop.json(&["accounts", "remove", "shop-1"]).ended(1).json();
    assert_eq!(unsaid["error"]["code"], "needs-yes");
    shop.run(&["accounts", "test", "shop-1"]).ended(0);
}

#[test]
fn a_known_name_is_replaced_only_when_that_is_said() {
    let shop = Shop::at("vinr");
    let address = shop.address();
    let add = ["accounts", "add", "shop-1", "--provider", "qonto", "--simulator", &address];
    assert_eq!(shop.json(&add).ended(1).json()["error"]["code"], "account-known");
    shop.run(&[&add[..], &["--replace"]].concat()).ended(0);
    let listed = shop.run(&["accounts", "list"]);
    assert!(listed.ended(0).out.contains("qonto"), "{listed:?}");
    shop.run(&["accounts", "remove", "shop-1", "--yes"]).ended(0);
    let none = shop.run(&["accounts", "list"]);
    assert!(none.ended(0).out.starts_with("no accounts"), "{none:?}");
}

#[test]
fn an_unknown_provider_or_setting_is_named() {
    let shop = Shop::empty();
    let unknown = shop.run(&["accounts", "add", "s", "--provider", "marlin"]);
    assert!(unknown.ended(1).err.contains("qonto, vinr, dintero, centrapay"), "{unknown:?}");
    let add = ["accounts", "add", "s", "--provider", "vinr", "--set", "colour=red"];
    let setting = shop.run(&add);
    assert!(setting.ended(1).err.contains("colour"), "{setting:?}");
}

#[test]
fn terminals_are_listed_with_the_ids_that_sales_take() {
    let shop = Shop::at("dintero");
    let listed = shop.json(&["terminals"]).ended(0).json();
    let ids: Vec<_> =
        listed["terminals"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert!(ids.contains(&&serde_json::json!(crate::shop::terminal("dintero"))), "{listed}");
    let doctor = shop.json(&["doctor"]).ended(0).json();
    assert_eq!(doctor["well"], true, "{doctor}");
}

/// The settings of an application that asks for tokens itself, at the simulator.
fn add_application(shop: &Shop) {
    let base_url = format!("base_url={}/qonto", shop.address());
    let oauth_url = format!("oauth_url={}/qonto", shop.address());
    std::fs::write(shop.file("secret"), "secret-1").unwrap();
    std::fs::write(shop.file("staging"), "staging").unwrap();
    let file = |name: &str, at: &str| format!("{name}={}", shop.file(at).display());
    let (secret, staging) = (file("client_secret", "secret"), file("staging_token", "staging"));
    let plain = ["environment=sandbox", "organization_id=org-1", "client_id=client-1"];
    let mut words = vec!["accounts", "add", "shop-1", "--provider", "qonto"];
    for setting in plain.into_iter().chain([base_url.as_str(), &oauth_url]) {
        words.extend(["--set", setting]);
    }
    words.extend(["--file", &secret, "--file", &staging]);
    shop.run(&words).ended(0);
}

/// The merchant goes where they are sent, says yes, and comes back to this address.
fn merchant_says_yes(url: &str) -> String {
    use std::io::{Read as _, Write as _};
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    let head = "connection: close\r\nX-Qonto-Staging-Token: staging";
    write!(stream, "GET /{path} HTTP/1.1\r\nhost: {host}\r\n{head}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let back = answer.lines().find_map(|line| line.strip_prefix("location: "));
    back.unwrap_or_else(|| panic!("{answer}")).to_owned()
}

#[test]
fn a_merchant_gives_consent_once() {
    use std::io::{BufRead as _, Write as _};
    let shop = Shop::empty();
    add_application(&shop);
    let before = shop.run(&["accounts", "test"]);
    assert!(before.ended(1).out.starts_with("no shop-1"), "{before:?}");

    let words = ["accounts", "authorize", "--redirect-uri", "https://shop.example/back", "--json"];
    let mut command = shop.command(&words);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
    let asked: serde_json::Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    let back = merchant_says_yes(asked["authorize"].as_str().unwrap());
    writeln!(child.stdin.take().unwrap(), "{back}").unwrap();
    let done: serde_json::Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!(done["authorized"], "shop-1");
    assert!(child.wait().unwrap().success());

    // Later processes find the tokens sealed in the journal.
    shop.run(&["accounts", "test"]).ended(0);
    let no = shop.run_with(&words, "https://shop.example/back?error=access_denied&state=x\n");
    assert!(no.ended(1).err.contains("access_denied"), "{no:?}");
    let bare = shop.run_with(&words, "https://shop.example/back\n");
    assert!(bare.ended(1).err.contains("copy all of it"), "{bare:?}");
}

#[test]
fn references_may_restart_with_each_day() {
    let shop = Shop::empty();
    let address = shop.address();
    let add = ["accounts", "add", "shop-1", "--provider", "centrapay", "--simulator", &address];
    assert_eq!(shop.run(&[&add[..], &["--day-begins", "24"]].concat()).exit, 2);
    shop.run(&[&add[..], &["--day-begins", "4"]].concat()).ended(0);
    let sale = ["pay", "13.30", "NZD", "17"];
    let first = shop.json(&sale).ended(0).json();
    let again = shop.json(&sale).ended(0).json();
    assert_eq!(again["payment"]["id"], first["payment"]["id"], "the same day");
    assert_eq!(shop.json(&["show", "17"]).ended(0).json()["payment"]["outcome"], "paid");
    // Where references never restart, this is another sale than the one of that day.
    shop.run(&[&add[..], &["--replace"]].concat()).ended(0);
    let other = shop.json(&sale).ended(0).json();
    assert_ne!(other["payment"]["id"], first["payment"]["id"]);
}
