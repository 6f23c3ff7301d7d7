use crate::tidy::mask::mask;
use crate::tidy::source::Source;

fn words(text: &str) -> Vec<String> {
    Source::read("core/model/src/x.rs", text).tokens.into_iter().map(|token| token.text).collect()
}

fn used(text: &str, roots: &[&str]) -> Vec<String> {
    let source = Source::read("core/model/src/x.rs", text);
    source.paths(roots).iter().map(|path| path.segments.join("::")).collect()
}

#[test]
fn comments_and_literals_are_no_code() {
    let text = r##"a /* b /* c */ d */ e // f
"g \" h" i 'j' '\'' k r#"l " m"# n b"o" br"p" "##;
    assert_eq!(words(text), ["a", "e", "\"", "i", "\"", "\"", "k", "\"", "n", "b", "\"", "\""]);
}

#[test]
fn what_is_masked_keeps_its_place() {
    let masked = mask("é // ü\n\"x\ny\" z");
    assert_eq!(masked.code, "é     \n\" \n   z");
    assert_eq!(masked.comments, "  // ü\n  \n    ");
}

#[test]
fn a_lifetime_opens_no_literal() {
    assert_eq!(words("fn f<'a>(x: &'a str) {}").last().unwrap(), "}");
    assert!(words("&'a b").contains(&"b".to_owned()));
}

#[test]
fn a_name_that_ends_in_r_opens_no_raw_string() {
    assert_eq!(words("for\"x\" y"), ["for", "\"", "y"]);
}

#[test]
fn groups_of_imports_are_spelled_out() {
    let text = "use crate::{money::{Amount as A, self}, time::*, error};";
    assert_eq!(
        used(text, &["crate"]),
        ["crate::money::Amount", "crate::money::self", "crate::time::*", "crate::error"]
    );
}

#[test]
fn paths_in_expressions_count_like_imports() {
    let text = "fn f() { let x = crate::engine::run(); x::crate_like() }";
    assert_eq!(used(text, &["crate"]), ["crate::engine::run"]);
}

#[test]
fn a_visibility_is_no_use() {
    assert!(used("pub(crate) fn f() {} pub(in crate::engine) fn g() {}", &["crate"]).is_empty());
}

#[test]
fn the_middle_of_a_path_begins_none() {
    assert!(used("use other::std::fs;", &["std"]).is_empty());
}

#[test]
fn modules_opened_inside_the_file_are_counted() {
    let source = Source::read("x.rs", "use super::a; mod m { use super::b; } use super::c;");
    let depths: Vec<usize> = source.paths(&["super"]).iter().map(|p| p.inner_modules).collect();
    assert_eq!(depths, [0, 1, 0]);
}

#[test]
fn items_for_tests_are_marked_and_no_others() {
    let text =
        "fn a() {}\n#[cfg(test)]\n#[allow(x)]\nmod t { fn b() {} }\n#[test]\nfn c() {}\nfn d() {}";
    let source = Source::read("core/model/src/x.rs", text);
    let marked = |name| source.tokens.iter().find(|token| token.text == name).unwrap().in_test;
    assert_eq!(["a", "b", "c", "d"].map(marked), [false, true, true, false]);
}

#[test]
fn a_declared_module_of_tests_ends_at_its_semicolon() {
    let source = Source::read("core/model/src/x.rs", "#[cfg(test)]\nmod tests;\nfn a() {}");
    assert!(!source.tokens.iter().find(|token| token.text == "a").unwrap().in_test);
}
