//! A shop: a folder of its own, a simulator, and the program.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tempfile::TempDir;
use tillkit_cli::{Hurry, Surroundings};
use tillkit_simulator::server::{Control, Options, Simulator, Wanted};

/// What one call came to.
#[derive(Debug)]
pub struct Ran {
    pub exit: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The last document on the standard output.
    #[track_caller]
    pub fn json(&self) -> Value {
        let line = self.out.lines().last().unwrap_or_else(|| panic!("nothing printed: {self:?}"));
        serde_json::from_str(line).unwrap_or_else(|fault| panic!("{fault}: {self:?}"))
    }

    /// The same, of a call that ended so.
    #[track_caller]
    pub fn ended(&self, exit: i32) -> &Self {
        assert_eq!(self.exit, exit, "{self:?}");
        self
    }
}

/// A shop with accounts at the simulator.
pub struct Shop {
    simulator: Simulator,
    folder: TempDir,
    hurry: Option<Hurry>,
}

impl Shop {
    /// One that nobody sells at yet.
    pub fn empty() -> Self {
        let simulator = Simulator::start(Options { pace: 20, ..Options::default() }).unwrap();
        Self { simulator, folder: TempDir::new().unwrap(), hurry: None }
    }

    /// One that sells at this provider, as `shop-1`.
    pub fn at(provider: &str) -> Self {
        let shop = Self::empty();
        shop.add("shop-1", provider);
        shop
    }

    /// The same with clocks that hurry; its calls run in this process.
    pub fn hurried_at(provider: &str) -> Self {
        let mut shop = Self::empty();
        shop.hurry = Some(Hurry::at_pace(20));
        shop.add("shop-1", provider);
        shop
    }

    pub fn add(&self, name: &str, provider: &str) {
        let address = self.address();
        let words = ["accounts", "add", name, "--provider", provider, "--simulator", &address];
        self.run(&words).ended(0);
    }

    pub fn address(&self) -> String {
        format!("http://{}", self.simulator.address())
    }

    pub const fn control(&self) -> &Control {
        self.simulator.control()
    }

    pub fn next(&self, provider: &str, wanted: Wanted) {
        self.control().next(provider, wanted);
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program with these words.
    pub fn run(&self, words: &[&str]) -> Ran {
        match &self.hurry {
            Some(hurry) => self.run_here(words, hurry),
            None => self.run_with(words, ""),
        }
    }

    /// Runs it, and has it print for programs.
    pub fn json(&self, words: &[&str]) -> Ran {
        self.run(&[words, &["--json"]].concat())
    }

    /// The program with these words, about to be started.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_till"));
        command.args(words).args(self.places()).env_remove("TILL_KEY").env("TZ", "UTC");
        command
    }

    /// Runs it in a process of its own, with this on its standard input.
    pub fn run_with(&self, words: &[&str], input: &str) -> Ran {
        let mut command = self.command(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Who does not read it has gone already.
        child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
        ended(child)
    }

    fn places(&self) -> Vec<String> {
        let place =
            |option: &str, name: &str| [option.to_owned(), self.file(name).display().to_string()];
        [place("--journal", "till.db"), place("--accounts", "accounts.json")].concat()
    }

    fn run_here(&self, words: &[&str], hurry: &Hurry) -> Ran {
        let (out, err) = (Heard::default(), Heard::default());
        let surroundings = Surroundings {
            out: out.stream(),
            err: err.stream(),
            live: false,
            asks: false,
            columns: 120,
            hurry: Some(hurry.clone()),
        };
        let words = ["till"].iter().chain(words).map(|word| (*word).to_owned());
        let words = words.chain(self.places()).map(Into::into);
        let exit = tillkit_cli::run(words, surroundings).into();
        Ran { exit, out: out.text(), err: err.text() }
    }
}

/// What a process came to.
pub fn ended(child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    Ran {
        exit: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A stream that is listened to.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl Heard {
    /// A stream into it, without colours.
    fn stream(&self) -> Box<dyn Write + Send> {
        let plain: Box<dyn Write + Send> = Box::new(self.clone());
        Box::new(anstream::StripStream::new(plain))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The first terminal of the simulator at this provider.
pub fn terminal(provider: &str) -> String {
    use tillkit_simulator::server::doors;
    match provider {
        "qonto" => doors::qonto::terminal(0),
        "vinr" => doors::vinr::terminal(0),
        "dintero" => doors::dintero::terminal(0),
        other => panic!("no terminals at {other}"),
    }
}
