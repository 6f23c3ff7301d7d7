//! The program `till`: a command line over the face of Tillkit.
//!
//! It promises that each call ends with one exit code that scripts can trust, that `--json` prints
//! one document of a documented shape, and that whatever goes wrong is told in one sentence. It
//! decides nothing about payments: it asks a [`tillkit::till::Till`] and tells what that said.

mod arguments;
mod book;
mod command;
mod console;
mod demo;
mod desk;
pub mod exit;
mod failure;
mod follow;
mod opening;
mod places;
mod progress;
mod show;
mod stop;
mod surroundings;
mod target;

use std::ffi::OsString;

use clap::Parser as _;

use arguments::Arguments;
use console::Console;
use desk::Desk;
use failure::Failure;

pub use arguments::command_line;
pub use surroundings::{Hurry, Surroundings};

/// Runs one call of the program and says its exit code.
pub fn run(words: impl IntoIterator<Item = OsString>, surroundings: Surroundings) -> u8 {
    let mut surroundings = surroundings;
    let words: Vec<OsString> = words.into_iter().collect();
    let wants_json = words.iter().take_while(|word| *word != "--").any(|word| word == "--json");
    let arguments = match Arguments::try_parse_from(words) {
        Ok(arguments) => arguments,
        Err(answer) => return told_by_clap(&answer, wants_json, &mut surroundings),
    };
    let Arguments { globals, command } = arguments;
    let prints_alone = command.prints_alone();
    let hurry = surroundings.hurry.clone();
    let console = Console::new(surroundings, globals.json);
    let mut desk = Desk { console, places: globals.places, hurry };
    let ended = match runtime() {
        Ok(runtime) => runtime.block_on(command.run(&mut desk)),
        Err(failure) => Err(failure),
    };
    desk.console.rest();
    let exit = match ended {
        Ok(exit) => exit,
        Err(failure) => desk.console.fail(&failure),
    };
    heard(&mut desk.console, exit, prints_alone)
}

/// What the command came to stands even where it could not be printed; but one that was to print,
/// and nothing else, has failed then.
fn heard(console: &mut Console, exit: u8, prints_alone: bool) -> u8 {
    let Some(fault) = console.lost() else { return exit };
    let sentence = format!("what was found cannot be printed: {fault}");
    console.note(format!("{} {sentence}", show::paint::bad("error:")));
    if prints_alone && exit == exit::DONE { exit::FAILED } else { exit }
}

/// Help and version are answers; anything else is a fault of the caller.
fn told_by_clap(answer: &clap::Error, json: bool, surroundings: &mut Surroundings) -> u8 {
    if json && answer.use_stderr() {
        let message = answer.render().to_string();
        let message = message.lines().next().unwrap_or_default();
        let message = message.strip_prefix("error: ").unwrap_or(message);
        let document = Failure::said("usage", message).json();
        // Whoever closed the stream does not want to know.
        writeln!(surroundings.out, "{document}").and_then(|()| surroundings.out.flush()).ok();
    }
    let text = answer.render().ansi().to_string();
    let stream = if answer.use_stderr() { &mut surroundings.err } else { &mut surroundings.out };
    // Whoever closed the stream does not want to know.
    stream.write_all(text.as_bytes()).ok();
    stream.flush().ok();
    if answer.use_stderr() { exit::USAGE } else { exit::DONE }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|fault| {
        Failure::said("no-runtime", format!("the system gives this program no threads: {fault}"))
    })
}
