use serde_json::json;
use tillkit::receipt::Layout;
use tillkit::report::Period;
use tillkit::till::{CancelTruth, Code, Outcome, SaleRequest};
use tillkit_e2e::hooks::Notified;
use tillkit_e2e::{ACCOUNT, At, Shop, raw};
use tillkit_model::provider::Secret;
use tillkit_model::sale::{Asked, ItemRequest};
use tillkit_simulator::server::{Fault, Wanted, doors};

use super::*;

const REQUESTS: &str = "/api/payment-requests";

fn story(told: impl AsyncFn(Shop)) {
    at("centrapay", told);
}

fn scanned(shop: &Shop, code: &str) -> SaleRequest {
    SaleRequest { code: Some(Secret::new(code)), ..shop.at.sale("order-1") }
}

/// Reads of payment requests by their id.
fn reads(shop: &Shop) -> Vec<Exchanged> {
    let all = shop.asked("GET", &format!("{REQUESTS}/")).into_iter();
    all.filter(|one| !one.path.contains("external-ref")).collect()
}

#[test]
fn requests_are_created_voided_and_refunded() {
    story(async |shop| {
        let paid = is_paid(&shop).await;
        shop.till.refund(paid.id, reference("refund-1"), money(&shop, 500)).await.unwrap();
        done(&shop, paid.id, "refund-1").await;
        shop.next(Wanted::WalksAway);
        let second = shop.till.start(shop.at.sale("order-2")).await.unwrap();
        shop.till.cancel(second.id).await.unwrap();
        assert_eq!(shop.settled(second.id).await.outcome, Outcome::NotPaid);
        assert_eq!(statuses(&starts(&shop)), [200, 200]);
        assert_eq!(statuses(&shop.asked("POST", "/refund")), [200]);
        assert_eq!(shop.asked("POST", "/void")[0].status, 200);
    });
}

#[test]
fn every_request_carries_the_key_of_a_terminal() {
    story(async |shop| {
        is_paid(&shop).await;
        let stranger = raw::ask("GET", &format!("{}{REQUESTS}/pr1", shop.base_url()), &[], "");
        assert!(stranger.starts_with("HTTP/1.1 401"), "{stranger}");
        let ours = shop.control().exchanges("centrapay");
        let refused = ours.iter().filter(|one| one.status == 401).count();
        assert_eq!(refused, 1, "the stranger's alone");
    });
}

#[test]
fn a_patron_is_met_by_a_qr_code_or_by_a_scanned_one() {
    story(async |shop| {
        let started = shop.till.start(shop.at.sale("order-1")).await.unwrap();
        let url = answered(&starts(&shop)[0])["url"].as_str().unwrap().to_owned();
        assert_eq!(
            started.details.unwrap().url.as_deref(),
            Some(url.as_str()),
            "shown as a QR code"
        );
        assert_eq!(shop.settled(started.id).await.outcome, Outcome::Paid);
        let sale = SaleRequest {
            reference: "order-2".into(),
            ..scanned(&shop, doors::centrapay::APP_CODE)
        };
        assert_eq!(shop.pay_for(sale).await.outcome, Outcome::Paid);
        let scanned: Vec<bool> =
            starts(&shop).iter().map(|one| !sent(one)["barcode"].is_null()).collect();
        assert_eq!(scanned, [false, true]);
    });
}

#[test]
fn errors_of_any_kind_are_outlived() {
    story(async |shop| {
        for fault in [Fault::ErrorBefore, Fault::LoginPage, Fault::RateLimited] {
            shop.fault(fault, "GET", REQUESTS);
        }
        lost_after_work(&shop, REQUESTS);
        is_paid(&shop).await;
        assert_eq!(starts(&shop).len(), 1);
        let failed = shop.asked("GET", REQUESTS).iter().filter(|one| one.status != 200).count();
        assert!(failed >= 2, "{failed}");
    });
}

