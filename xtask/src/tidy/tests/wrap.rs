use crate::tidy::wrap::wrap;

fn wide(words: usize) -> String {
    vec!["word"; words].join(" ")
}

#[test]
fn a_wide_paragraph_is_broken_and_filled() {
    let text = format!("    /// {}\n    /// word\n    fn f() {{}}\n", wide(20));
    let expected = format!("    /// {}\n    /// {}\n    fn f() {{}}\n", wide(18), wide(3));
    assert_eq!(wrap(&text), expected);
}

#[test]
fn what_fits_stays_as_it_is() {
    let text = format!("//! {}\n//! word\n\nfn f() {{}}", wide(10));
    assert_eq!(wrap(&text), text);
}

#[test]
fn paragraphs_do_not_flow_into_each_other() {
    let text = format!("//! {}\n//!\n//! word\n", wide(20));
    assert_eq!(wrap(&text), format!("//! {}\n//! word\n//!\n//! word\n", wide(19)));
}

#[test]
fn an_item_of_a_list_keeps_its_indent() {
    let text = format!("// - {}\n//   word\n// - word\n", wide(20));
    assert_eq!(wrap(&text), format!("// - {}\n//   {}\n// - word\n", wide(19), wide(2)));
}

#[test]
fn tables_code_and_strings_are_left_alone() {
    let row = format!("/// | {} |\n", wide(30));
    let block = format!("/// ```\n/// {}\n/// ```\n", wide(30));
    let string = format!("const A: &str = \"\n// {}\n\";\n", wide(30));
    for text in [row, block, string] {
        assert_eq!(wrap(&text), text);
    }
}
