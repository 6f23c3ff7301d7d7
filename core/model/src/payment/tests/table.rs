//! Every pair of stage and command, in words: what is decided, and where the payment stands after
//! it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::payment::apply::apply;
use crate::payment::command::CommandKind;
use crate::payment::decide::{Decision, Effect, Refused, decide};
use crate::payment::lifecycle::commands::{ASKED, command};
use crate::payment::lifecycle::representatives::{self, Representative};
use crate::payment::permission::Never;
use crate::payment::stage::{Stage, stage};
use crate::payment::timeline;

/// Representative, command, what is decided and the stage after it.
const ROWS: &str = include_str!("table.txt");

fn rows() -> BTreeMap<(&'static str, &'static str), &'static str> {
    let mut rows = BTreeMap::new();
    let mut representative = "";
    for line in ROWS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if !line.starts_with(' ') {
            representative = line;
            continue;
        }
        let (asked, expected) = line.split_once("→").expect(line);
        let earlier = rows.insert((representative, asked.trim()), expected.trim());
        assert_eq!(earlier, None, "{representative}: {line}");
    }
    rows
}

fn said(representative: &Representative, asked: &str) -> String {
    let Representative { payment, manners, now, .. } = representative;
    let command = command(asked, payment, now).expect(asked);
    match decide(payment, command, manners, now) {
        Err(refused) => format!("✗ {}", refusal(&refused)),
        Ok(decision) => {
            let mut after = payment.clone();
            for event in &decision.events {
                after = apply(Some(after), event).expect(asked);
            }
            decided(&decision, stage(payment), stage(&after))
        }
    }
}

fn decided(decision: &Decision, before: Stage, after: Stage) -> String {
    if decision.events.is_empty() {
        assert_eq!(decision.effect, None, "an effect needs a record");
        return "nothing".to_owned();
    }
    let names: Vec<&str> = decision.events.iter().map(timeline::name).collect();
    let mut words = names.join(" ");
    match &decision.effect {
        Some(Effect::Send { number, .. }) => write!(words, ", send {number}").expect("text"),
        Some(Effect::Polls { .. }) => words.push_str(", polls"),
        None => {}
    }
    if after != before {
        write!(words, " ⇒ {after}").expect("text");
    }
    words
}

fn refusal(refused: &Refused) -> String {
    match refused {
        Refused::NotPermitted(None) => "not permitted".to_owned(),
        Refused::NotPermitted(Some(never)) => {
            let why = match never {
                Never::NothingToDo => "nothing to do",
                Never::CancelWished => "a cancel was wished",
                Never::Late => "too late",
                Never::KeyForgotten => "the key may be forgotten",
                Never::NotRepeatable => "not repeatable",
                Never::Unsupported => "unsupported",
                Never::NoCharge => "no charge",
                Never::Unseen => "not seen since history was lost",
            };
            format!("never: {why}")
        }
        Refused::TooEarly => "too early".to_owned(),
        Refused::NoSuchOperation => "no such operation".to_owned(),
        Refused::NoSuchCondition => "no such condition".to_owned(),
        Refused::Unresolved { .. } => "another is unresolved".to_owned(),
        Refused::Conflict { field } => format!("conflict: {field}"),
        Refused::NothingToCapture => "nothing to capture".to_owned(),
        Refused::NoRelease => "nothing is let go of here".to_owned(),
        Refused::NothingToRefund => "nothing to refund".to_owned(),
        Refused::Exceeds { remaining } => format!("exceeds {}", remaining.text()),
        Refused::NotResolvable => "not resolvable".to_owned(),
    }
}

#[test]
fn every_row_holds() {
    let rows = rows();
    let mut wrong = String::new();
    for representative in representatives::all().expect("every story can happen") {
        let mut name = Some(representative.name);
        for (asked, _) in ASKED {
            let said = said(&representative, asked);
            if rows.get(&(representative.name, *asked)).copied() != Some(&said) {
                if let Some(name) = name.take() {
                    writeln!(wrong, "{name}").expect("text");
                }
                writeln!(wrong, "    {asked:<24}→ {said}").expect("text");
            }
        }
    }
    assert!(wrong.is_empty(), "these rows are missing or say something else:\n{wrong}");
}

#[test]
fn no_row_is_about_nothing() {
    let representatives = representatives::all().expect("every story can happen");
    let known: BTreeSet<(&str, &str)> = representatives
        .iter()
        .flat_map(|representative| ASKED.iter().map(|(asked, _)| (representative.name, *asked)))
        .collect();
    let written: BTreeSet<(&str, &str)> = rows().into_keys().collect();
    assert_eq!(written.difference(&known).collect::<Vec<_>>(), Vec::<&(&str, &str)>::new());
}

#[test]
fn every_stage_meets_every_kind_of_command() {
    let representatives = representatives::all().expect("every story can happen");
    let stages: BTreeSet<Stage> = representatives.iter().map(|one| stage(&one.payment)).collect();
    assert_eq!(stages, Stage::ALL.into_iter().collect());
    let kinds: BTreeSet<CommandKind> = ASKED.iter().map(|(_, kind)| *kind).collect();
    assert_eq!(kinds, CommandKind::ALL.into_iter().collect());
    let one = &representatives[0];
    for (asked, kind) in ASKED {
        let command = command(asked, &one.payment, &one.now).expect(asked);
        assert_eq!(command.kind(), *kind, "{asked}");
    }
}

#[test]
fn a_representative_stands_where_its_name_says() {
    for one in representatives::all().expect("every story can happen") {
        let (named, _) = one.name.split_once('/').expect(one.name);
        assert_eq!(stage(&one.payment).name(), named, "{}", one.name);
    }
}
