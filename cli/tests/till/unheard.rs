//! Nobody reads what is printed: the exit code is what it would have been, and work goes on.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use serde_json::Value;
use tillkit_simulator::server::Wanted;

use crate::shop::Shop;

/// The exit code of a call whose standard output was closed at once.
fn closed(shop: &Shop, words: &[&str]) -> Option<i32> {
    let mut command = shop.command(words);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    drop(child.stdout.take());
    child.wait().unwrap().code()
}

/// The exit code of a call whose standard output is a full device.
fn full(shop: &Shop, words: &[&str]) -> Option<i32> {
    let device = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let status = shop.command(words).stdout(device).stderr(Stdio::null()).status();
    status.unwrap().code()
}

#[test]
fn what_became_of_the_money_is_told_by_the_code_all_the_same() {
    let shop = Shop::at("centrapay");
    for more in [&[][..], &["--json"]] {
        let order = format!("order-{}", more.len());
        let pay = |part: &str| {
            let order = format!("{order}-{part}");
            [&["pay", "13.30", "NZD", &order], more]
                .concat()
                .iter()
                .map(|w| w.to_string())
                .collect()
        };
        let ran = |run: fn(&Shop, &[&str]) -> Option<i32>, words: &Vec<String>| {
            run(&shop, &words.iter().map(String::as_str).collect::<Vec<_>>())
        };
        for (part, run) in [("closed", closed as fn(&Shop, &[&str]) -> _), ("full", full)] {
            let words: Vec<String> = pay(part);
            shop.next("centrapay", Wanted::Declines { after_ms: 0 });
            assert_eq!(ran(run, &words), Some(3), "declined: {words:?}");
            let words = [words, vec!["--attempt".into(), "2".into()]].concat();
            shop.next("centrapay", Wanted::WalksAway);
            let open = [words.clone(), vec!["--no-wait".into()]].concat();
            assert_eq!(ran(run, &open), Some(5), "open: {words:?}");
            let cancel = vec!["cancel".to_owned(), words[3].clone()];
            assert_eq!(ran(run, &cancel), Some(0), "cancelled: {words:?}");
            assert_eq!(ran(run, &cancel), Some(0), "and it stays so");
            assert_eq!(ran(run, &vec!["show".to_owned(), words[3].clone()]), Some(3));
        }
    }
}

#[test]
fn what_is_only_to_be_printed_fails_on_a_full_device_and_not_where_a_reader_had_enough() {
    let shop = Shop::at("centrapay");
    shop.run(&["pay", "13.30", "NZD", "order-1"]).ended(0);
    for words in [&["list"][..], &["report", "--format", "csv"], &["receipt", "order-1"]] {
        assert_eq!(closed(&shop, words), Some(0), "{words:?}");
        assert_eq!(full(&shop, words), Some(1), "{words:?}");
    }
}

#[test]
fn a_log_that_nobody_reads_stops_no_sale() {
    let shop = Shop::at("centrapay");
    let mut command = shop.command(&["pay", "13.30", "NZD", "order-1"]);
    command.env("TILL_LOG", "1").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stderr.take());
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{out}");
    assert!(out.contains("paid: 13.30 NZD were paid"), "{out}");
}

/// Posts something that nobody signed, and says the status of the answer.
fn post(url: &str) -> String {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let head = format!("POST /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close");
    write!(stream, "{head}\r\ncontent-length: 2\r\n\r\n{{}}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

fn interrupt(child: &Child) {
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
}

#[test]
fn a_receiver_hears_on_when_nobody_reads_along() {
    let shop = Shop::at("vinr");
    let mut command = shop.command(&["webhooks", "serve", "--listen", "127.0.0.1:0", "--json"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    let url = told["listening"][0].as_str().unwrap().to_owned();
    drop(lines);
    for _ in 0..20 {
        assert_eq!(post(&url), "401");
    }
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
