//! Help, version and completions.

use crate::shop::Shop;

const COMMANDS: &[&str] = &[
    "demo",
    "accounts",
    "terminals",
    "pay",
    "watch",
    "show",
    "list",
    "cancel",
    "capture",
    "refund",
    "answer",
    "resolve",
    "recover",
    "report",
    "reconcile",
    "receipt",
    "webhooks",
    "journal",
    "simulate",
    "doctor",
    "completions",
];

/// All help as one text, kept beside this file; `TILLKIT_BLESS=1` writes it anew.
#[test]
fn help_reads_as_it_was_agreed() {
    let shop = Shop::empty();
    let mut text = shop.run(&["--help"]).ended(0).out.clone();
    let nested = [
        ["accounts", "add"],
        ["accounts", "list"],
        ["accounts", "remove"],
        ["accounts", "test"],
        ["accounts", "authorize"],
        ["webhooks", "subscribe"],
        ["webhooks", "list"],
        ["webhooks", "unsubscribe"],
        ["webhooks", "serve"],
        ["journal", "check"],
        ["journal", "copy"],
        ["journal", "prune"],
        ["journal", "acknowledge"],
        ["journal", "create"],
    ];
    let each = COMMANDS.iter().map(|name| vec![*name]).chain(nested.map(Vec::from));
    for words in each {
        let help = shop.command(&[]).args(&words).arg("--help").output().unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        text.push_str(&format!("\n===== till {}\n\n{help}", words.join(" ")));
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/till/help.txt");
    if std::env::var_os("TILLKIT_BLESS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let agreed = std::fs::read_to_string(path).unwrap();
    assert!(text == agreed, "help changed: look at it, then TILLKIT_BLESS=1\n{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 100), "no line is wider than a page");
}

#[test]
fn the_version_is_the_workspaces() {
    let ran = Shop::empty().run(&["--version"]);
    assert_eq!(ran.ended(0).out, format!("till {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn every_shell_gets_its_completions() {
    let shop = Shop::empty();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = shop.run(&["completions", shell]);
        assert!(script.ended(0).out.contains("till"), "{shell}");
        for command in COMMANDS {
            assert!(script.out.contains(command), "{shell} lacks {command}");
        }
    }
}

#[test]
fn colours_are_as_the_environment_says() {
    let shop = Shop::empty();
    let painted = |name: &str| {
        let output = shop.command(&["doctor"]).env(name, "1").output().unwrap();
        String::from_utf8(output.stdout).unwrap().contains('\u{1b}')
    };
    assert!(painted("CLICOLOR_FORCE"));
    assert!(!painted("NO_COLOR"));
}
