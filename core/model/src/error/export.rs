//! The catalogue for those who cannot read the table in code: JSON for programs, Markdown for
//! people.

use serde_json::{Value, json};

use super::codes::{Code, RETIRED};
use super::row::{Cashier, Charged, Class, Retry, Row};

/// The whole catalogue as JSON, byte for byte the same for the same table.
#[must_use]
pub fn catalogue_json() -> String {
    let errors: Vec<_> = Code::ALL.iter().map(|code| code.row()).collect();
    let mut catalogue = json!({
        "errors": errors,
        "retired": RETIRED,
        "classes": named(Class::ALL, Class::name, Class::text),
        "charged": named(Charged::ALL, Charged::name, Charged::text),
        "retry": named(Retry::ALL, Retry::name, Retry::text),
        "cashier": named(Cashier::ALL, Cashier::name, Cashier::text),
    });
    // Whether objects keep the order of their making depends on what else is in the build.
    catalogue.sort_all_objects();
    format!("{catalogue:#}\n")
}

/// The whole catalogue as Markdown.
#[must_use]
pub fn catalogue_markdown() -> String {
    let mut page = String::from(PREAMBLE);
    for class in Class::ALL {
        page.push_str(&class_section(*class));
    }
    page.push_str("## Charged\n\nWhether money moved under the identity that the call named.\n\n");
    page.push_str(&named_table(Charged::ALL, Charged::name, Charged::text));
    page.push_str("\n## Retry\n\nWhat a repeat of the call may do.\n\n");
    page.push_str(&named_table(Retry::ALL, Retry::name, Retry::text));
    page.push_str("\n## Cashier\n\nWhat a till shows, with a text to translate from.\n\n");
    page.push_str(&named_table(Cashier::ALL, Cashier::name, Cashier::text));
    page
}

const PREAMBLE: &str = "# Errors

Generated from the catalogue in `core/model/src/error/codes.rs`; `errors.json` holds the same for
programs. A number or a name is never given to another error. An error may know more closely than its
row whether money moved, and carries the field, rule, limit, payment and provider's words it knows.

A decline is an outcome, not an error. So is doubt.

";

fn class_section(class: Class) -> String {
    let mut section = format!("## Class {}\n\n{}\n\n", class.name(), class.text());
    section.push_str("| number | name | charged | retry | cashier | message |\n");
    section.push_str("| ---: | --- | --- | --- | --- | --- |\n");
    for code in Code::ALL.iter().filter(|code| code.class() == class) {
        let Row { number, name, class: _, charged, retry, cashier, message } = code.row();
        let (charged, retry, cashier) = (charged.name(), retry.name(), cashier.name());
        section.push_str(&format!(
            "| {number} | `{name}` | {charged} | {retry} | `{cashier}` | {message} |\n"
        ));
    }
    section.push('\n');
    section
}

fn named<T: Copy>(all: &[T], name: fn(T) -> &'static str, text: fn(T) -> &'static str) -> Value {
    all.iter().map(|value| json!({ "name": name(*value), "text": text(*value) })).collect()
}

fn named_table<T: Copy>(
    all: &[T],
    name: fn(T) -> &'static str,
    text: fn(T) -> &'static str,
) -> String {
    let rows = all.iter().map(|value| format!("| `{}` | {} |\n", name(*value), text(*value)));
    rows.fold(String::from("| name | meaning |\n| --- | --- |\n"), |table, row| table + &row)
}
