use super::lines;
use crate::tidy::code::{floats, model_reaches_outside, permit_makers, wildcard_arms};

const DECIDE: &str = "core/model/src/payment/decide.rs";

#[test]
fn the_model_names_nothing_that_reaches_outside() {
    let text =
        "use std::{fmt, fs::File};\nfn f() { std::thread::yield_now() }\nuse std::sync::Arc;";
    assert_eq!(lines(model_reaches_outside, "core/model/src/ids.rs", text), [1, 2]);
    assert!(lines(model_reaches_outside, "core/tillkit/src/ids.rs", text).is_empty());
    assert!(lines(model_reaches_outside, "core/model/src/tests.rs", text).is_empty());
}

#[test]
fn no_float_stands_in_the_core() {
    let text = "fn f(a: f64) -> u64 {\n 0 }\nstruct S(f32); // f64\nlet f64x = \"f32\";";
    assert_eq!(lines(floats, "core/tillkit/src/x.rs", text), [1, 3]);
    assert!(lines(floats, "simulator/src/x.rs", text).is_empty());
}

#[test]
fn an_arm_for_everything_else_is_found() {
    let text =
        "match a {\n X => 1,\n _ => 2,\n}\nmatch (a, b) {\n (X, Y) => { 1 }\n (_, _) => 2,\n}";
    assert_eq!(lines(wildcard_arms, DECIDE, text), [3, 7]);
    assert_eq!(lines(wildcard_arms, "core/model/src/error.rs", "match a { X | _ => 1 }"), [1]);
}

#[test]
fn an_arm_that_names_its_case_is_not() {
    let text = "match a {\n Some(_) => 1,\n (X, _) => 2,\n S { .. } => 3,\n E(_, _) => 4,\n}";
    assert!(lines(wildcard_arms, DECIDE, text).is_empty());
    let wild = "match a { _ => 2 }";
    assert!(lines(wildcard_arms, "core/model/src/money/mod.rs", wild).is_empty());
    assert!(lines(wildcard_arms, "core/model/src/payment/tests.rs", wild).is_empty());
}

#[test]
fn texts_and_numbers_may_have_a_rest() {
    assert!(
        lines(wildcard_arms, DECIDE, "match a { \"x\" => X, \"y\" => { Y } _ => Z }").is_empty()
    );
    assert!(lines(wildcard_arms, DECIDE, "match a { 1 | 2 => X, _ => Z }").is_empty());
    let pairs = "match a { (\"x\" | \"y\", _) => X, (_, _) => Z }";
    assert!(lines(wildcard_arms, DECIDE, pairs).is_empty());
    assert_eq!(lines(wildcard_arms, DECIDE, "match a { X => f(\"x\"), _ => 2 }"), [1]);
    let fields = "match a { S { .. } => X, T { a } => { Y } U(_) => Z, _ => Z }";
    assert_eq!(lines(wildcard_arms, DECIDE, fields), [1]);
    let inner = "match a { X => match b { \"x\" => 1, _ => 2 }, _ => 3 }";
    assert_eq!(lines(wildcard_arms, DECIDE, &inner.replace(", _", ",\n _")), [3]);
}

#[test]
fn a_permit_is_made_only_by_a_store() {
    let text = "fn f(a: Append) {\n a.recorded(1);\n Append::recorded(a, 1);\n}\nfn recorded() {}";
    assert_eq!(lines(permit_makers, "core/tillkit/src/shell/mod.rs", text), [2, 3]);
    assert!(lines(permit_makers, "core/tillkit/src/journal/sqlite.rs", text).is_empty());
    assert!(lines(permit_makers, "simulator/src/world/disk.rs", text).is_empty());
    assert!(lines(permit_makers, "core/model/src/engine/tests.rs", text).is_empty());
    assert!(lines(permit_makers, "core/model/src/engine/x.rs", "x.recorded").is_empty());
}
