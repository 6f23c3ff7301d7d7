use proptest::prelude::*;

use super::*;
use crate::provider::Reading;

#[test]
fn each_create_comes_to_what_its_vector_says() {
    each("create", |vector| {
        let replay = !vector.given.is_empty();
        let answer = vector.vinr().started(&vector.payment(), &vector.exchange(), replay);
        serde_json::to_value(answer).unwrap()
    });
}

#[test]
fn each_read_shows_what_its_vector_says() {
    each("read", |vector| {
        let charge = fixture().charge;
        testing::reading(&vector.vinr().seen(&vector.payment(), &charge, &vector.exchange()))
    });
}

#[test]
fn each_list_shows_what_its_vector_says() {
    each("list", |vector| {
        testing::reading(&vector.vinr().found(&vector.payment(), &vector.exchange()))
    });
}

#[test]
fn each_operation_comes_to_what_its_vector_says() {
    each("operation", |vector| {
        let payment = vector.payment();
        let operation = payment.cancel.as_deref().or(payment.operations.first()).unwrap();
        let answer = vector.vinr().operated(&payment, operation, &vector.exchange());
        assert!(vector.name.starts_with(&vector.operation));
        serde_json::to_value(answer).unwrap()
    });
}

#[test]
fn each_request_is_byte_for_byte_what_its_vector_says() {
    each("request", |vector| {
        let (vinr, payment, charge) = (vector.vinr(), vector.payment(), fixture().charge);
        let request = match vector.make.as_str() {
            "create" => Some(vinr.start(&payment, Some(60_000))),
            "read" => Some(vinr.read(&payment, &charge)),
            "look-up" => vinr.look_up(&payment),
            _ => {
                let operation = payment.cancel.as_deref().or(payment.operations.first());
                vinr.operate(&payment, operation.unwrap(), &charge)
            }
        };
        serde_json::to_value(request.unwrap()).unwrap()
    });
}

/// Where two charges are ours, an answer belongs to the one that its request was about.
#[test]
fn an_answer_belongs_to_the_charge_that_was_addressed() {
    for (word, file, name) in [
        ("capture-sent", "operation", "capture-completed"),
        ("refund-sent", "operation", "refund-succeeded-200"),
        ("refund-sent-pay-id", "operation", "refund-pay-id"),
    ] {
        let vinr = cloud();
        let second = Sighting { charge: ChargeId::parse("tpy_0").unwrap(), ..sighting("held") };
        let source = crate::payment::event::Source::LookUp;
        let seen = Event::Observed { source, sighting: Box::new(second), at: AT };
        let payment = apply::apply(Some(given(word)), &seen).unwrap();
        let mut operation = payment.operations[0].clone();
        operation.request = vinr.operate(&payment, &operation, &fixture().charge).map(Box::new);
        let vector = vector(file, name);
        let answer = vinr.operated(&payment, &operation, &vector.exchange());
        let Answer::Accepted { sightings } = answer else { panic!("{word}: {answer:?}") };
        assert_eq!(sightings[0].charge, fixture().charge, "{word}");
    }
}

#[test]
fn the_manners_are_the_ones_that_the_design_names() {
    use crate::payment::manners::{Absence, Manner};
    let (cloud, local) = (cloud(), local());
    let (cloud, local) = (cloud.manners(), local.manners());
    let keyed = Manner::Keyed { life_ms: 1_500_000 };
    assert_eq!((cloud.start.manner, cloud.start.replays_max), (keyed, 1));
    assert_eq!((cloud.capture, cloud.refund), (Some(keyed), Some(keyed)));
    assert_eq!((local.start.manner, local.start.replays_max), (Manner::Once, 0));
    assert_eq!((local.capture, local.refund), (Some(Manner::Once), None));
    for manners in [cloud, local] {
        assert_eq!(manners.cancel, Some(Manner::SameEffect));
        assert_eq!(manners.absence, Absence::NeverProof);
        assert!(manners.look_up && manners.times.expires_ms.is_none());
        // A first send and the quiet gap leave room for a replay.
        assert!(manners.start.timeout_ms + manners.start.quiet_gap_ms < manners.times.start_by_ms);
        assert_eq!(manners.looking.hint_alone_after_ms, u64::MAX);
    }
}