#[test]
fn a_refund_goes_to_the_id_and_the_short_code_on_the_receipt_leads_there() {
    story(async |shop| {
        let paid = is_paid(&shop).await;
        let code = paid.details.as_ref().unwrap().short_code.clone().unwrap();
        let receipt = shop.till.receipt(paid.id).await.unwrap().unwrap();
        assert!(
            receipt.text(&Layout::columns(42)).unwrap().contains(&*code),
            "a patron can name it"
        );
        for told in [&*code, &code.to_lowercase(), &format!("{code}-002")] {
            let found = shop.till.payment_by_short_code(ACCOUNT, told).await.unwrap();
            assert_eq!(found.map(|found| found.id), Some(paid.id), "{told}");
        }
        let other = shop.till.payment_by_short_code(ACCOUNT, "CP-ZZZ-ZZZ").await.unwrap();
        assert_eq!(other, None);
        shop.till.refund(paid.id, reference("refund-1"), None).await.unwrap();
        done(&shop, paid.id, "refund-1").await;
        let refund = &shop.asked("POST", "/refund")[0];
        assert!(refund.path.contains(paid.charges[0].as_str()), "{}", refund.path);
        assert_eq!(sent(refund)["externalRef"], "refund-1");
        let url = format!("{}{REQUESTS}/short-code/{code}", shop.base_url());
        let key = [("x-api-key", doors::centrapay::API_KEY)];
        assert!(raw::ask("GET", &url, &key, "").contains(paid.charges[0].as_str()));
    });
}

#[test]
fn what_was_paid_with_is_in_the_report() {
    story(async |shop| {
        let paid = is_paid(&shop).await;
        let shown = reads(&shop).into_iter().next_back().unwrap();
        let kind = answered(&shown)["paidBy"]["assetTotals"][0]["type"].clone();
        let day = Period { from_ms: paid.created_at_ms - 1, to_ms: paid.created_at_ms + 1 };
        let report = shop.till.report(None, day).await.unwrap();
        assert_eq!(json!(report.rows[0].group.paid_with), kind);
    });
}

#[test]
fn what_is_paid_stays_paid_whatever_was_wished() {
    story(async |shop| {
        let paid = is_paid(&shop).await;
        let wished = shop.till.cancel(paid.id).await.unwrap();
        assert_eq!(wished.truth, CancelTruth::AlreadyPaid);
        assert_eq!(shop.asked("POST", "/void").len(), 0, "a void would give it back");
        assert_eq!(shop.charge_of(paid.id).returned_minor(), 0);
    });
}

#[test]
fn the_till_gives_up_five_to_ten_seconds_after_the_request_expires() {
    story(async |shop| {
        shop.next(Wanted::WalksAway);
        let ended = shop.settled(shop.pay("order-1").await.id).await;
        assert_eq!(ended.outcome, Outcome::NotPaid);
        let created = starts(&shop).remove(0);
        let expiry_ms = sent(&created)["expirySeconds"].as_u64().unwrap() * 1_000;
        let last = reads(&shop).pop().unwrap();
        let after_ms = last.at_ms - created.at_ms;
        assert!(after_ms >= expiry_ms, "it looks beyond the expiry: {after_ms} of {expiry_ms}");
        assert_eq!(answered(&last)["status"], "expired");
        let times = shop.till.capabilities(ACCOUNT).unwrap();
        assert!(times.scanned_code, "the flow that needs it most");
        let manners = At::named("centrapay").manners();
        let margin_ms = manners.times.settle_by_ms - manners.times.expires_ms.unwrap();
        assert!((5_000..=10_000).contains(&margin_ms), "{margin_ms}");
    });
}

#[test]
fn every_call_but_a_create_is_tried_again() {
    story(async |shop| {
        lost_after_work(&shop, REQUESTS);
        shop.fault(Fault::ErrorBefore, "GET", REQUESTS);
        let paid = is_paid(&shop).await;
        assert_eq!(starts(&shop).len(), 1, "a second one could be paid too");
        let looks = shop.asked("GET", "external-ref");
        assert!(looks.len() >= 2 && looks[0].status >= 500, "{:?}", statuses(&looks));
        shop.fault(Fault::ErrorBefore, "POST", "/refund");
        shop.till.refund(paid.id, reference("refund-1"), None).await.unwrap();
        done(&shop, paid.id, "refund-1").await;
        let refunds = shop.asked("POST", "/refund");
        assert!(refunds.len() >= 2 && refunds[0].body == refunds[1].body);
        assert_eq!(shop.charge_of(paid.id).returned_minor(), 1_330);
    });
}

#[test]
fn what_cannot_be_known_is_voided_where_reading_might_pay() {
    story(async |shop| {
        fails(&shop, Fault::ErrorBefore, "GET", REQUESTS);
        let sale = scanned(&shop, doors::centrapay::QUICK_CODE);
        let doubted = shop.till.start(sale).await.unwrap();
        shop.till.cancel(doubted.id).await.unwrap();
        let voids = shop.asked("POST", "/void");
        assert_eq!(voids[0].status, 200);
        let read_later =
            reads(&shop).iter().any(|one| one.at_ms > voids[0].at_ms && one.status == 200);
        assert!(!read_later, "no read comes after it that might pay");
        assert_eq!(shop.settled(doubted.id).await.outcome, Outcome::NotPaid);
        assert_eq!(shop.charge_of(doubted.id).authorized_minor, 0);
    });
}

