//! Renews its tokens, and ends itself where it was told to.

use tillkit_e2e::renewal::{Brief, till};

fn main() {
    let brief = std::env::args().nth(1).expect("started with a brief");
    let brief: Brief = serde_json::from_str(&brief).expect("the brief is JSON");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let till = runtime.block_on(till(&brief));
    // It ends by itself; whoever started it hears of its end.
    loop {
        runtime.block_on(till.health()).expect("the journal tells");
    }
}
