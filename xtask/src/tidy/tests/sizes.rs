use crate::tidy::sizes::check;
use crate::tidy::source::Source;

fn rules(path: &str, text: &str) -> Vec<&'static str> {
    check(&Source::read(path, text)).iter().map(|finding| finding.rule).collect()
}

fn function(lines: usize) -> String {
    format!(
        "trait T {{ fn a(&self) -> [u8; 3]; }}\nfn b() {{\n{}}}\n",
        "    c();\n".repeat(lines - 2)
    )
}

#[test]
fn a_file_has_its_limit() {
    assert!(rules("core/x/src/a.rs", &"//\n".repeat(500)).is_empty());
    assert_eq!(rules("core/x/src/a.rs", &"//\n".repeat(501)), ["file-length"]);
}

#[test]
fn a_function_has_its_limit_outside_tests() {
    assert!(rules("core/x/src/a.rs", &function(70)).is_empty());
    assert_eq!(rules("core/x/src/a.rs", &function(71)), ["function-length"]);
    assert!(rules("core/x/src/a/tests.rs", &function(71)).is_empty());
}

#[test]
fn a_line_is_measured_in_characters() {
    assert!(rules("core/x/src/a.rs", &format!("// {}", "é".repeat(97))).is_empty());
    assert_eq!(rules("core/x/src/a.rs", &format!("// {}", "é".repeat(98))), ["line-length"]);
}

#[test]
fn only_a_literal_may_run_over() {
    let literal = "x".repeat(100);
    assert!(rules("core/x/src/a.rs", &format!("    a: \"{literal}\"),")).is_empty());
    assert_eq!(rules("core/x/src/a.rs", &format!("f(\"{literal}\", b)")), ["line-length"]);
}

#[test]
fn folders_have_their_depth() {
    assert!(rules("core/x/src/a/b/c.rs", "").is_empty());
    assert_eq!(rules("core/x/src/a/b/c/d.rs", ""), ["module-depth"]);
    assert!(rules("core/x/src/a/b/tests/d.rs", "").is_empty());
}
