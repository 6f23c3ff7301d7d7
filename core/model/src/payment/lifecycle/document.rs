//! The lifecycle as a document that integrators read: one picture, one paragraph for each stage,
//! tables.

use std::collections::{BTreeMap, BTreeSet};

use super::{Lifecycle, lifecycle};
use crate::payment::stage::Stage;
use crate::payment::view::{Outcome, Progress};

const HEAD: &str = "\
# The lifecycle of a payment

<!-- Written by the model: `TILLKIT_BLESS=1 cargo test -p tillkit-model --test generated`. -->

A payment is the record of one sale. What a till reads is its **outcome**; what a screen shows is its
**status**, the stages below. Both are computed from the facts that are known, so no order of arrival can
paint over what was seen: an approval stays an approval unless it is itself undone, and time alone never
turns *unknown* into *not paid*. A fact may settle a payment from any stage, even years later.

The boxes of the picture are outcomes. An arrow between boxes leads from some stage of the one to some
stage of the other; the table below has every step.
";

const MOVES: &str = "\
## Every step

Whatever is not listed leaves the payment where it is.

| from | what happens | to |
| --- | --- | --- |
";

const OPERATIONS: &str = "\
## Captures, refunds, cancels and answers

Each is an operation of its own, because each can be lost in the same ways as the sale. `wished`: recorded,
nothing may have run. `unresolved`: sent, and nothing is known of it; the next capture or refund waits.
`accepted`: the provider took it, and its effect is still to be seen. `done` and `refused` are known.

| from | what happens | to |
| --- | --- | --- |
";

const CANCELS: &str = "\
A cancel is repeated where that has the same effect, and is over once the sale is decided. What is paid is
never cancelled after all: a cancel that may still be on its way is watched until it can no longer arrive.
Where a payment shows more than one charge, what still waits beside the one that is kept is withdrawn unasked, in
the same way: kept is what was taken, else the charge that answered the start. After a person's word that it was
paid nothing is withdrawn. A release lets go of what captures left of a hold: the till asks for it with its last capture or
by a cancel, and it leaves what was captured.

| from | what happens | to |
| --- | --- | --- |
";

const ANSWERS: &str = "\
The till answers a condition of the provider's once, before the sale expires and unless a cancel was wished.
What comes of it is shown by a read; a condition that was declined cancels the payment at the provider.

| from | what happens | to |
| --- | --- | --- |
";

/// The whole document.
///
/// # Errors
/// When the story of a representative cannot have happened; it names the story.
pub fn document() -> Result<String, &'static str> {
    let lifecycle = lifecycle()?;
    Ok([
        HEAD.to_owned(),
        picture(&lifecycle),
        paragraphs(&lifecycle),
        format!("{MOVES}{}", rows(lifecycle.stages.iter().map(named_stages))),
        format!("{OPERATIONS}{}", rows(lifecycle.money.iter().map(named_progress))),
        format!("{CANCELS}{}", rows(lifecycle.cancels.iter().map(named_progress))),
        format!("{ANSWERS}{}", rows(lifecycle.answers.iter().map(named_progress))),
    ]
    .join("\n"))
}

