//! The project's own commands: `cargo xtask help` lists them.
//!
//! Each command is a file of its own. This one only finds the command that was asked for.

mod bench;
mod counter;
mod docs;
mod fuzz;
mod process;
mod python;
mod soak;
mod test;
mod tidy;

use std::process::ExitCode;

use process::Workspace;

/// One thing that `cargo xtask` can do.
struct Verb {
    name: &'static str,
    arguments: &'static str,
    about: &'static str,
    /// The answer says whether all is well; an error says why there is no answer.
    run: fn(&Workspace, &[String]) -> Result<bool, String>,
}

const VERBS: &[Verb] = &[
    Verb { name: "test", arguments: "[suite...]", about: test::ABOUT, run: test::run },
    Verb { name: "tidy", arguments: "[--self-test]", about: tidy::ABOUT, run: tidy::run },
    Verb { name: "soak", arguments: "[options]", about: soak::ABOUT, run: soak::run },
    Verb { name: "counter", arguments: "[file...]", about: counter::ABOUT, run: counter::run },
    Verb { name: "bench", arguments: "[name] [options]", about: bench::ABOUT, run: bench::run },
    Verb { name: "docs", arguments: "", about: docs::ABOUT, run: docs::run },
    Verb { name: "python", arguments: "[pytest...]", about: python::ABOUT, run: python::run },
    Verb { name: "fuzz", arguments: "[target...]", about: fuzz::ABOUT, run: fuzz::run },
    Verb { name: "help", arguments: "", about: "print this list", run: help },
];

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let name = words.next().unwrap_or_else(|| "help".to_owned());
    let rest: Vec<String> = words.collect();
    let answer = match VERBS.iter().find(|verb| verb.name == name) {
        Some(verb) => Workspace::find().and_then(|workspace| (verb.run)(&workspace, &rest)),
        None => Err(format!("no command `{name}`: `cargo xtask help` lists them")),
    };
    match answer {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::from(2)
        }
    }
}

fn help(_: &Workspace, _: &[String]) -> Result<bool, String> {
    println!("cargo xtask <command>\n");
    for verb in VERBS {
        println!("  {:<24} {}", format!("{} {}", verb.name, verb.arguments), verb.about);
    }
    println!("\nsuites of `test`: {}", test::names().join(", "));
    Ok(true)
}
