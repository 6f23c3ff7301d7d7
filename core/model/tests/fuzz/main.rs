//! A short fuzz run with the ordinary tests: the same checks as the fuzz targets, on seeds that are
//! changed at random from a fixed beginning, so that every run is the same.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects)]

use rows::{Check, Reached, seeds};
use tillkit_model::provider::registry;

mod believed;
mod money;
mod mutate;
mod rows;

#[test]
fn money_text() {
    let seeds = ["13.30", "0", "1330", "1e3", "13,30", "٣", "", "90071992547409.91", "+1", " 1"];
    let seeds: Vec<Vec<u8>> = seeds.iter().map(|text| text.as_bytes().to_vec()).collect();
    mutate::each(&seeds, 30_000, money::money_text);
}

/// Changes each row's seeds so many times.
fn each_row(seeds: fn(&str) -> Vec<Vec<u8>>, rounds: u32, check: Check) {
    for row in registry() {
        mutate::each(&seeds(row.name), rounds, |bytes| {
            check(row.name, bytes);
        });
    }
}

#[test]
fn every_rows_responses() {
    each_row(seeds::bodies, 1_000, rows::responses);
}

#[test]
fn every_rows_desks() {
    each_row(seeds::bodies, 1_000, rows::desks);
}

#[test]
fn every_rows_tokens() {
    each_row(seeds::bodies, 4_000, rows::tokens);
}

#[test]
fn every_rows_notifications() {
    each_row(seeds::notices, 500, rows::notifications);
}

/// Without this, a check that refuses everything at once would look like one that holds.
#[test]
fn every_rows_seeds_reach_what_they_are_for() {
    for row in registry() {
        let reaches = |seeds: Vec<Vec<u8>>, check: Check, what: fn(&Reached) -> bool| {
            seeds.iter().any(|bytes| what(&check(row.name, bytes)))
        };
        let bodies = || seeds::bodies(row.name);
        let named = row.name;
        assert!(reaches(bodies(), rows::responses, |it| it.accepted), "{named}: no acceptance");
        assert!(reaches(bodies(), rows::responses, |it| it.shown), "{named}: no charge is shown");
        assert!(reaches(bodies(), rows::desks, |it| it.found), "{named}: no errand finds anything");
        let hinted = reaches(seeds::notices(named), rows::notifications, |it| it.hinted);
        assert!(hinted, "{named}: no notification is a hint");
        let kept = reaches(bodies(), rows::tokens, |it| it.kept);
        assert_eq!(kept, rows::asks_for_tokens(named), "{named}: tokens");
    }
}
