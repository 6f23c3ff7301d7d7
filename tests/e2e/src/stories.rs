//! Which story is told at which provider over real sockets, and why not where it is not.

use std::fmt::Write as _;

use tillkit_model::provider::{Capabilities, provider};

use crate::{At, PROVIDERS};

/// One story, and the test that tells it.
pub struct Story {
    /// In a few words.
    pub name: &'static str,
    /// `file#test`, below `tests/e2e/tests`.
    pub test: &'static str,
    /// Why it is not told at a provider; nothing where it is.
    pub not: fn(&At, &Capabilities) -> Option<&'static str>,
}

const NO_CANCEL: &str = "unsupported: cancel";
const NO_CAPTURE: &str = "unsupported: manual capture";
const NO_REFUND: &str = "unsupported: refund";

const fn everywhere(_: &At, _: &Capabilities) -> Option<&'static str> {
    None
}

fn without(can: bool, why: &'static str) -> Option<&'static str> {
    (!can).then_some(why)
}

/// All of them.
pub const STORIES: &[Story] = &[
    Story {
        name: "a sale is paid, and charged once",
        test: "sales.rs#a_sale_is_paid_and_charged_once",
        not: everywhere,
    },
    Story {
        name: "a card is declined",
        test: "sales.rs#a_declined_card_is_not_paid_and_the_next_attempt_is",
        not: everywhere,
    },
    Story {
        name: "off line, approved late",
        test: "sales.rs#an_offline_terminal_that_wakes_late_is_told_as_paid_all_the_same",
        not: |at, _| without(at.wakes_late, "no terminal: what expired cannot be paid"),
    },
    Story {
        name: "a lost answer is found",
        test: "doubt.rs#a_lost_answer_is_found_again",
        not: |at, _| without(at.finds_lost_starts, "a person"),
    },
    Story {
        name: "a cancel before the card",
        test: "operations.rs#a_cancel_before_the_card_leaves_nothing_to_pay",
        not: |_, can| without(can.cancel, NO_CANCEL),
    },
    Story {
        name: "a cancel after the card",
        test: "operations.rs#a_cancel_after_the_card_takes_nothing_back",
        not: |_, can| without(can.cancel, NO_CANCEL),
    },
    Story {
        name: "a cancel and the card in one moment",
        test: "operations.rs#a_cancel_and_a_card_in_the_very_same_moment_come_to_one_truth",
        not: |_, can| without(can.cancel, NO_CANCEL),
    },
    Story {
        name: "capture, whole and in part",
        test: "operations.rs#what_is_held_is_captured_in_part_or_whole",
        not: |_, can| without(can.manual_capture && can.partial_capture, NO_CAPTURE),
    },
    Story {
        name: "void of what is held",
        test: "operations.rs#what_is_held_is_let_go_by_a_cancel",
        not: |_, can| {
            let held = without(can.manual_capture, NO_CAPTURE);
            held.or_else(|| without(can.release, "unsupported: release"))
        },
    },
    Story {
        name: "a refund, and the same refund twice",
        test: "operations.rs#a_refund_is_given_once_however_often_it_is_asked_for",
        not: |_, can| without(can.refund, NO_REFUND),
    },
    Story {
        name: "a refund whose answer is lost",
        test: "operations.rs#a_refund_whose_answer_was_lost_is_given_once",
        not: |_, can| without(can.refund, NO_REFUND),
    },
    Story {
        name: "nobody pays, and it expires",
        test: "operations.rs#a_sale_that_nobody_pays_ends_by_itself_where_sessions_end",
        not: |at, _| without(at.sessions_end, "no end is proof: unknown, then a person"),
    },
    Story {
        name: "a killed process, and the next one",
        test: "doubt.rs#a_killed_process_leaves_a_sale_that_the_next_one_settles",
        not: |at, _| without(at.finds_lost_starts, "a person"),
    },
];

/// What a provider can do, under its settings here.
///
/// # Panics
/// When it is not registered.
#[must_use]
pub fn capabilities(at: &At) -> Capabilities {
    let row = provider(at.provider).expect("it is registered");
    let setup = (row.set_up)(&at.settings_at("http://127.0.0.1:9")).expect("its settings");
    setup.adapter.capabilities().clone()
}

/// The table as a document.
#[must_use]
pub fn document() -> String {
    let mut text = PREAMBLE.to_owned();
    let stands: Vec<&str> = PROVIDERS.iter().map(|at| at.stand).collect();
    let line = "| --- ".repeat(stands.len() + 1);
    // Writing into a text cannot fail.
    writeln!(text, "| story | {} |\n{line}|", stands.join(" | ")).ok();
    for story in STORIES {
        let (file, _) = story.test.split_once('#').unwrap_or((story.test, ""));
        let cells: Vec<&str> = PROVIDERS
            .iter()
            .map(|at| (story.not)(at, &capabilities(at)).unwrap_or("told"))
            .collect();
        let link = format!("[{}](../tests/e2e/tests/{file})", story.name);
        writeln!(text, "| {link} | {} |", cells.join(" | ")).ok();
    }
    text
}

const PREAMBLE: &str = "# Stories

Generated from `tests/e2e/src/stories.rs`: what is told end to end at each provider, over real sockets
against the simulator's server, with the provider's ledger compared at the end. Where a cell is not *told*
it says why; what is unsupported is refused before anything is sent, which a test shows too.

";
