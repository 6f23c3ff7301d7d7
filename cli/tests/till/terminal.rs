//! The program at a real terminal: what only a person sees.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use tillkit_simulator::server::{Wanted, doors};

use crate::shop::{Shop, terminal};

/// A terminal with a shell in it.
struct Terminal {
    child: Child,
    keys: ChildStdin,
    screen: ChildStdout,
    seen: String,
}

impl Terminal {
    /// Runs the program with these words at a terminal so wide, and then says how that ended and
    /// how the terminal is left.
    fn run(shop: &Shop, columns: usize, words: &[&str], plain: bool) -> Self {
        Self::run_by("", shop, columns, words, plain)
    }

    /// The same, by other words that start it.
    fn run_by(by: &str, shop: &Shop, columns: usize, words: &[&str], plain: bool) -> Self {
        let program = shop.command(words);
        let quoted = |word: &std::ffi::OsStr| format!("'{}'", word.to_str().unwrap());
        let all = std::iter::once(program.get_program()).chain(program.get_args()).map(quoted);
        let all = all.collect::<Vec<_>>().join(" ");
        // The shell outlives a Ctrl-C at its terminal; the program gets it too.
        let run = format!("{by}{all}; echo ended with $?; stty -a");
        let script = format!("trap : INT; stty cols {columns} rows 60; {run}");
        let mut command = Command::new("script");
        command.args(["--quiet", "--return", "--command", &script, "/dev/null"]);
        command
            .env("SHELL", "/bin/sh")
            .env("TERM", "xterm")
            .env("TZ", "UTC")
            .env_remove("TILL_KEY");
        match plain {
            true => command.env("NO_COLOR", "1"),
            false => command.env_remove("NO_COLOR"),
        };
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("`script` of util-linux is installed");
        let (keys, screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, keys, screen, seen: String::new() }
    }

