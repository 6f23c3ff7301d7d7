use tillkit::till::{Code, Outcome, SaleRequest};
use tillkit_e2e::{ACCOUNT, Shop, raw};
use tillkit_model::provider::Readiness;
use tillkit_model::sale::Asked;
use tillkit_model::time::MINUTE_MS;
use tillkit_simulator::server::{Fault, Wanted};

use super::*;

const KEY: &str = "x-qonto-idempotency-key";

fn story(told: impl AsyncFn(Shop)) {
    at("qonto", told);
}

#[test]
fn a_push_and_its_repeat_carry_the_same_key() {
    story(async |shop| rules::a_replay_is_the_same_by_the_same_key(&shop, KEY).await);
}

#[test]
fn no_push_is_repeated_when_its_key_may_be_forgotten() {
    story(async |shop| {
        fails(&shop, Fault::Lose { when: Loss::AfterWork }, "POST", shop.at.start_path);
        shop.next(Wanted::WalksAway);
        let doubted = shop.pay("order-1").await;
        assert_eq!(doubted.outcome, Outcome::Unknown);
        shop.control().mend("qonto");
        // The key is forgotten meanwhile, and the till goes on looking after the payment.
        shop.control().forward(31 * MINUTE_MS);
        let next = shop.another_till().await;
        let again = next.pay(shop.at.sale("order-1")).await.unwrap();
        assert_eq!((again.id, again.outcome), (doubted.id, Outcome::Unknown));
        let pushes = starts(&shop);
        let late = pushes.iter().filter(|one| one.at_ms > pushes[0].at_ms + 25 * MINUTE_MS).count();
        assert_eq!((pushes.len(), late), (2, 0));
        assert_eq!(shop.ledger().prompts.len(), 1);
    });
}

#[test]
fn after_two_minutes_without_an_outcome_it_is_unknown_and_looked_for() {
    story(async |shop| {
        shop.next(Wanted::WakesLate { after_ms: 150_000 });
        let doubted = shop.pay("order-1").await;
        assert_eq!(doubted.outcome, Outcome::Unknown);
        let push = starts(&shop).remove(0);
        assert_eq!(push.status, 202);
        let waited_ms =
            shop.asked("GET", "/v2/terminal_payments/").pop().unwrap().at_ms - push.at_ms;
        assert!((100_000..=125_000).contains(&waited_ms), "{waited_ms}");
        assert_eq!(shop.settled(doubted.id).await.outcome, Outcome::Paid);
        let read = shop.asked("GET", "/v2/terminal_payments/").pop().unwrap();
        assert_eq!(answered(&read)["terminal_payment"]["status"], "AUTHORIZED");
    });
}

#[test]
fn the_list_of_terminals_claims_no_readiness() {
    story(async |shop| {
        let terminals = shop.till.terminals(ACCOUNT).await.unwrap();
        assert!(terminals.iter().all(|one| one.readiness == Readiness::Unsaid));
        let listed = answered(&shop.asked("GET", "/v2/terminals").pop().unwrap());
        assert!(listed["terminals"][0]["status"].is_null(), "it is not told");
    });
}

#[test]
fn what_breaks_a_limit_is_never_pushed() {
    story(async |shop| {
        let terminal =
            |id: &str| SaleRequest { terminal: Some(id.into()), ..shop.at.sale("order-1") };
        let amount = |minor| SaleRequest { amount: Asked::Minor(minor), ..shop.at.sale("order-1") };
        let other = SaleRequest { currency: "USD".into(), ..shop.at.sale("order-1") };
        let noted = SaleRequest {
            metadata: [("note".to_owned(), "n".repeat(1_000))].into(),
            ..shop.at.sale("order-1")
        };
        let table = [
            (amount(9), "amount"),
            (amount(10_000_001), "amount"),
            (other, "currency"),
            (terminal("trm_1"), "terminal"),
            (noted, "metadata"),
        ];
        for (sale, field) in table {
            let error = shop.till.start(sale).await.unwrap_err();
            assert_eq!(error.field.as_deref(), Some(field), "{error:?}");
        }
        assert_eq!(starts(&shop).len(), 0);
        is_paid(&shop).await;
        let body = sent(&starts(&shop)[0]);
        assert_eq!(
            (&body["amount"]["value"], &body["amount"]["currency"]),
            (&"13.30".into(), &"EUR".into())
        );
        assert!(body["metadata"].is_object() && body["metadata"].to_string().len() <= 1_000);
    });
}

#[test]
fn a_refusal_is_told_by_its_code_and_its_trace_is_kept() {
    story(async |shop| {
        let stranger = "00000000-0000-4000-8000-000000000001".to_owned();
        let sale = SaleRequest { terminal: Some(stranger), ..shop.at.sale("order-1") };
        let refused = shop.pay_for(sale).await;
        assert_eq!(refused.outcome, Outcome::NotPaid);
        let push = starts(&shop).remove(0);
        let (told, reason) = (answered(&push), refused.reason.unwrap());
        assert_eq!((push.status, &told["errors"][0]["code"]), (404, &"terminal_not_found".into()));
        assert_eq!(
            (&*reason.code, &told["trace_id"]),
            ("terminal_not_found", &reason.trace.as_deref().into())
        );
    });
}

#[test]
fn every_sandbox_request_carries_the_staging_token_and_no_redirect_is_followed() {
    story(async |shop| {
        is_paid(&shop).await;
        let ours = shop.control().exchanges("qonto");
        assert!(ours.iter().all(|one| one.status < 300), "all of them are let in");
        let bare = raw::ask("GET", &format!("{}/v2/terminals", shop.base_url()), &[], "");
        assert!(bare.starts_with("HTTP/1.1 302") && bare.contains("text/html"), "{bare}");
        shop.fault(Fault::LoginPage, "GET", "/v2/terminals");
        let asked = shop.asked("GET", "/v2/terminals").len();
        let error = shop.till.terminals(ACCOUNT).await.unwrap_err();
        assert_eq!(error.code, Code::ProviderUnreachable);
        assert_eq!(shop.asked("GET", "/v2/terminals").len(), asked + 1, "nothing is followed");
    });
}

#[test]
fn a_401_is_not_hammered() {
    story(async |shop| {
        let refused = Planned { times: 2, ..Planned::once(Fault::CredentialsRefused) };
        shop.control().fault("qonto", Planned { method: Some("POST".into()), ..refused });
        shop.next(Wanted::Taps { after_ms: 100, tip_minor: 0 });
        is_paid(&shop).await;
        let pushes = starts(&shop);
        assert_eq!(statuses(&pushes), [401, 401, 202]);
        let gaps = pushes.windows(2).map(|pair| pair[1].at_ms - pair[0].at_ms);
        assert!(gaps.min().unwrap() >= 1_500, "slowly");
        assert_eq!(header(&pushes[0], KEY), header(&pushes[2], KEY), "it is the same push");
    });
}
