//! A web server of the shop's, which hands over notifications exactly as they arrive.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use tillkit::shell::Settings as Pace;
use tillkit::shell::testing::MemoryJournal;
use tillkit::till::{Assembly, Connect, Till, WebhookAnswer};
use tillkit::transport::{Https, Limits, Silent};
use tillkit_model::provider::{Secret, qonto, vinr};
use tillkit_simulator::fakes::centrapay;
use tillkit_simulator::server::{Options as Stand, Simulator, Target};

use crate::shop::hurried_clock;
use crate::{ACCOUNT, At, PACE};

/// A shop whose journal can be broken, and whose web server a provider of the simulator notifies.
pub struct Notified {
    /// The simulator, and who is notified there.
    pub simulator: Simulator,
    /// Which provider.
    pub at: &'static At,
    /// What it sells through.
    pub till: Arc<Till>,
    /// What it stands on.
    pub journal: MemoryJournal,
    /// Where notifications arrive.
    pub url: String,
    /// What arrived.
    pub arrivals: mpsc::Receiver<Arrived>,
}

/// The secret by which notifications are signed, where a secret does it.
pub const SECRET: &str = "whsec-1";

/// Far more than anything takes that comes at all.
const PATIENCE: Duration = Duration::from_secs(30);

impl Notified {
    /// Opens a new shop at this provider.
    ///
    /// # Panics
    /// When something of it cannot be had.
    pub async fn open(at: &'static At) -> Self {
        let simulator = Simulator::start(Stand { pace: PACE, ..Stand::default() });
        let simulator = simulator.expect("a free port");
        let (url, listener) = address(at.stand);
        let journal = MemoryJournal::new();
        let base_url = simulator.base_url(at.stand);
        let till = Arc::new(till_over(journal.clone()));
        till.connect(account(at, &base_url, ACCOUNT, &url, SECRET)).await.expect("it connects");
        let arrivals = serve_at(listener, Arc::clone(&till));
        let target = Target { url: url.clone(), secret: SECRET.to_owned() };
        simulator.control().notify(at.stand, target);
        Self { simulator, at, till, journal, url, arrivals }
    }

    /// An account of this name, whose notifications are signed by one of these.
    #[must_use]
    pub fn account(&self, name: &str, secrets: &str) -> Connect {
        account(self.at, &self.simulator.base_url(self.at.stand), name, &self.url, secrets)
    }

    /// What arrives next.
    ///
    /// # Panics
    /// When nothing does within half a minute.
    #[must_use]
    pub fn next(&self) -> Arrived {
        self.arrivals.recv_timeout(PATIENCE).expect("something arrives")
    }

    /// The same notification as it would have been signed then; none where no time is signed.
    ///
    /// # Panics
    /// When it cannot be signed.
    #[must_use]
    pub fn signed_at(&self, arrived: &Arrived, t_s: u64) -> Option<Arrived> {
        let secret = Secret::new(SECRET);
        let (name, value) = match self.at.stand {
            "qonto" => ("x-qonto-signature", qonto::sign(&secret, t_s, &arrived.body)),
            "vinr" => ("vinr-signature", vinr::sign(&secret, t_s, &arrived.body)),
            "centrapay" => ("authorization", centrapay::signed(&arrived.body, &self.url, t_s)),
            _ => return None,
        };
        let mut signed = arrived.clone();
        let header = signed.headers.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name));
        header.expect("it was signed before").1 = value;
        Some(signed)
    }
}

/// A till on a journal in memory, on a clock that hurries.
///
/// # Panics
/// When something of it cannot be had.
#[must_use]
pub fn till_over(journal: MemoryJournal) -> Till {
    let https = Https::new(Limits::default(), Arc::new(Silent)).expect("a wire");
    let mut assembly = Assembly::new(journal, Arc::new(https)).expect("randomness");
    assembly.clock = hurried_clock();
    assembly.settings = Pace::default().at_pace(PACE);
    Till::assemble(assembly).expect("a till")
}

fn account(at: &At, base_url: &str, name: &str, url: &str, secrets: &str) -> Connect {
    let mut settings = at.settings_at(base_url);
    if at.stand != "centrapay" {
        settings.insert("webhook_secrets".to_owned(), secrets.to_owned());
    }
    if at.stand == "dintero" {
        // Without it Dintero tells nobody of a decline.
        let back = "https://shop.example/hooks/dintero".to_owned();
        settings.insert("callback_url".to_owned(), back);
    }
    let account = Connect::new(name, at.provider, &settings).expect("an account");
    account.reached_at(url).unasked()
}

/// What arrived, and what it was answered.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// The method.
    pub method: String,
    /// Path and query.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The exact bytes.
    pub body: Vec<u8>,
    /// What the till said of it.
    pub answer: WebhookAnswer,
}

impl Arrived {
    /// Hands the same in once more, perhaps to another till or account.
    pub async fn again(&self, till: &Till, account: &str) -> WebhookAnswer {
        self.changed(till, account, &self.body).await
    }

    /// The same with another body.
    pub async fn changed(&self, till: &Till, account: &str, body: &[u8]) -> WebhookAnswer {
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        till.webhook(account, &self.method, &self.url, &headers, body).await
    }
}

/// An address that is free, and its listener.
///
/// # Panics
/// When no port is free.
#[must_use]
pub fn address(path: &str) -> (String, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let place = listener.local_addr().expect("it has an address");
    (format!("http://{place}/hooks/{path}"), listener)
}

/// Hands over to the till whatever arrives at the listener, and tells of it.
#[must_use]
pub fn serve_at(listener: TcpListener, till: Arc<Till>) -> mpsc::Receiver<Arrived> {
    let (told, arrivals) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { return };
            if told.send(serve(&till, stream)).is_err() {
                return;
            }
        }
    });
    arrivals
}

/// Both at once, where the till need not know the address.
#[must_use]
pub fn web_server(till: Arc<Till>, path: &str) -> (String, mpsc::Receiver<Arrived>) {
    let (url, listener) = address(path);
    (url, serve_at(listener, till))
}

fn serve(till: &Till, mut stream: TcpStream) -> Arrived {
    let mut heard = Vec::new();
    let mut byte = [0];
    while !heard.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).expect("a whole head");
        heard.push(byte[0]);
    }
    let head = String::from_utf8(heard).expect("a head in text");
    let mut lines = head.lines();
    let mut first = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let (method, url) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
    let named = |line: &str| line.split_once(": ").map(|(name, value)| (name.into(), value.into()));
    let headers: Vec<(String, String)> = lines.filter_map(named).collect();
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = length.map_or(0, |(_, value)| value.trim().parse().expect("a length"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("a whole body");
    let shown: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let answer = runtime.block_on(till.webhook(ACCOUNT, &method, &url, &shown, &body));
    let (status, text) = (answer.status, answer.body);
    let length = text.len();
    write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n")
        .and_then(|()| stream.write_all(text.as_bytes()))
        .expect("it listens to the answer");
    Arrived { method, url, headers, body, answer }
}