    /// Reads on until the screen has shown this.
    #[track_caller]
    fn until(&mut self, text: &str) -> &mut Self {
        let mut bytes = [0; 4096];
        while !self.seen.contains(text) {
            let count = self.screen.read(&mut bytes).unwrap();
            assert!(count > 0, "the screen never showed {text:?}: {}", self.seen);
            self.seen.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
        self
    }

    fn types(&mut self, keys: &str) -> &mut Self {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        self
    }

    /// All that was seen.
    fn end(mut self) -> String {
        let mut rest = Vec::new();
        self.screen.read_to_end(&mut rest).unwrap();
        self.child.wait().unwrap();
        self.seen + &String::from_utf8_lossy(&rest)
    }
}

const ADD: [&str; 8] = [
    "accounts",
    "add",
    "shop-9",
    "--provider",
    "vinr",
    "--set",
    "environment=sandbox",
    "--set=merchant_id=m-1",
];

#[test]
fn a_secret_is_typed_unseen() {
    let shop = Shop::empty();
    let mut at = Terminal::run(&shop, 80, &ADD, false);
    at.until("api_key: ").types("sk_test_wrong\u{7f}\u{15}sk_test_simulated\n");
    let seen = at.end();
    assert!(seen.contains("shop-9 is known now") && seen.contains("ended with 0"), "{seen}");
    assert!(!seen.contains("sk_test"), "{seen}");
    assert!(seen.split(' ').any(|word| word == "echo"), "what is typed is shown again: {seen}");
}

#[test]
fn ctrl_c_at_the_question_leaves_the_terminal_as_it_was() {
    let shop = Shop::empty();
    let mut at = Terminal::run(&shop, 80, &ADD, false);
    at.until("api_key: ").types("sk_test\u{3}");
    let seen = at.end();
    assert!(seen.contains("broken off at the question: nothing was done"), "{seen}");
    assert!(seen.contains("ended with 1"), "{seen}");
    for mode in ["echo", "icanon", "isig"] {
        assert!(seen.split([' ', ';', '\r', '\n']).any(|word| word == mode), "{mode}: {seen}");
    }
    assert!(!shop.file("accounts.json").exists());
}

/// The shell says the process's id, and then becomes the program.
const NAMED: &str = "sh -c 'echo process $$; exec \"$0\" \"$@\"' ";

#[test]
fn whoever_ends_it_at_the_question_leaves_the_terminal_as_it_was() {
    for signal in ["-TERM", "-HUP", "-INT"] {
        let shop = Shop::empty();
        let mut at = Terminal::run_by(NAMED, &shop, 80, &ADD, false);
        at.until("api_key: ");
        let id = at.seen.split("process ").nth(1).unwrap().split_whitespace().next().unwrap();
        assert!(Command::new("kill").args([signal, id]).status().unwrap().success());
        let seen = at.end();
        assert!(seen.contains("broken off at the question: nothing was done"), "{signal}: {seen}");
        assert!(seen.contains("ended with 1"), "{signal}: {seen}");
        for mode in ["echo", "icanon", "isig"] {
            let mut words = seen.split([' ', ';', '\r', '\n']);
            assert!(words.any(|word| word == mode), "{signal}, {mode}: {seen}");
        }
        assert!(!shop.file("accounts.json").exists());
    }
}

#[test]
fn after_the_question_it_can_be_ended_as_ever() {
    let shop = Shop::at("centrapay");
    shop.next("centrapay", Wanted::WalksAway);
    let sale = ["pay", "13.30", "NZD", "order-1", "--scan"];
    let mut at = Terminal::run_by(NAMED, &shop, 80, &sale, false);
    at.until("scan the code: ").types(&format!("{}\n", doors::centrapay::APP_CODE));
    at.until("was accepted");
    let id = at.seen.split("process ").nth(1).unwrap().split_whitespace().next().unwrap();
    assert!(Command::new("kill").args(["-TERM", id]).status().unwrap().success());
    let seen = at.end();
    assert!(seen.contains("ended with 143"), "{seen}");
    shop.run(&["show", "order-1"]).ended(5);
}

#[test]
fn a_code_is_drawn_where_it_fits_and_told_where_it_does_not() {
    let shop = Shop::at("centrapay");
    let sell = |columns, reference: &str| {
        shop.next("centrapay", Wanted::Taps { after_ms: 20_000, tip_minor: 0 });
        Terminal::run(&shop, columns, &["pay", "13.30", "NZD", reference], true).end()
    };
    let wide = sell(100, "order-1");
    assert!(wide.contains("██████") && wide.contains("ended with 0"), "{wide}");
    let narrow = sell(20, "order-2");
    assert!(!narrow.contains("██████"), "{narrow}");
    assert!(narrow.contains("too narrow for the code"), "{narrow}");
    assert!(narrow.contains("the customer scans https://"), "{narrow}");
}

#[test]
fn a_narrow_terminal_hides_neither_ids_nor_amounts() {
    let shop = Shop::at("qonto");
    let device = terminal("qonto");
    let sold = shop.json(&["pay", "1330.00", "EUR", "order-1", "--terminal", &device]);
    let id = sold.ended(0).json()["payment"]["id"].as_str().unwrap().to_owned();
    let list = Terminal::run(&shop, 60, &["list"], false).end();
    assert!(list.contains(&id) && list.contains("1330.00 EUR"), "{list}");
    let report = Terminal::run(&shop, 40, &["report"], false).end();
    assert!(report.matches("1330.00 EUR").count() >= 4, "{report}");
}

#[test]
fn the_spinner_turns_for_a_person_and_ctrl_c_asks_before_it_cancels() {
    let shop = Shop::at("centrapay");
    shop.next("centrapay", Wanted::WalksAway);
    let mut at = Terminal::run(&shop, 100, &["pay", "13.30", "NZD", "order-1"], false);
    at.until("the customer is asked to pay").types("\u{3}");
    at.until("the sale goes on").until("Ctrl-C again").types("\u{3}");
    at.until("Cancel this sale? [y/N]").types("y\n");
    let seen = at.end();
    assert!(seen.contains("cancelled: no money was taken"), "{seen}");
    assert!(seen.contains("ended with 3"), "{seen}");
}

#[test]
fn ctrl_c_at_the_question_is_a_no() {
    let shop = Shop::at("centrapay");
    shop.next("centrapay", Wanted::WalksAway);
    let mut at = Terminal::run(&shop, 100, &["pay", "13.30", "NZD", "order-1"], false);
    at.until("the customer is asked to pay").types("\u{3}");
    at.until("Ctrl-C again").types("\u{3}");
    at.until("Cancel this sale? [y/N]").types("\u{3}");
    let seen = at.end();
    assert!(!seen.contains("cancelled: no money was taken"), "{seen}");
    assert!(seen.contains("ended with 5"), "the sale is open, and nobody waits: {seen}");
}
