//! The process that is killed: both its own side and the side of whoever kills it.
//!
//! It watches its standard input. When that closes, because whoever started it is gone in
//! whatever way, it goes too.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tillkit::shell::clock::{ScaledClock, SystemClock};
use tillkit::till::{Connect, Outcome, Till};
use tillkit_model::ids::{PaymentId, Reference};
use tillkit_model::time::Moment;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{ChildStdin, ChildStdout, Command};

use tillkit_simulator::server::stands::Stand;

use super::props::Props;
use super::stage::{Cast, Stage, start};
use super::{PACE, PREFIX};
use crate::command::Ended;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::follow::{Story, Told};
use crate::opening::hurried;
use crate::surroundings::Hurry;

/// The hidden command by which it is started.
pub const COMMAND: &str = "demo-child";

/// What it is to do.
#[derive(Debug, Serialize, Deserialize)]
struct Brief {
    journal: PathBuf,
    simulator: String,
    stand: String,
    /// What the clock of whoever started it shows: one story has one clock.
    now: Moment,
}

/// Something that happened to its sale, as it says it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Heard {
    /// Which sale.
    pub payment: PaymentId,
    /// How long after the call.
    pub after_ms: i64,
    /// What happened, for people.
    pub sentence: String,
    /// The same, for programs.
    pub name: String,
    /// It happened since this process began.
    pub new: bool,
}

/// A running child. Whoever drops it leaves its end to the props.
pub struct Child<'a> {
    process: Option<tokio::process::Child>,
    props: &'a Props,
    lines: Lines<BufReader<ChildStdout>>,
    /// Open as long as it may live.
    alive: ChildStdin,
    id: u32,
}

impl<'a> Child<'a> {
    /// Starts this very program on the stage's journal.
    pub async fn start(stage: &Stage<'a>, cast: Cast) -> Result<Self, Failure> {
        let program = std::env::current_exe().map_err(|fault| cannot_start(&fault))?;
        let mut command = Command::new(program);
        command.arg(COMMAND).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn().map_err(|fault| cannot_start(&fault))?;
        let (stdin, stdout) = (process.stdin.take(), process.stdout.take());
        let id = process.id().unwrap_or_default();
        let (Some(alive), Some(stdout)) = (stdin, stdout) else {
            stage.props.take_over(process);
            return Err(Failure::said("child", "the process has no pipes"));
        };
        let lines = BufReader::new(stdout).lines();
        let mut child = Self { process: Some(process), props: stage.props, lines, alive, id };
        let brief = Brief {
            journal: stage.props.journal(),
            simulator: format!("http://{}", stage.props.simulator.address()),
            stand: cast.stand.name.to_owned(),
            now: stage.props.hurry().clock.now(),
        };
        let text = format!("{}\n", serde_json::to_string(&brief).unwrap_or_default());
        let told = child.alive.write_all(text.as_bytes()).await;
        told.map_err(|fault| cannot_start(&fault))?;
        Ok(child)
    }

    /// Its process id.
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// What it says next; none where it is gone.
    pub async fn hear(&mut self, stage: &mut Stage<'_>) -> Result<Option<Heard>, Failure> {
        stage.console.spin("the customer looks for the card");
        let line = self.lines.next_line().await.map_err(|fault| cannot_start(&fault))?;
        stage.console.rest();
        let heard = line.map(|line| serde_json::from_str(&line)).transpose();
        heard.map_err(|fault| Failure::said("child", format!("the process babbles: {fault}")))
    }

    /// Kills it, at once and without a word.
    pub async fn kill(mut self) -> Result<(), Failure> {
        match &mut self.process {
            Some(process) => process.kill().await.map_err(|fault| cannot_start(&fault)),
            None => Ok(()),
        }
    }

    /// Waits for its end.
    pub async fn end(mut self) {
        if let Some(process) = &mut self.process {
            process.wait().await.ok();
        }
    }
}

impl Drop for Child<'_> {
    fn drop(&mut self) {
        self.process.take().into_iter().for_each(|process| self.props.take_over(process));
    }
}

/// The child's own side: sells once, tells each step, and ends with the sale.
pub async fn run(desk: &mut Desk) -> Result<Ended, Failure> {
    let mut line = String::new();
    let count = std::io::stdin().read_line(&mut line).map_err(|fault| cannot_start(&fault))?;
    if count == 0 {
        // Whoever started it was gone before it said what to do.
        return Ok(exit::FAILED);
    }
    let brief: Brief = serde_json::from_str(&line)
        .map_err(|_| Failure::said("child", "this command is the demo's own: say `till demo`"))?;
    go_when_left_alone();
    let cast = Cast::of(&brief.stand, "")?;
    let connect = connect(cast.stand, &brief.simulator)?;
    let clock = ScaledClock::showing(brief.now, Arc::new(SystemClock::new(1)), PACE);
    let hurry = Hurry { clock: Arc::new(clock), pace: PACE };
    let till = hurried(&brief.journal, [connect], &hurry).await?;
    let began_ms = till_now(&till, cast).await?;
    let started = start(&till, cast).await?;
    let mut story = Story::of(started.id);
    let not_known = [Outcome::Open, Outcome::Unknown];
    let told = story.tell(&till, &not_known, |told| match told {
        Told::Entry(entry) => {
            let heard = Heard {
                payment: started.id,
                after_ms: entry.at.wall_ms - started.created_at_ms,
                sentence: entry.sentence.clone(),
                name: entry.name.to_owned(),
                new: began_ms.is_none_or(|told| entry.at.wall_ms > told),
            };
            desk.console.write(&serde_json::to_string(&heard).unwrap_or_default())
        }
        Told::Now(_) => Ok(()),
    });
    told.await?;
    till.close().await?;
    Ok(exit::DONE)
}

/// When the sale was last heard of, where it was there before.
async fn till_now(till: &Till, cast: Cast) -> Result<Option<i64>, Failure> {
    let sale = cast.sale();
    let reference = Reference::parse(&sale.reference);
    let reference = reference.map_err(|_| Failure::said("child", "not a reference"))?;
    let Some(known) = till.payment_by_reference(&sale.account, &reference).await? else {
        return Ok(None);
    };
    let entries = till.timeline(known.id).await?;
    Ok(entries.iter().map(|entry| entry.at.wall_ms).max())
}

/// Ends this process when the other end of its standard input closes.
fn go_when_left_alone() {
    std::thread::spawn(|| {
        let mut rest = [0; 64];
        while std::io::stdin().read(&mut rest).is_ok_and(|count| count > 0) {}
        std::process::exit(exit::FAILED.into());
    });
}

/// A stand's account in the demo.
pub fn connect(stand: &Stand, simulator: &str) -> Result<Connect, Failure> {
    let name = format!("{PREFIX}{}", stand.name);
    Ok(Connect::new(&name, stand.provider, &stand.settings(simulator))?)
}

fn cannot_start(fault: &std::io::Error) -> Failure {
    Failure::said("child", format!("the second process cannot be had: {fault}"))
}
