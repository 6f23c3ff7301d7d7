use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::{
    Cashier, Charged, Class, Code, Error, ProviderWords, RETIRED, Retry, catalogue_json,
    catalogue_markdown,
};
use crate::ids::PaymentId;
use crate::money::{Currency, Money};

#[test]
fn numbers_have_no_holes_and_no_duplicates() {
    let live = Code::ALL.iter().map(|code| code.number());
    let mut numbers: Vec<_> = live.chain(RETIRED.iter().map(|stone| stone.number)).collect();
    numbers.sort_unstable();
    let expected: Vec<_> = (1..).take(numbers.len()).collect();
    assert_eq!(numbers, expected);
}

#[test]
fn names_are_kebab_case_and_never_shared() {
    let live = Code::ALL.iter().map(|code| code.name());
    let names: Vec<_> = live.chain(RETIRED.iter().map(|stone| stone.name)).collect();
    let distinct: BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len());
    for name in names {
        assert!(is_kebab_case(name), "{name}");
    }
}

fn is_kebab_case(name: &str) -> bool {
    name.split('-').all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()))
}

#[test]
fn a_code_is_found_by_its_name_and_by_its_number() {
    for code in Code::ALL {
        assert_eq!(Code::named(code.name()), Some(*code));
        assert_eq!(Code::numbered(code.number()), Some(*code));
    }
    assert_eq!(Code::named("declined"), None);
    assert_eq!(Code::numbered(0), None);
}

#[test]
fn every_message_says_what_is_wrong_and_the_way_out() {
    for code in Code::ALL {
        let message = code.row().message;
        let way_out = message.split_once(": ").map(|(_, way_out)| way_out);
        assert!(way_out.is_some_and(|text| !text.is_empty()), "{code:?}: {message}");
        assert!(!message.contains('|') && !message.ends_with('.'), "{code:?}: {message}");
    }
}

#[test]
fn every_value_of_every_column_is_used() {
    let rows: Vec<_> = Code::ALL.iter().map(|code| code.row()).collect();
    for class in Class::ALL {
        assert!(rows.iter().any(|row| row.class == *class), "{class:?}");
    }
    for retry in Retry::ALL {
        assert!(rows.iter().any(|row| row.retry == *retry), "{retry:?}");
    }
    for cashier in Cashier::ALL {
        assert!(rows.iter().any(|row| row.cashier == *cashier), "{cashier:?}");
    }
}

#[test]
fn no_row_promises_more_than_can_be_known() {
    for code in Code::ALL {
        let row = code.row();
        // That money moved is known of a payment, never of a kind of error.
        assert_ne!(row.charged, Charged::Yes, "{code:?}");
        if row.retry == Retry::Later {
            assert_eq!(row.charged, Charged::No, "{code:?}: later says that nothing began");
        }
        if row.class == Class::Journal || row.class == Class::Internal {
            assert_eq!(row.charged, Charged::Unknown, "{code:?}: without the journal nobody knows");
        }
    }
}

const PAYMENT: &str = "01920000-0000-7000-8000-00000000002a";

fn payment() -> PaymentId {
    PaymentId::parse(PAYMENT).unwrap()
}

#[test]
fn an_error_says_what_its_row_says_until_told_more() {
    let plain = Error::new(Code::ReferenceUsed);
    assert_eq!(plain.message, Code::ReferenceUsed.row().message);
    assert_eq!((plain.charged, plain.retry), (Charged::Unknown, Retry::AfterLookup));
    let closer = plain.payment(payment()).charged(Charged::Yes).retry(Retry::Never);
    assert_eq!((closer.charged, closer.retry), (Charged::Yes, Retry::Never));
    assert_eq!(closer.payment, Some(payment()));
}

#[test]
fn an_error_reaches_every_language_with_all_its_fields() {
    let words = ProviderWords {
        code: Some("E42".to_owned()),
        detail: Some("no such reader".to_owned()),
        trace: Some("t-9".to_owned()),
    };
    let error = Error::new(Code::RateLimited)
        .message("slow down: wait")
        .field("terminal")
        .rule("budget")
        .limit(200)
        .payment(payment())
        .retry_after_ms(1500)
        .provider(words);
    let expected = json!({
        "code": "rate-limited", "number": 23, "class": "rate-limited",
        "message": "slow down: wait", "cashier": "try-later",
        "charged": "no", "retry": "later", "retry_after_ms": 1500,
        "field": "terminal", "rule": "budget", "limit": "200", "payment": PAYMENT,
        "provider": { "code": "E42", "detail": "no such reader", "trace": "t-9" },
    });
    assert_eq!(serde_json::to_value(&error).unwrap(), expected);
    assert_eq!(
        error.to_string(),
        "rate-limited: slow down: wait [field: terminal] [rule: budget] [limit: 200] \
         [payment: 01920000-0000-7000-8000-00000000002a] [provider: E42, no such reader, t-9]"
    );
}

#[test]
fn what_is_not_known_is_null_and_not_left_out() {
    let value = serde_json::to_value(Error::new(Code::Internal)).unwrap();
    for field in ["retry_after_ms", "field", "rule", "limit", "payment", "provider"] {
        assert_eq!(value.get(field), Some(&Value::Null), "{field}");
    }
    let message = Code::Internal.row().message;
    assert_eq!(Error::new(Code::Internal).to_string(), format!("internal: {message}"));
}

#[test]
fn an_error_is_one_pointer_wide() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[test]
fn a_refusal_of_money_names_field_rule_and_limit() {
    let decimals = Error::from(Money::parse("13.305", Currency::EUR).unwrap_err());
    assert_eq!(decimals.code, Code::InvalidAmount);
    assert_eq!(decimals.field.as_deref(), Some("amount"));
    assert_eq!(decimals.rule.as_deref(), Some("decimals-of-currency"));
    assert_eq!(decimals.limit.as_deref(), Some("2"));
    assert_eq!(decimals.charged, Charged::No);
    let currency = Error::from(Currency::parse("XAU").unwrap_err());
    assert_eq!(currency.code, Code::InvalidField);
    assert_eq!(currency.field.as_deref(), Some("currency"));
    assert_eq!(currency.limit, None);
}

#[test]
fn the_documents_are_fresh_and_no_number_was_given_away() {
    let json = catalogue_json();
    let path = document("errors.json");
    if let Ok(before) = std::fs::read_to_string(&path) {
        assert_keeps_its_names(&before, &json);
    }
    assert_fresh("errors.json", &json);
    assert_fresh("errors.md", &catalogue_markdown());
}

/// Whatever was an error in the stored catalogue is one still, or has its tombstone.
fn assert_keeps_its_names(before: &str, now: &str) {
    let now = numbered_names(now);
    for known in numbered_names(before) {
        assert!(now.contains(&known), "{known:?} is gone: move it to RETIRED");
    }
}

fn numbered_names(catalogue: &str) -> BTreeSet<(u64, String)> {
    let catalogue: Value = serde_json::from_str(catalogue).unwrap();
    let lists = ["errors", "retired"].map(|list| catalogue[list].as_array().unwrap().clone());
    let rows = lists.into_iter().flatten();
    rows.map(|row| (row["number"].as_u64().unwrap(), row["name"].as_str().unwrap().to_owned()))
        .collect()
}

fn assert_fresh(name: &str, expected: &str) {
    let path = document(name);
    if std::env::var_os("TILLKIT_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(&path, expected).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == expected, "docs/{name} is stale: run the tests with TILLKIT_BLESS=1");
}

fn document(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs")).join(name)
}
