//! SIGKILL in the middle of a rotation of tokens: the pair is never lost, and nobody is locked out.

use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use tempfile::TempDir;
use tillkit::till::{Outcome, SaleRequest, Standing, Till};
use tillkit_e2e::renewal::{Brief, PACE, STEPS, Step, till};
use tillkit_e2e::{ACCOUNT, raw};
use tillkit_simulator::server::{Options as Stand, Simulator, doors};

/// The refresh token of a merchant who has just consented.
fn consented(base_url: &str) -> String {
    let staging = [("X-Qonto-Staging-Token", "staging")];
    let asked = format!("{base_url}/oauth2/auth?redirect_uri=https://shop.example/back&state=s-1");
    let answer = raw::ask("GET", &asked, &staging, "");
    let (_, code) = answer.split_once("code=").unwrap();
    let code = code.split('&').next().unwrap();
    let body = format!(
        "grant_type=authorization_code&code={code}&client_id=client-1&client_secret=secret-1"
    );
    let answer = raw::ask("POST", &format!("{base_url}/oauth2/token"), &staging, &body);
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let tokens: serde_json::Value = serde_json::from_str(body).unwrap();
    tokens["refresh_token"].as_str().unwrap().to_owned()
}

async fn sells(till: &Till, reference: &str) {
    loop {
        match till.health().await.unwrap().accounts[0].standing.clone() {
            Standing::Ready => break,
            Standing::NeedsAuthorize => panic!("the pair is lost"),
            _ => {}
        }
    }
    let terminal = doors::qonto::terminal(0);
    let sale = SaleRequest::new(ACCOUNT, Some(&terminal), "13.30", "EUR", reference);
    assert_eq!(till.pay(sale).await.unwrap().outcome, Outcome::Paid);
}

fn dies_at(step: Step) {
    let simulator = Simulator::start(Stand { pace: PACE, ..Stand::default() }).unwrap();
    let folder = TempDir::new().unwrap();
    let base_url = simulator.base_url("qonto");
    let mut brief = Brief {
        journal: folder.path().join("till.db"),
        refresh: consented(&base_url),
        base_url,
        step: Some(step),
    };
    let told = serde_json::to_string(&brief).unwrap();
    let ended = Command::new(env!("CARGO_BIN_EXE_e2e-renewal")).arg(told).status().unwrap();
    assert_eq!(ended.signal(), Some(9), "{step:?}: it was killed");

    brief.step = None;
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    println!("{step:?}: another process goes on");
    runtime.block_on(async {
        let second = till(&brief).await;
        sells(&second, "order-1").await;
        second.close().await.unwrap();
        assert_eq!(simulator.control().ledger("qonto").prompts.len(), 1, "{step:?}");
    });
}

#[test]
fn whoever_is_killed_in_a_rotation_of_tokens_locks_nobody_out() {
    std::thread::scope(|scope| {
        for step in STEPS {
            scope.spawn(move || dies_at(step));
        }
    });
}
