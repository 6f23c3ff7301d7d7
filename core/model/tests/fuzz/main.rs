//! A short fuzz run with the ordinary tests: the same checks as the fuzz targets, on seeds that are
//! changed at random from a fixed beginning, so that every run is the same.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects)]

use tillkit_model::provider::registry;

mod checks;
mod dintero;
mod mutate;
mod qonto;
mod rows;
mod vinr;

#[test]
fn money_text() {
    let seeds = ["13.30", "0", "1330", "1e3", "13,30", "٣", "", "90071992547409.91", "+1", " 1"];
    let seeds: Vec<Vec<u8>> = seeds.iter().map(|text| text.as_bytes().to_vec()).collect();
    mutate::each(&seeds, 30_000, checks::money_text);
}

#[test]
fn json_bodies() {
    mutate::each(&checks::bodies(), 8_000, checks::json_bodies);
}

/// Without this, a check that refuses everything at once would look like one that holds.
#[test]
fn the_seeds_reach_what_they_are_for() {
    let reached: Vec<checks::Reached> =
        checks::bodies().iter().map(|body| checks::json_body(body)).collect();
    assert!(reached.iter().any(|reached| reached.accepted), "no push is accepted");
    assert!(reached.iter().any(|reached| reached.shown), "no read shows a charge");
    assert!(reached.iter().any(|reached| reached.hinted), "no notification is a hint");
}

#[test]
fn dintero_responses() {
    mutate::each(&dintero::bodies(), 8_000, dintero::responses);
}

#[test]
fn dintero_notifications() {
    mutate::each(&dintero::notices(), 8_000, dintero::notifications);
}

#[test]
fn dinteros_seeds_reach_what_they_are_for() {
    let bodies = dintero::bodies();
    let reached: Vec<dintero::Reached> =
        bodies.iter().map(|body| dintero::response(body)).collect();
    assert!(reached.iter().any(|reached| reached.accepted), "no creation is accepted");
    assert!(reached.iter().any(|reached| reached.shown), "no read shows a charge");
    assert!(reached.iter().any(|reached| reached.found), "no errand finds anything");
    let hinted = dintero::notices().iter().any(|bytes| dintero::notification(bytes).hinted);
    assert!(hinted, "no notification is a hint");
}

#[test]
fn qonto_responses() {
    mutate::each(&qonto::bodies(), 8_000, qonto::responses);
}

#[test]
fn qonto_notifications() {
    mutate::each(&qonto::notices(), 8_000, qonto::notifications);
}

#[test]
fn qontos_seeds_reach_what_they_are_for() {
    let bodies = qonto::bodies();
    let reached: Vec<qonto::Reached> = bodies.iter().map(|body| qonto::response(body)).collect();
    assert!(reached.iter().any(|reached| reached.found), "no errand finds anything");
    assert!(reached.iter().any(|reached| reached.kept), "no answer is tokens");
    let notices = qonto::notices();
    let heard: Vec<qonto::Reached> =
        notices.iter().map(|bytes| qonto::notification(bytes)).collect();
    assert!(heard.iter().any(|reached| reached.hinted), "no notification is a hint");
    assert!(heard.iter().any(|reached| reached.revoked), "no notification tells of consent");
}

#[test]
fn vinr_responses() {
    mutate::each(&vinr::bodies(), 8_000, vinr::responses);
}

#[test]
fn vinr_notifications() {
    mutate::each(&vinr::notices(), 8_000, vinr::notifications);
}

#[test]
fn vinrs_seeds_reach_what_they_are_for() {
    let reached: Vec<vinr::Reached> =
        vinr::bodies().iter().map(|body| vinr::response(body)).collect();
    assert!(reached.iter().any(|reached| reached.accepted), "no creation is accepted");
    assert!(reached.iter().any(|reached| reached.given_back), "no refund is accepted");
    assert!(reached.iter().any(|reached| reached.shown), "no read shows a charge");
    assert!(reached.iter().any(|reached| reached.found), "no errand finds anything");
    let hinted = vinr::notices().iter().any(|bytes| vinr::notification(bytes).hinted);
    assert!(hinted, "no notification is a hint");
}

#[test]
fn every_rows_responses() {
    for row in registry() {
        mutate::each(&rows::bodies(row.name), 500, |bytes| rows::responses(row.name, bytes));
    }
}

#[test]
fn every_rows_notifications() {
    for row in registry() {
        let seeds = rows::notices(row.name);
        mutate::each(&seeds, 1_000, |bytes| rows::notifications(row.name, bytes));
    }
}

#[test]
fn every_rows_seeds_reach_what_they_are_for() {
    for row in registry() {
        let reached: Vec<rows::Reached> =
            rows::bodies(row.name).iter().map(|body| rows::response(row.name, body)).collect();
        assert!(reached.iter().any(|reached| reached.accepted), "{}: no acceptance", row.name);
        assert!(reached.iter().any(|reached| reached.shown), "{}: no charge is shown", row.name);
        assert!(reached.iter().any(|reached| reached.found), "{}: no errand finds", row.name);
        let notices = rows::notices(row.name);
        let hinted = notices.iter().any(|bytes| rows::notification(row.name, bytes).hinted);
        assert!(hinted, "{}: no notification is a hint", row.name);
    }
}
