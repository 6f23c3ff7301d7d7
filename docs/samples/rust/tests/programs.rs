//! The sample programs as programs: started, asked, and their words heard.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use tillkit_simulator::server::{Options, Simulator, Target, doors};

/// What a program has to be told to find Qonto's simulator.
fn at_qonto(program: &str, simulator: &Simulator, folder: &tempfile::TempDir) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(folder.path())
        .env("QONTO_ENVIRONMENT", "sandbox")
        .env("QONTO_ORGANIZATION_ID", "org-1")
        .env("QONTO_ACCESS_TOKEN", doors::qonto::ACCESS_TOKEN)
        .env("QONTO_STAGING_TOKEN", "staging")
        .env("QONTO_BASE_URL", simulator.base_url("qonto"))
        .env("TERMINAL", doors::qonto::terminal(0));
    command
}

fn simulator() -> Simulator {
    Simulator::start(Options::default()).unwrap()
}

#[test]
fn the_first_payment_is_paid_and_repeated_without_a_charge() {
    let (simulator, folder) = (simulator(), tempfile::tempdir().unwrap());
    for _ in 0..2 {
        let program = env!("CARGO_BIN_EXE_first-payment");
        let output = at_qonto(program, &simulator, &folder).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(said.contains("13.30") && said.contains("order-456"), "{said}");
    }
    assert_eq!(simulator.control().ledger("qonto").charges.len(), 1);
}

/// A backend that runs until this is dropped.
struct Running {
    child: Child,
    words: BufReader<ChildStdout>,
    url: String,
}

impl Running {
    fn start(simulator: &Simulator, folder: &tempfile::TempDir) -> Self {
        let mut command = at_qonto(env!("CARGO_BIN_EXE_shop-backend"), simulator, folder);
        command.env("LISTEN", "127.0.0.1:0").env("QONTO_WEBHOOK_SECRETS", SECRET);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let words = BufReader::new(child.stdout.take().unwrap());
        let mut running = Self { child, words, url: String::new() };
        running.url = running.hear();
        running
    }

    /// What it says next.
    fn hear(&mut self) -> String {
        let mut line = String::new();
        self.words.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

const SECRET: &str = "a-secret-of-thirty-two-characters-or-more";

#[test]
fn the_backend_sells_and_hears_notifications() {
    let (simulator, folder) = (simulator(), tempfile::tempdir().unwrap());
    let mut backend = Running::start(&simulator, &folder);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let url = format!("{}/hooks/shop-1", backend.url);
        simulator.control().notify("qonto", Target { url, secret: SECRET.to_owned() });
        let order = json!({"reference": "order-1", "amount": "13.30"});
        let (status, started) = asked("POST", &format!("{}/sales", backend.url), &order).await;
        assert_eq!((status, &started["reference"]), (200, &json!("order-1")));
        let look = format!("{}/sales/order-1", backend.url);
        let (_, paid) = asked("GET", &look, &Value::Null).await;
        assert_eq!((&paid["outcome"], &paid["id"]), (&json!("paid"), &started["id"]));

        assert!(backend.hear().starts_with("notification for shop-1: "));

        let other = json!({"reference": "order-1", "amount": "99.00"});
        let (status, refused) = asked("POST", &format!("{}/sales", backend.url), &other).await;
        assert_eq!((status, &refused["error"]), (409, &json!("idempotency-conflict")));
        let nobody = format!("{}/sales/order-2", backend.url);
        assert_eq!(asked("GET", &nobody, &Value::Null).await.0, 404);

        // A forger is told nothing, and nothing is heard.
        let forged = format!("{}/hooks/shop-1", backend.url);
        assert_eq!(asked("POST", &forged, &json!({"event": "authorized"})).await.0, 401);
    });
    assert_eq!(simulator.control().ledger("qonto").charges.len(), 1);
}

/// The status and, where it is JSON, the body.
async fn asked(method: &str, url: &str, body: &Value) -> (u16, Value) {
    use http_body_util::{BodyExt as _, Full};
    use hyper_util::rt::TokioIo;

    let uri: hyper::Uri = url.parse().unwrap();
    let authority = uri.authority().unwrap().as_str().to_owned();
    let stream = tokio::net::TcpStream::connect(&authority).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = hyper::Request::builder()
        .method(method)
        .uri(uri.path())
        .header("host", authority)
        .body(Full::new(hyper::body::Bytes::from(body.to_string())))
        .unwrap();
    let response = sender.send_request(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}
