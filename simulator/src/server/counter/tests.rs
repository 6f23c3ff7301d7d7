//! The counter over real sockets: its page, a sale through the product, and what it refuses.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tillkit::till::{Connect, SaleRequest};

use super::Counter;
use crate::fakes::ledger::Standing;
use crate::server::stands::Stand;
use crate::server::{Deed, How, Options, Simulator};

struct Bench {
    // Dropped in this order: the counter before what it stands in.
    counter: Counter,
    simulator: Simulator,
}

impl Bench {
    fn open() -> Self {
        let simulator = Simulator::start(Options { pace: 20, ..Options::default() }).unwrap();
        Self { counter: Counter::open(&simulator, None).unwrap(), simulator }
    }

    fn connect(&self, head: &str, body: &str) -> TcpStream {
        let at = self.simulator.address();
        let mut stream = TcpStream::connect(at).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let length = body.len();
        let text = format!(
            "{head}\r\nhost: {at}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(text.as_bytes()).unwrap();
        stream
    }

    fn ask(&self, head: &str, body: &str) -> (u16, String, String) {
        let mut answer = String::new();
        self.connect(head, body).read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), head.to_owned(), body.to_owned())
    }

    fn get(&self, path: &str) -> (u16, String, String) {
        self.ask(&format!("GET {path} HTTP/1.1"), "")
    }

    fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let head = format!("POST {path} HTTP/1.1\r\ncontent-type: application/json");
        let (status, _, body) = self.ask(&head, &body.to_string());
        (status, serde_json::from_str(&body).unwrap())
    }

    /// Reads the live view until it shows this.
    fn until(&self, shows: impl Fn(&Value) -> bool) -> Value {
        let stream = self.connect("GET /counter/events HTTP/1.1", "");
        let mut event = String::new();
        for line in BufReader::new(stream).lines() {
            let line = line.unwrap();
            if let Some(name) = line.strip_prefix("event: ") {
                name.clone_into(&mut event);
            }
            let data = line.strip_prefix("data: ").filter(|_| event == "state");
            if let Some(data) = data {
                let state: Value = serde_json::from_str(data).unwrap();
                if shows(&state["shown"]) {
                    return state["shown"].clone();
                }
            }
        }
        panic!("the live view ended");
    }
}

#[test]
fn the_page_is_whole_and_comes_from_nowhere_else() {
    let bench = Bench::open();
    let (status, head, html) = bench.get("/");
    assert_eq!(status, 200);
    assert!(head.contains("default-src 'none'"), "{head}");
    let named = html.split(['"', '\'']).filter(|word| word.starts_with("/counter/"));
    let mut files = 0;
    for path in named {
        assert_eq!(bench.get(path).0, 200, "{path}");
        files += 1;
    }
    assert!(files >= 5, "{files} files are named");
    assert!(!html.contains("http://") && !html.contains("https://"));
    assert_eq!(bench.get("/counter/nothing.js").0, 404);
}

#[test]
fn a_sale_goes_through_the_product_and_the_ledger_agrees() {
    let bench = Bench::open();
    let sale = json!({ "provider": "qonto", "amount": "13.30", "reference": "order-1" });
    let (status, started) = bench.post("/counter/sales", &sale);
    assert_eq!((status, started["outcome"].as_str()), (200, Some("open")), "{started}");
    let deed = Deed::Present { how: How::Tap, tip_minor: 0, declined: false };
    bench.simulator.control().hand("qonto", deed).unwrap();
    let shown = bench.until(|shown| shown["payments"][0]["summary"]["outcome"] == "paid");
    let payment = &shown["payments"][0];
    assert_eq!(payment["differs"], false, "{payment}");
    let ledger = bench.simulator.control().ledger("qonto");
    assert_eq!((ledger.charges.len(), ledger.charges[0].standing), (1, Standing::Taken));
}

#[test]
fn what_is_wrong_with_a_sale_is_told_as_the_till_tells_it() {
    let bench = Bench::open();
    for (sale, field) in [
        (json!({ "provider": "qonto", "amount": "13.305", "reference": "a" }), "amount"),
        (json!({ "provider": "vinr", "amount": "13.30", "reference": "" }), "reference"),
        (json!({ "provider": "nobody", "amount": "13.30", "reference": "a" }), "provider"),
        (json!({ "amount": 13.3 }), "body"),
    ] {
        let (status, error) = bench.post("/counter/sales", &sale);
        assert_eq!((status, error["field"].as_str()), (422, Some(field)), "{error}");
        assert_eq!(error["charged"], "no");
    }
    // Another site's page could send this much without being asked for its right.
    let plain = "POST /counter/sales HTTP/1.1\r\ncontent-type: text/plain";
    assert_eq!(bench.ask(plain, "{}").0, 415);
}

#[test]
fn a_trouble_is_switched_on_and_off_again() {
    let bench = Bench::open();
    let switch = |on: bool| json!({ "provider": "vinr", "trouble": "lose-answer", "on": on });
    for (on, planned) in [(true, 1), (true, 1), (false, 0)] {
        assert_eq!(bench.post("/counter/troubles", &switch(on)).0, 200);
        assert_eq!(bench.simulator.control().faults("vinr").len(), planned);
    }
    let unknown = json!({ "provider": "vinr", "trouble": "fire", "on": true });
    assert_eq!(bench.post("/counter/troubles", &unknown).0, 422);
}

#[test]
fn a_journal_in_a_folder_is_there_when_the_counter_opens_again() {
    let folder = TempDir::new().unwrap();
    let simulator = Simulator::start(Options::default()).unwrap();
    let counter = Counter::open(&simulator, Some(folder.path())).unwrap();
    assert!(counter.url().ends_with('/'));
    drop(counter);
    assert!(folder.path().join("till.db").is_file());
    drop(Counter::open(&simulator, Some(folder.path())).unwrap());
    assert!(Counter::open(&simulator, Some(&folder.path().join("absent/folder"))).is_err());
}

#[test]
fn a_till_that_joins_has_its_payments_on_the_page_and_is_asked_for_them() {
    let bench = Bench::open();
    let folder = TempDir::new().unwrap();
    let hall = bench.simulator.control().hall();
    let till = Arc::new(super::shop::open_till(&folder.path().join("till.db"), hall).unwrap());
    let at = bench.simulator.address();
    let stand = Stand::named("centrapay").unwrap();
    let account =
        Connect::new("shop-centrapay", stand.provider, &stand.settings(&format!("http://{at}")));
    let sale = SaleRequest::new("shop-centrapay", None, "13.30", "NZD", "order-1");
    let paid = super::wait_for(async {
        till.connect(account.unwrap()).await?;
        till.pay(sale).await
    });
    let id = paid.unwrap().unwrap().id.to_string();
    let strangers = bench.until(|state| state["others"] != json!([]));
    assert_eq!(strangers["payments"], json!([]), "nobody knows yet whose it is");

    bench.counter.joined_by(Arc::clone(&till), "shop-");
    let known = bench.until(|state| state["payments"][0]["summary"]["id"] == id.as_str());
    assert_eq!(known["others"], json!([]));
    assert_eq!(known["payments"][0]["provider"], "centrapay");
    assert_eq!(known["payments"][0]["differs"], false);
    let refund = json!({ "reference": "r-1", "amount": "3.30" });
    let (status, told) = bench.post(&format!("/counter/payments/{id}/refund"), &refund);
    assert_eq!(status, 200, "{told}");
    super::wait_for(till.close()).unwrap().unwrap();
}