fn any_settings() -> impl Strategy<Value = Settings> {
    let tips = prop_oneof![Just("included"), Just("on-top")];
    let own_id = prop_oneof![Just("reference"), Just("metadata")];
    (any::<bool>(), tips, own_id).prop_map(|(at_terminal, tips, own_id)| {
        let mut settings = if at_terminal { terminal() } else { sandbox() };
        settings.insert("tips".into(), tips.into());
        settings.insert("own_id".into(), own_id.into());
        settings
    })
}

proptest! {
    #[test]
    fn whatever_comes_back_nothing_panics_and_only_clear_answers_count(
        status in prop_oneof![Just(200_u16), 100..600_u16],
        body in testing::any_body(NAME, &["read", "list"]),
        json in any::<bool>(),
        truncated in any::<bool>(),
        settings in any_settings(),
    ) {
        let vinr = set_up(&settings).unwrap().adapter;
        let exchange = testing::answer(status, body, json, truncated);
        let clear = json && !truncated;
        let charge = fixture().charge;
        for word in ["", "replay", "held", "refund-sent", "capture-sent", "cancel-sent"] {
            let payment = given(word);
            if let Answer::Accepted { .. } = vinr.started(&payment, &exchange, word == "replay") {
                prop_assert!((200..=202).contains(&status) && clear);
            }
            if let Reading::Clear(_) = vinr.seen(&payment, &charge, &exchange) {
                prop_assert!(status == 200 && clear);
            }
            if let Reading::Clear(_) = vinr.found(&payment, &exchange) {
                prop_assert!(status == 200 && clear);
            }
            for operation in payment.operations.iter().chain(payment.cancel.as_deref()) {
                if let Answer::Accepted { .. } = vinr.operated(&payment, operation, &exchange) {
                    prop_assert!((200..=202).contains(&status) && clear);
                }
            }
        }
    }

    /// An error is never an acceptance, and what is not listed is never a proof.
    #[test]
    fn no_conflict_and_no_fault_of_a_server_proves_anything(
        status in prop_oneof![Just(402_u16), Just(409_u16), 500..600_u16],
        code in "[a-z_]{1,20}",
        word in prop_oneof![Just(""), Just("replay"), Just("refund-sent"), Just("capture-sent")],
    ) {
        prop_assume!(code != "terminal_busy");
        let body = json!({ "error": { "type": "api_error", "code": code } }).to_string();
        let exchange = testing::answer(status, body.into_bytes(), true, false);
        let (vinr, payment) = (cloud(), given(word));
        let answer = match payment.operations.first() {
            Some(operation) => vinr.operated(&payment, operation, &exchange),
            None => vinr.started(&payment, &exchange, word == "replay"),
        };
        let unknown = matches!(answer, Answer::Unknown { .. });
        prop_assert!(unknown, "{:?}", answer);
    }

    #[test]
    fn only_the_documented_words_say_no(word in "[A-Za-z_ ]{0,12}") {
        let no = ["failed", "cancelled", "canceled", "expired"];
        let body = json!({
            "id": fixture().charge, "terminalId": fixture().sale.terminal, "amount": 4_200,
            "currency": "EUR", "status": word, "reference": fixture().payment,
        });
        let exchange = testing::answer(200, body.to_string().into_bytes(), true, false);
        let vinr = cloud();
        if let Reading::Clear(seen) = vinr.seen(&given(""), &fixture().charge, &exchange) {
            let said = seen.iter().any(|seen| matches!(seen.standing, Standing::NotTaken { .. }));
            prop_assert_eq!(said, no.iter().any(|known| known.eq_ignore_ascii_case(&word)));
        }
    }
}
