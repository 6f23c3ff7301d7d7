//! Payments and amounts in words for people.

use tillkit::till::{Amount, Outcome, Summary};

use super::{paint, times};

/// `13.30 EUR`.
pub fn amount(amount: &Amount) -> String {
    format!("{} {}", amount.text, amount.currency)
}

/// How it ended, in one line.
pub fn ending(summary: &Summary) -> String {
    let asked = amount(&summary.amounts.asked);
    let said = match summary.outcome {
        Outcome::Paid => format!("{asked} were paid"),
        Outcome::Held => format!("{asked} are held: capture or cancel them"),
        Outcome::PartPaid => {
            // What was given back since was paid all the same.
            let amounts = &summary.amounts;
            let captured = Some(&amounts.captured).filter(|captured| captured.minor != 0);
            format!("{} of {asked} were paid", amount(captured.unwrap_or(&amounts.authorized)))
        }
        Outcome::NotPaid => format!("{asked} were not paid: {}", summary.status.name()),
        Outcome::Returned => format!("{asked} were given back"),
        Outcome::Unknown => format!(
            "nobody knows yet whether {asked} were paid: do not charge again, Tillkit goes on \
             looking"
        ),
        Outcome::Open => format!("{asked} are still open: {}", summary.status.name()),
    };
    format!("{}: {said}", paint::outcome(summary.outcome))
}

/// Everything about a payment that a person at a counter asks for.
pub fn facts(summary: &Summary) -> Vec<String> {
    let mut lines = vec![ending(summary), fact("payment", &summary.id.to_string())];
    let attempt = match summary.attempt {
        1 => String::new(),
        attempt => format!(", attempt {attempt}"),
    };
    lines
        .push(fact("reference", &format!("{}{attempt} at {}", summary.reference, summary.account)));
    if let Some(terminal) = &summary.terminal {
        lines.push(fact("terminal", terminal.as_str()));
    }
    lines.push(fact("called", &times::local(summary.created_at_ms)));
    lines.push(fact("status", summary.status.name()));
    lines.extend(amounts(summary));
    lines.extend(card(summary));
    lines.extend(summary.charges.iter().map(|charge| fact("charge", charge.as_str())));
    lines.extend(summary.reason.iter().map(|reason| fact("reason", &told(reason))));
    lines.extend(operations(summary));
    lines.extend(conditions(summary));
    if summary.provisional {
        lines.push(fact("provisional", "approved offline, and may yet be reversed"));
    }
    for alarm in &summary.alarms {
        lines.push(paint::bad(fact("alarm", &word_of(alarm))));
    }
    if let Some(next) = summary.next_attempt {
        lines.push(fact("next", &format!("--attempt {next} may try again")));
    }
    lines
}

fn fact(name: &str, value: &str) -> String {
    format!("  {name:<12} {value}")
}

fn amounts(summary: &Summary) -> Vec<String> {
    let amounts = &summary.amounts;
    let named = [
        ("authorized", &amounts.authorized),
        ("captured", &amounts.captured),
        ("tip", &amounts.tip),
        ("returning", &amounts.returning),
        ("returned", &amounts.returned),
    ];
    let some = named.into_iter().filter(|(_, amount)| amount.minor != 0);
    some.map(|(name, value)| fact(name, &amount(value))).collect()
}

fn card(summary: &Summary) -> Option<String> {
    let scheme = summary.card_scheme.as_deref();
    let digits = summary.card_last_four.as_ref().map(|digits| format!("…{digits}"));
    let words: Vec<&str> = scheme.into_iter().chain(digits.as_deref()).collect();
    (!words.is_empty()).then(|| fact("card", &words.join(" ")))
}

fn operations(summary: &Summary) -> Vec<String> {
    let line = |operation: &tillkit::till::OperationSummary| {
        let reference = operation.reference.as_ref().map(|name| format!(" {name}"));
        let sum = operation.amount.as_ref().map(|sum| format!(" of {}", amount(sum)));
        let (reference, sum) = (reference.unwrap_or_default(), sum.unwrap_or_default());
        let progress = word_of(&operation.progress);
        fact(&word_of(&operation.kind), format!("{reference}{sum} {progress}").trim())
    };
    summary.operations.iter().map(line).collect()
}

fn conditions(summary: &Summary) -> Vec<String> {
    let details = summary.details.iter().flat_map(|details| &details.conditions);
    let line = |one: &tillkit_model::payment::details::Condition| {
        fact("condition", &format!("{} ({}): {}", one.id, word_of(&one.status), one.message))
    };
    details.map(line).collect()
}

fn told(reason: &tillkit_model::payment::event::Reason) -> String {
    match &reason.detail {
        Some(detail) => format!("{detail} ({})", reason.code),
        None => reason.code.to_string(),
    }
}

/// The word by which something is known in every language.
pub fn word_of(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}
