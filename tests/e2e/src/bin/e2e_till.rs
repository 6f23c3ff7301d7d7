//! Pays one sale, telling each step, so that it can be killed between any two.

use tillkit_e2e::child::Brief;
use tillkit_e2e::provider::At;
use tillkit_e2e::shop::till;

fn main() {
    let brief = std::env::args().nth(1).expect("started with a brief");
    let Brief { journal, provider, base_url, reference } =
        serde_json::from_str(&brief).expect("the brief is JSON");
    let at = At::named(&provider);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let till = till(&journal, at, &base_url, false).await;
        println!("open");
        let started = till.start(at.sale(&reference)).await.expect("it starts");
        println!("started {}", started.id);
        let paid = till.wait(started.id, None).await.expect("it is there");
        println!("ended {}", paid.outcome.name());
    });
}