#[test]
fn a_request_that_will_not_be_completed_is_voided_at_once() {
    story(async |shop| {
        shop.next(Wanted::WalksAway);
        let started = shop.till.start(shop.at.sale("order-1")).await.unwrap();
        shop.till.cancel(started.id).await.unwrap();
        assert_eq!(shop.settled(started.id).await.outcome, Outcome::NotPaid);
        let voided = &shop.asked("POST", "/void")[0];
        assert_eq!((voided.status, &answered(voided)["type"]), (200, &json!("cancellation")));
        let expiry_ms = sent(&starts(&shop)[0])["expirySeconds"].as_u64().unwrap() * 1_000;
        assert!(voided.at_ms < starts(&shop)[0].at_ms + expiry_ms, "not only by its expiry");
    });
}

#[test]
fn malformed_answers_say_nothing() {
    story(async |shop| {
        shop.fault(Fault::ErrorAfter, "POST", REQUESTS);
        shop.fault(Fault::LoginPage, "GET", REQUESTS);
        shop.fault(Fault::ErrorBefore, "GET", REQUESTS);
        is_paid(&shop).await;
        let broken = shop.control().exchanges("centrapay").into_iter();
        let broken = broken.filter(|one| answered(one)["status"].is_null()).count();
        assert!(broken >= 2, "answers that hold no request: {broken}");
        assert_eq!(starts(&shop).len(), 1);
    });
}

#[test]
fn ids_and_short_codes_are_kept() {
    story(async |shop| {
        let paid = is_paid(&shop).await;
        let created = answered(&starts(&shop)[0]);
        shop.till.close().await.unwrap();
        let next = shop.another_till().await;
        let kept = next.payment(paid.id).await.unwrap().unwrap();
        assert_eq!(json!(kept.charges[0]), created["id"]);
        assert_eq!(json!(kept.details.unwrap().short_code), created["shortCode"]);
    });
}

#[test]
fn device_terminal_and_a_reference_of_our_own_are_sent() {
    story(async |shop| {
        let paid = is_paid(&shop).await;
        let body = sent(&starts(&shop)[0]);
        assert_eq!(
            (&body["deviceId"], &body["terminalId"]),
            (&json!("serial-1"), &json!("till-1"))
        );
        assert_eq!(body["externalRef"], json!(paid.id));
    });
}

#[test]
fn a_new_request_is_read_each_second_and_no_more_once_it_is_paid() {
    story(async |shop| {
        shop.next(Wanted::Taps { after_ms: 6_000, tip_minor: 0 });
        is_paid(&shop).await;
        let polls = reads(&shop);
        let fresh = polls.iter().filter(|one| answered(one)["status"] == "new").count();
        assert!(fresh >= 2, "{fresh} reads in six seconds");
        let gaps = polls.windows(2).map(|pair| pair[1].at_ms - pair[0].at_ms);
        assert!(gaps.min().unwrap() >= 900, "never more often");
        let paid = polls.iter().filter(|one| answered(one)["status"] == "paid").count();
        assert_eq!(paid, 1, "it is over");
    });
}

#[test]
fn retry_after_is_obeyed() {
    story(async |shop| {
        shop.next(Wanted::Taps { after_ms: 5_000, tip_minor: 0 });
        shop.fault(Fault::RateLimited, "GET", REQUESTS);
        is_paid(&shop).await;
        rules::leaves_it_alone_after_a_429(&reads(&shop));
        assert!(shop.control().exchanges("centrapay").len() < 200);
    });
}

#[test]
fn the_message_decides_and_the_reason_is_only_shown() {
    story(async |shop| {
        let refused = shop.pay_for(scanned(&shop, "9990009999999999")).await;
        let envelope = answered(&starts(&shop)[0]);
        assert_eq!(
            (starts(&shop)[0].status, &envelope["message"]),
            (403, &json!("PATRON_CODE_INVALID"))
        );
        assert_eq!(refused.outcome, Outcome::NotPaid);
        let reason = refused.reason.unwrap();
        assert_eq!(json!(reason.code), envelope["message"]);
        assert_eq!(json!(reason.detail), envelope["reason"], "in its own words, for a screen");
    });
}

