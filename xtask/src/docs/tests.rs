//! A check that finds nothing looks the same whether it works or not: each is shown a fault.

use std::collections::{BTreeMap, BTreeSet};

use super::page::{Page, slug};
use super::{blocks, book, commands, cuts, html, links};
use crate::tidy::tree::File;

const PROGRAM: &str = "docs/samples/rust/src/lib.rs";

fn sources() -> cuts::Sources {
    let text = "fn out() {}\n    // ANCHOR: sale\n    let a = 1;\n\n        let b = 2;\n    \
                // ANCHOR_END: sale\n// ANCHOR: empty\n// ANCHOR_END: empty\n";
    cuts::Sources::of(&[File { path: PROGRAM.to_owned(), text: text.to_owned() }])
}

fn faults(text: &str) -> usize {
    blocks::check(&[Page::read("docs/page.md", text)], &sources()).len()
}

#[test]
fn rust_is_cut_or_refused() {
    let cut = "```rust\n{{#include samples/rust/src/lib.rs:sale}}\n```\n";
    assert_eq!(faults(cut), 0);
    assert_eq!(faults("```rust\nlet a = 1;\n```\n"), 1);
    assert_eq!(faults("```rust\n{{#include samples/rust/src/lib.rs:gone}}\n```\n"), 1);
    assert_eq!(faults("```rust\n{{#include samples/rust/src/lib.rs:empty}}\n```\n"), 1);
    assert_eq!(faults("```rust\n{{#include samples/rust/src/gone.rs:sale}}\n```\n"), 1);
    assert_eq!(faults("```rust\n{{#include samples/rust/src/lib.rs:sale}}\nlet b;\n```\n"), 1);
    assert_eq!(faults("```rust\n```\n"), 1);
}

#[test]
fn every_other_block_says_what_it_is() {
    assert_eq!(faults("```text\nanything\n```\n"), 0);
    assert_eq!(faults("```json\n{\"a\": 1}\n```\n"), 0);
    assert_eq!(faults("```json\n{a: 1}\n```\n"), 1);
    assert_eq!(faults("```\nanything\n```\n"), 1);
    assert_eq!(faults("```python\nprint(1)\n```\n"), 1);
    assert_eq!(faults("```console\n$ true\n  again\n```\n"), 0);
    assert_eq!(faults("```console\n$ true\nits output\n```\n"), 1);
}

#[test]
fn a_snippet_between_marks_is_what_its_program_says() {
    let page = |body: &str| {
        format!("a\n<!-- cut: {PROGRAM}:sale -->\n```rust\n{body}\n```\n<!-- cut ends -->\nb\n")
    };
    let right = page("let a = 1;\n\n    let b = 2;");
    assert_eq!(cuts::renewed(&right, &sources()), Ok(right.clone()));
    assert_eq!(cuts::renewed(&page("old"), &sources()), Ok(right.clone()));
    let unknown = right.replace("lib.rs", "gone.rs");
    assert_eq!(cuts::renewed(&unknown, &sources()).unwrap_err().0, 2);
    let endless = right.replace("<!-- cut ends -->", "");
    assert_eq!(cuts::renewed(&endless, &sources()).unwrap_err().0, 2);
    assert_eq!(faults(&right), 0);
}

#[test]
fn a_link_leads_to_a_file_and_a_heading() {
    let guide = Page::read("docs/guide.md", "# The guide\n\n## Two `words`\n\n## Two words\n");
    let known = ["docs/guide.md", "docs/page.md", "README.md", "core/lib.rs"];
    let paths: BTreeSet<String> = known.map(str::to_owned).into();
    let dead = |text: &str| {
        let page = Page::read("docs/page.md", text);
        let pages = [guide_again(&guide), page];
        links::check(&pages, &paths).1.len()
    };
    assert_eq!(dead("[a](guide.md) [b](guide.md#the-guide) [c](../README.md) [d](../core/)"), 0);
    assert_eq!(dead("[a](guide.md#two-words) [b](guide.md#two-words-1)"), 0);
    assert_eq!(dead("# Here\n[a](#here) <https://example.com> [w](https://example.com/a)"), 0);
    assert_eq!(dead("[a](gone.md)"), 1);
    assert_eq!(dead("[a](guide.md#gone)"), 1);
    assert_eq!(dead("[a](#gone)"), 1);
    assert_eq!(dead("[a](http://example.com)"), 1);
    assert_eq!(dead("[a](https://nowhere)"), 1);
    assert_eq!(dead("`[a](gone.md)`\n```text\n[a](gone.md)\n```\n"), 0);
    assert_eq!(dead("[name]: gone.md"), 1);
}

fn guide_again(guide: &Page) -> Page {
    Page::read(&guide.path, &guide.text)
}

#[test]
fn anchors_are_spelled_as_readers_make_them() {
    assert_eq!(slug(" What is *not* there, yet? "), "what-is-not-there-yet");
    assert_eq!(slug(" `created`: `open`"), "created-open");
}

#[test]
fn a_command_that_goes_on_in_the_next_line_is_one() {
    let page = Page::read("docs/page.md", "```console\n$ one \\\n  more\n$ two\n```\n");
    let found = commands::of(&page.blocks[0]);
    assert_eq!(found, [(2, "one \\\n  more".to_owned()), (4, "two".to_owned())]);
}

#[test]
fn only_named_commands_are_run_elsewhere() {
    assert!(commands::elsewhere("cargo xtask test").is_some());
    assert!(commands::elsewhere("cargo xtask tests").is_none());
    assert!(commands::elsewhere("cargo run -- demo").is_none());
    assert!(commands::elsewhere("till list").is_none());
}

#[test]
fn a_link_that_leaves_the_book_goes_to_the_repository() {
    let text = "[a](../README.md#top) [b](guide.md) [c](https://example.com) `](../x)`\n";
    let changed = book::with_outward_links(&Page::read("docs/page.md", text));
    let address = "https://github.com/tillkit/tillkit/blob/main/README.md#top";
    assert_eq!(changed, text.replace("../README.md#top", address));
}

#[test]
fn a_page_without_a_chapter_is_told() {
    let contents = Page::read("docs/SUMMARY.md", "- [a](guide/a.md)\n");
    let (named, left) = (Page::read("docs/guide/a.md", ""), Page::read("docs/b.md", ""));
    assert_eq!(book::left_out(&[contents, named, left]).len(), 1);
    assert_eq!(book::left_out(&[]).len(), 1);
}

#[test]
fn the_built_pages_lead_to_each_other() {
    let other = "<h1 id=\"top\">";
    let dead = |text: &str| {
        let pages = [("a/one.html", text), ("two.html", other)];
        let texts: BTreeMap<String, String> =
            pages.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        let files = texts.keys().cloned().chain(["book.css".to_owned()]).collect();
        html::dead_links(&texts, &files).len()
    };
    assert_eq!(dead("<a href=\"../two.html#top\"><link href=\"../book.css?v=1\">"), 0);
    assert_eq!(dead("<a href=\"https://example.com\"><a href=\"#here\"><p id=\"here\">"), 0);
    assert_eq!(dead("<a href=\"../two.html#gone\">"), 1);
    assert_eq!(dead("<a class=\"x\" href=\"two.html\">"), 1);
    assert_eq!(dead("<img src=\"gone.png\">"), 1);
    assert_eq!(dead("<a href=\"#gone\">"), 1);
    assert_eq!(html::dead_links(&BTreeMap::new(), &BTreeSet::new()).len(), 1);
}
