//! What a person is asked, in a terminal of its own.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use tillkit_simulator::server::Wanted;

use crate::shop::Shop;

/// The program in a terminal of its own.
struct Terminal {
    child: Child,
    keys: ChildStdin,
    screen: ChildStdout,
    seen: String,
}

impl Terminal {
    fn of(shop: &Shop, words: &[&str]) -> Self {
        let call = shop.command(words);
        let quoted = |word: &std::ffi::OsStr| format!("'{}'", word.to_str().unwrap());
        let line = std::iter::once(call.get_program()).chain(call.get_args()).map(quoted);
        let line = line.collect::<Vec<_>>().join(" ");
        let mut command = Command::new("script");
        command.args(["-q", "-e", "-f", "-c", &line, "/dev/null"]).env_remove("TILL_KEY");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (keys, screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, keys, screen, seen: String::new() }
    }

    /// Reads until this is on the screen.
    fn shows(&mut self, text: &str) {
        while !self.seen.contains(text) {
            let mut bytes = [0; 512];
            let count = self.screen.read(&mut bytes).unwrap();
            assert!(count > 0, "{text:?} was never shown: {}", self.seen);
            self.seen.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
        self.seen.clear();
    }

    fn ctrl_c(&mut self) {
        self.keys.write_all(b"\x03").unwrap();
    }

    fn ended(mut self) -> Option<i32> {
        let mut rest = Vec::new();
        self.screen.read_to_end(&mut rest).unwrap();
        self.child.wait().unwrap().code()
    }
}

#[test]
fn ctrl_c_at_the_question_is_a_no() {
    let shop = Shop::at("centrapay");
    shop.next("centrapay", Wanted::WalksAway);
    let mut terminal = Terminal::of(&shop, &["pay", "13.30", "NZD", "order-1"]);
    terminal.shows("was accepted");
    terminal.ctrl_c();
    terminal.shows("Ctrl-C again");
    terminal.ctrl_c();
    terminal.shows("[y/N]");
    terminal.ctrl_c();
    assert_eq!(terminal.ended(), Some(5), "the sale is open, and nobody waits for an answer");
    let mut terminal = Terminal::of(&shop, &["pay", "13.30", "NZD", "order-1"]);
    terminal.shows("was accepted");
    terminal.ctrl_c();
    terminal.shows("Ctrl-C again");
    terminal.ctrl_c();
    terminal.shows("[y/N]");
    terminal.keys.write_all(b"y\r").unwrap();
    terminal.shows("cancelled: no money was taken");
    assert_eq!(terminal.ended(), Some(3));
}