#[test]
fn a_403_is_told_by_its_message_and_hides_no_payment() {
    story(async |shop| {
        shop.control().withhold("centrapay", doors::centrapay::LIST_RIGHT);
        lost_after_work(&shop, REQUESTS);
        let doubted = shop.pay("order-1").await;
        assert_eq!(doubted.outcome, Outcome::Unknown, "a forbidden list is no empty one");
        let looks = shop.asked("GET", "external-ref");
        assert!(looks.iter().all(|one| one.status == 403) && !looks.is_empty());
    });
}

#[test]
fn a_condition_is_shown_answered_and_polled_on() {
    story(async |shop| {
        let sale = scanned(&shop, doors::centrapay::CONDITION_CODE);
        let started = shop.till.start(sale).await.unwrap();
        let condition = loop {
            let now = shop.till.payment(started.id).await.unwrap().unwrap();
            let shown = now.details.and_then(|details| details.conditions.first().cloned());
            if let Some(condition) = shown {
                break condition;
            }
        };
        let told = answered(&starts(&shop)[0])["merchantConditions"][0]["message"].clone();
        assert_eq!(json!(condition.message), told, "in the provider's words");
        shop.till.answer(started.id, &condition.id, true).await.unwrap();
        assert_eq!(shop.settled(started.id).await.outcome, Outcome::Paid);
        let accepted = shop.asked("POST", "/accept");
        assert_eq!(accepted[0].status, 200);
        assert!(reads(&shop).iter().any(|one| one.at_ms >= accepted[0].at_ms), "polled on");
    });
}

#[test]
fn a_patron_who_is_elsewhere_is_said_to_be() {
    story(async |shop| {
        let sale = SaleRequest { customer_absent: true, ..shop.at.sale("order-1") };
        assert_eq!(shop.pay_for(sale).await.outcome, Outcome::Paid);
        assert_eq!(sent(&starts(&shop)[0])["patronNotPresent"], true);
    });
}

#[test]
fn a_part_is_paid_and_what_remains_is_told_and_can_be_given_back() {
    story(async |shop| {
        let sale = SaleRequest { allow_part: true, ..scanned(&shop, doors::centrapay::PART_CODE) };
        let part = shop.pay_for(sale).await;
        assert_eq!(part.outcome, Outcome::PartPaid);
        let body = sent(&starts(&shop)[0]);
        assert_eq!(
            (&body["partialAllowed"], &body["basketAmount"]),
            (&json!(true), &json!("1330"))
        );
        assert_eq!((part.amounts.captured.minor, part.alarms.len()), (443, 0));
        shop.till.refund(part.id, reference("refund-1"), None).await.unwrap();
        assert_eq!(done(&shop, part.id, "refund-1").await.outcome, Outcome::Returned);
        assert_eq!(sent(&shop.asked("POST", "/refund")[0])["value"]["amount"], "443");
    });
}

#[test]
fn lines_add_up_or_nothing_is_sent() {
    story(async |shop| {
        let lines =
            |amounts: [&str; 2]| amounts.map(|text| ItemRequest::new("Coffee", text)).to_vec();
        let wrong = SaleRequest { items: lines(["13.30", "0.10"]), ..shop.at.sale("order-1") };
        assert_eq!(shop.till.start(wrong).await.unwrap_err().field.as_deref(), Some("items"));
        assert_eq!(starts(&shop).len(), 0);
        let right = SaleRequest { items: lines(["13.00", "0.30"]), ..shop.at.sale("order-1") };
        assert_eq!(shop.pay_for(right).await.outcome, Outcome::Paid);
        let body = sent(&starts(&shop)[0]);
        let prices = body["lineItems"].as_array().unwrap().iter();
        let sum: i64 =
            prices.map(|line| line["price"].as_str().unwrap().parse::<i64>().unwrap()).sum();
        assert_eq!(sum.to_string(), body["value"]["amount"]);
    });
}

#[test]
fn the_keys_of_signatures_are_fetched_once_and_kept() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let shop = Notified::open(At::named("centrapay")).await;
        for name in ["order-1", "order-2"] {
            shop.till.pay(shop.at.sale(name)).await.unwrap();
            assert_eq!(shop.next().answer.status, 200);
        }
        let asked = shop.simulator.control().exchanges("centrapay").into_iter();
        assert_eq!(asked.filter(|one| one.path.ends_with("/jwks.json")).count(), 1);
    });
}

#[test]
fn an_amount_out_of_bounds_is_not_even_sent() {
    story(async |shop| {
        let sale = SaleRequest { amount: Asked::Minor(100_000_000), ..shop.at.sale("order-1") };
        let error = shop.till.start(sale).await.unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), (Code::InvalidAmount, Some("amount")));
        assert_eq!(starts(&shop).len(), 0);
    });
}