fn named_stages(step: &(Stage, &'static str, Stage)) -> [&'static str; 3] {
    [step.0.name(), step.1, step.2.name()]
}

fn named_progress(step: &(Progress, &'static str, Progress)) -> [&'static str; 3] {
    [progress_name(step.0), step.1, progress_name(step.2)]
}

/// One row for each pair of places, with everything that leads from the one to the other.
fn rows(steps: impl Iterator<Item = [&'static str; 3]>) -> String {
    let mut order = Vec::new();
    let mut causes: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for [from, cause, to] in steps {
        let known = causes.entry((from, to)).or_default();
        if known.is_empty() {
            order.push((from, to));
        }
        known.push(cause);
    }
    let row = |(from, to): &(&str, &str)| {
        let causes = causes.get(&(*from, *to)).map(|causes| causes.join(" · "));
        format!("| `{from}` | {} | `{to}` |\n", causes.unwrap_or_default())
    };
    order.iter().map(row).collect()
}

/// A box for each outcome, its stages inside.
fn picture(lifecycle: &Lifecycle) -> String {
    let mut lines = vec!["```mermaid".to_owned(), "stateDiagram-v2".to_owned()];
    lines.push("    [*] --> created: a sale is recorded".to_owned());
    for (group, stages) in groups() {
        lines.push(format!("    state \"{group}\" as {group}_box {{"));
        lines.extend(stages.iter().map(|stage| format!("        {stage}")));
        lines.extend(inside(lifecycle, &stages));
        lines.push("    }".to_owned());
    }
    lines.extend(between(lifecycle));
    lines.push("```\n".to_owned());
    lines.join("\n")
}

/// The stages, by the outcome that they mean first of all.
fn groups() -> Vec<(&'static str, Vec<Stage>)> {
    let outcomes =
        [Outcome::Open, Outcome::Unknown, Outcome::Held, Outcome::Paid, Outcome::NotPaid];
    let stages = |outcome| Stage::ALL.into_iter().filter(move |stage| first(*stage) == outcome);
    outcomes.into_iter().map(|outcome| (outcome.name(), stages(outcome).collect())).collect()
}

const fn first(stage: Stage) -> Outcome {
    match stage {
        Stage::Created | Stage::Sent | Stage::Pending | Stage::Processing => Outcome::Open,
        Stage::Authorized => Outcome::Held,
        Stage::Completed => Outcome::Paid,
        Stage::Declined | Stage::Failed | Stage::Cancelled | Stage::Expired => Outcome::NotPaid,
        Stage::InDoubt | Stage::NeedsPerson => Outcome::Unknown,
    }
}

/// The steps forward inside a box; the way a payment usually goes.
fn inside(lifecycle: &Lifecycle, stages: &[Stage]) -> Vec<String> {
    let steps = lifecycle.stages.iter().filter(|(from, _, to)| {
        stages.contains(from)
            && stages.contains(to)
            && from < to
            && first(*from) != Outcome::NotPaid
    });
    let pairs: BTreeSet<(Stage, Stage)> = steps.map(|(from, _, to)| (*from, *to)).collect();
    pairs.into_iter().map(|(from, to)| format!("        {from} --> {to}")).collect()
}

fn between(lifecycle: &Lifecycle) -> Vec<String> {
    let boxed = |stage: Stage| first(stage).name();
    let pairs: BTreeSet<(&str, &str)> = lifecycle
        .stages
        .iter()
        .map(|(from, _, to)| (boxed(*from), boxed(*to)))
        .filter(|(from, to)| from != to)
        .collect();
    let arrow = |(from, to): (&str, &str)| format!("    {from}_box --> {to}_box{}", why(from, to));
    pairs.into_iter().map(arrow).collect()
}

/// What an arrow between boxes stands for, where that can be said shortly.
fn why(from: &str, to: &str) -> &'static str {
    match (from, to) {
        ("open" | "unknown", "paid") => ": a fact, or a person's word",
        ("open", "not_paid") => ": a fact, or proof that nothing ran",
        ("unknown", "not_paid") => ": a fact, proof, or a person's word",
        ("open" | "unknown" | "not_paid" | "paid", "held") => ": a fact",
        ("open", "unknown") => ": settle_by passes",
        ("held", "paid") => ": it is captured",
        ("held" | "paid", "not_paid") => ": it is undone",
        ("paid", "open" | "unknown") => ": it is undone, and another charge waits",
        ("not_paid", _) => ": a late charge",
        (_, _) => "",
    }
}

fn paragraphs(lifecycle: &Lifecycle) -> String {
    let paragraph = |stage: Stage| {
        let none = BTreeSet::new();
        let outcomes = lifecycle.outcomes.get(&stage).unwrap_or(&none);
        let names: Vec<String> =
            outcomes.iter().map(|outcome| format!("`{}`", outcome.name())).collect();
        format!("### `{stage}`: {}\n\n{}\n", names.join(" or "), about(stage))
    };
    let paragraphs: Vec<String> = Stage::ALL.into_iter().map(paragraph).collect();
    format!("## The stages\n\n{}", paragraphs.join("\n"))
}

const fn about(stage: Stage) -> &'static str {
    match stage {
        Stage::Created => {
            "The sale is durable, and nothing has left. It waits for its first send, which leaves\n\
             before `start_by` or never: past that, or after a cancel was wished, the sale is given up, and it\n\
             is certain that no terminal rang it up."
        }
        Stage::Sent => {
            "A request was permitted, and no answer shows a charge. The terminal may be asking\n\
             for a card already. Where the provider knows our key the request may be replayed inside `start_by`;\n\
             where it does not, the trace is looked for instead."
        }
        Stage::Pending => {
            "The provider has the sale, and no card was seen. It is read about once a second,\n\
             and at once when a hint arrives. A cancel can still come in time."
        }
        Stage::Processing => {
            "A card is at the reader. A cancel may come too late, and then it says so."
        }
        Stage::Authorized => {
            "Approved, and the till decides: `capture` takes the money, `cancel` releases it. The\n\
             terminal is free."
        }
        Stage::Completed => {
            "Approved, and captured or about to be by the provider itself. It says `part_paid`\n\
             when less than the amount was taken and `returned` when all of it was given back; only a reversal,\n\
             which is a fact of its own, leads away from here. A person's word *paid* also leads here, and then a\n\
             provider's fact outranks it."
        }
        Stage::Declined => "The card or its holder said no. Another attempt may follow.",
        Stage::Failed => {
            "It is proven that the sale did not run, or something broke before money moved; the\n\
             reason has the provider's own words. Another attempt may follow."
        }
        Stage::Cancelled => {
            "Cancelled before money moved, released, or undone whole. A person's word *not paid*\n\
             also leads here. Another attempt may follow."
        }
        Stage::Expired => {
            "Nobody paid in time, or the sale was never sent. Another attempt may follow."
        }
        Stage::InDoubt => {
            "`settle_by` passed, and it is not known whether money was taken: do not charge\n\
             again. Looking goes on by itself, and any fact settles it. From here on a person may give their word."
        }
        Stage::NeedsPerson => {
            "Doubt has lasted, and someone should look at the terminal or the provider's\n\
             dashboard and say what they saw with `resolve`. Looking still goes on, and a late fact still settles it."
        }
    }
}

const fn progress_name(progress: Progress) -> &'static str {
    match progress {
        Progress::Wished => "wished",
        Progress::Unresolved => "unresolved",
        Progress::Accepted => "accepted",
        Progress::Done => "done",
        Progress::Refused => "refused",
    }
}
