use serde_json::json;
use tillkit::till::{CancelTruth, Outcome};
use tillkit_e2e::hooks::Notified;
use tillkit_e2e::{At, Shop};
use tillkit_simulator::fakes::Step;
use tillkit_simulator::server::{Fault, Wanted, doors};

use super::*;

fn story(told: impl AsyncFn(Shop)) {
    at("dintero", told);
}

#[test]
fn a_session_names_everything_that_a_terminal_needs() {
    story(async |shop| {
        is_paid(&shop).await;
        let session = sent(&starts(&shop)[0]);
        assert_eq!(session["profile_id"], doors::dintero::PROFILE);
        let store = &session["order"]["store"];
        assert_eq!(store["id"], doors::dintero::STORE);
        assert_eq!(store["terminal_id"], json!((shop.at.terminal)()));
        assert_eq!(store["payout_destination_id"], doors::dintero::PAYOUT_DESTINATION);
        let publish = &session["configuration"]["publish"][0];
        assert_eq!((&publish["channel"], &publish["type"]), (&json!("push"), &json!("terminal")));
        assert!(session["expires_at"].is_string());
    });
}

#[test]
fn what_was_captured_goes_back_by_a_refund() {
    story(async |shop| {
        let paid = is_paid(&shop).await;
        shop.till.refund(paid.id, reference("refund-1"), None).await.unwrap();
        done(&shop, paid.id, "refund-1").await;
        assert_eq!(
            (shop.asked("POST", "/void").len(), shop.asked("POST", "/refund").len()),
            (0, 1)
        );
        assert_eq!(shop.charge_of(paid.id).returned_minor(), 1_330);
    });
}

#[test]
fn a_token_is_kept_for_as_long_as_it_lives() {
    story(async |shop| {
        is_paid(&shop).await;
        assert_eq!(shop.pay("order-2").await.outcome, Outcome::Paid);
        let tokens = shop.asked("POST", "/auth/token");
        assert_eq!(tokens.len(), 1, "one for everything");
        assert_eq!(sent(&tokens[0])["grant_type"], "client_credentials");
        // It dies at the provider: the next request finds out, and another is asked for.
        shop.control().forward(14_400_000);
        assert_eq!(shop.settled(shop.pay("order-3").await.id).await.outcome, Outcome::Paid);
        assert!(shop.asked("POST", "/auth/token").len() >= 2);
    });
}

#[test]
fn a_lost_session_is_found_by_our_reference_and_never_made_twice() {
    story(async |shop| {
        lost_after_work(&shop, shop.at.start_path);
        let paid = is_paid(&shop).await;
        let sessions = starts(&shop);
        assert_eq!(sessions.len(), 1);
        assert_eq!(sent(&sessions[0])["order"]["merchant_reference"], json!(paid.id));
        assert!(!shop.asked("GET", &paid.id.to_string()).is_empty(), "looked for by it");
    });
}

#[test]
fn the_callback_asks_for_declines_too() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let shop = Notified::open(At::named("dintero")).await;
        shop.simulator.control().next("dintero", Wanted::Declines { after_ms: 100 });
        let declined = shop.till.pay(shop.at.sale("order-1")).await.unwrap();
        assert_eq!(declined.outcome, Outcome::NotPaid);
        let mut exchanged = shop.simulator.control().exchanges("dintero").into_iter();
        let session =
            sent(&exchanged.rfind(|one| one.path.starts_with("/sessions-profile")).unwrap());
        let callback = session["url"]["callback_url"].as_str().unwrap().to_owned();
        assert!(callback.contains("report_error=true"), "{callback}");
        assert!(String::from_utf8(shop.next().body).unwrap().contains("DECLINED"), "and is told");
    });
}

#[test]
fn a_capture_is_believed_by_the_status_that_comes_back() {
    story(async |shop| {
        let approved = shop.pay_for(held(&shop)).await;
        shop.fault(Fault::ErrorBefore, "POST", "/capture");
        shop.till.capture(approved.id, reference("capture-1"), None).await.unwrap();
        let failed = shop.asked("POST", "/capture").remove(0);
        assert!(failed.status >= 500, "{}", failed.status);
        let now = shop.till.payment(approved.id).await.unwrap().unwrap();
        assert_eq!(
            (now.outcome, now.amounts.captured.minor),
            (Outcome::Held, 0),
            "nothing is believed"
        );
        assert_eq!(shop.charge_of(approved.id).captured_minor, 0);
    });
}

#[test]
fn a_cancel_that_came_too_late_leaves_the_sale_paid() {
    story(async |shop| {
        shop.next(Wanted::WalksAway);
        let started = shop.shown("order-1").await;
        fails(&shop, Fault::ErrorBefore, "GET", "/");
        let charge = shop.charge_of(started.id).id.to_string();
        for step in [Step::Tap, Step::Approve { tip_minor: 0 }] {
            assert!(shop.control().act("dintero", &charge, step));
        }
        assert_eq!(shop.charge_of(started.id).authorized_minor, 1_330);
        let wished = shop.till.cancel(started.id).await.unwrap();
        assert_ne!(wished.truth, CancelTruth::Cancelled);
        shop.control().mend("dintero");
        assert_eq!(shop.settled(started.id).await.outcome, Outcome::Paid);
        let cancel = shop.asked("POST", "/cancel").remove(0);
        assert!((400..500).contains(&cancel.status), "{}", cancel.status);
        assert_eq!(shop.charge_of(started.id).returned_minor(), 0);
    });
}

#[test]
fn a_lost_refund_is_looked_for_before_another_is_thought_of() {
    story(async |shop| {
        let paid = is_paid(&shop).await;
        lost_after_work(&shop, "/refund");
        shop.till.refund(paid.id, reference("refund-1"), money(&shop, 500)).await.unwrap();
        done(&shop, paid.id, "refund-1").await;
        let refunds = shop.asked("POST", "/refund");
        assert_eq!(refunds.len(), 1);
        assert_eq!(sent(&refunds[0])["refund_reference"], "refund-1");
        let looks = shop.asked("GET", "/transactions");
        let found = looks
            .iter()
            .any(|one| one.at_ms >= refunds[0].at_ms && one.answer.contains("refund-1"));
        assert!(found, "by its own reference");
        assert_eq!(shop.charge_of(paid.id).returned_minor(), 500);
    });
}
