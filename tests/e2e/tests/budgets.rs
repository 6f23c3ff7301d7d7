//! Several tills and processes on one journal's file, which the provider counts together: what it
//! allows in a minute is kept to by all of them, whoever joins, dies or closes.

use std::time::Duration;

use tillkit::till::{Outcome, Till};
use tillkit_e2e::child::Counter;
use tillkit_e2e::{At, Shop};
use tillkit_model::ids::PaymentId;
use tillkit_simulator::server::Wanted;

/// Centrapay's own number for each key.
const ALLOWED_IN_A_MINUTE: usize = 200;

/// Sales that nobody pays, each polled as often as it may; tells of the last.
async fn sells(till: &Till, shop: &Shop, of: &str, count: usize) -> PaymentId {
    let mut last = None;
    for number in 0..count {
        shop.next(Wanted::WalksAway);
        last = Some(till.start(shop.at.sale(&format!("{of}-{number}"))).await.unwrap().id);
    }
    last.unwrap()
}

/// When the provider was asked, on its own clock.
fn asked_ms(shop: &Shop) -> Vec<u64> {
    let all = shop.control().exchanges(shop.at.stand).into_iter().filter(|one| !one.told);
    let mut asked: Vec<u64> = all.map(|one| one.at_ms).collect();
    asked.sort_unstable();
    asked
}

fn most_in_a_minute(asked_ms: &[u64]) -> usize {
    let from = |first: usize| {
        let until = asked_ms[first] + 60_000;
        asked_ms[first..].iter().take_while(|asked| **asked < until).count()
    };
    (0..asked_ms.len()).map(from).max().unwrap_or(0)
}

#[test]
fn all_processes_of_a_journal_keep_to_what_the_provider_allows() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let shop = Shop::open(At::named("centrapay")).await;
        let second = shop.another_till().await;
        let first = sells(&shop.till, &shop, "first", 6).await;
        sells(&second, &shop, "second", 6).await;
        // Another process, which dies with whatever it holds.
        shop.next(Wanted::WalksAway);
        let mut dies = Counter::start(env!("CARGO_BIN_EXE_e2e-till"), &shop, "third-0");
        assert_eq!(dies.hear(), "open");
        assert!(dies.hear().starts_with("started"));
        for _ in 0..20 {
            shop.till.wait(first, Some(Duration::from_secs(1))).await.unwrap();
        }
        dies.kill();
        second.close().await.unwrap();
        let fourth = shop.another_till().await;
        sells(&fourth, &shop, "fourth", 6).await;
        assert_eq!(shop.settled(first).await.outcome, Outcome::NotPaid, "it expired");

        let asked = asked_ms(&shop);
        let most = most_in_a_minute(&asked);
        println!("{} requests, {most} in the fullest minute", asked.len());
        assert!(most <= ALLOWED_IN_A_MINUTE, "{most} in one minute");
        assert!(most > ALLOWED_IN_A_MINUTE / 3, "{most}: they were polled");
        fourth.close().await.unwrap();
    });
}
