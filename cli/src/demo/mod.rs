//! `till demo`: a payment at each of four providers, and three disasters.
//!
//! Everything is real but the providers and the money: the journal is a file, the requests go over
//! sockets, and the process that dies is killed by the operating system. Both sides' clocks are
//! hurried, which it says; no other command can hurry.

pub mod child;
mod ending;
mod props;
mod scenes;
mod stage;

use std::cell::Cell;
use std::sync::Arc;

use clap::Args;
use tillkit_simulator::server::Simulator;
use tillkit_simulator::server::counter::Counter;
use tillkit_simulator::server::stands::Stand;

use crate::command::Ended;
use crate::desk::Desk;
use crate::exit;
use crate::failure::Failure;
use crate::show::paint;
use crate::stop::Stop;

use props::Props;
use stage::Stage;

/// How many times as fast as the wall's the clocks go in the demo.
pub const PACE: u32 = 20;
/// The name that the demo's journal has for an account, before the stand's own.
const PREFIX: &str = "shop-";

/// Watch payments survive disasters, with a simulator inside and no money at all
#[derive(Debug, Args)]
pub struct Demo {
    /// Show it on the counter too, in a browser; in a terminal it stays there until Ctrl-C
    #[arg(long)]
    counter: bool,
}

impl Demo {
    /// Tells the story.
    pub async fn run(self, desk: &mut Desk) -> Result<Ended, Failure> {
        let ended = Cell::new(None);
        let mut stop = Stop::listen();
        let props = Props::set_up()?;
        let told = tokio::select! {
            told = tell(self.counter, desk, &props, &ended) => told,
            () = stop.asked() => ended
                .get()
                .ok_or_else(|| Failure::said("interrupted", "the demo was broken off")),
        };
        desk.console.rest();
        props.put_away().await;
        told
    }
}

/// `ended` is set as soon as there is nothing more to tell.
async fn tell(
    counter: bool,
    desk: &mut Desk,
    props: &Props,
    ended: &Cell<Option<Ended>>,
) -> Result<Ended, Failure> {
    let counter = if counter { Some(Counter::open(&props.simulator, None)?) } else { None };
    opening(counter.as_ref(), desk, props)?;
    let till = props.open().await?;
    // The account of the last scene belongs to the process that is killed.
    for name in ["centrapay", "dintero", "qonto"] {
        till.connect(account(&props.simulator, name)?).await?;
    }
    if let Some(counter) = &counter {
        counter.joined_by(Arc::clone(&till), PREFIX);
    }
    let mut stage = Stage { console: &mut desk.console, props, counter: counter.as_ref() };
    let rows = vec![
        scenes::nothing_goes_wrong(&mut stage, &till).await?,
        scenes::the_answer_is_lost(&mut stage, &till).await?,
        scenes::the_terminal_is_offline(&mut stage, &till).await?,
        scenes::the_process_is_killed(&mut stage, &till).await?,
    ];
    desk.console.rest();
    let well = ending::tell(&mut desk.console, &rows)?;
    let exit = if well { exit::DONE } else { exit::FAILED };
    ended.set(Some(exit));
    // Whoever stays at the counter may act on that one too.
    till.connect(account(&props.simulator, "vinr")?).await?;
    stay(counter.as_ref(), desk).await?;
    Ok(exit)
}

fn opening(counter: Option<&Counter>, desk: &mut Desk, props: &Props) -> Result<(), Failure> {
    let console = &mut desk.console;
    console.line(paint::strong("Four payments, three disasters, no money."))?;
    console.line(format!(
        "All clocks go {PACE} times as fast here, the providers' too: a minute takes {} seconds.",
        60 / PACE
    ))?;
    console.line(format!("simulator  http://{}", props.simulator.address()))?;
    console.line(format!("journal    {}", props.journal().display()))?;
    if let Some(counter) = counter {
        console.line(format!("counter    {}", counter.url()))?;
        if console.is_live() {
            crate::command::browse(counter.url());
        }
    }
    Ok(())
}

/// The counter stays as long as somebody may look at it.
async fn stay(counter: Option<&Counter>, desk: &mut Desk) -> Result<(), Failure> {
    if let Some(counter) = counter.filter(|_| desk.console.is_live()) {
        desk.console.line(format!("The counter stays at {} until Ctrl-C.", counter.url()))?;
        std::future::pending::<()>().await;
    }
    Ok(())
}

/// The account of a stand, ready to be connected.
fn account(simulator: &Simulator, stand: &str) -> Result<tillkit::till::Connect, Failure> {
    let stand = Stand::named(stand).ok_or_else(|| unknown_stand(stand))?;
    child::connect(stand, &format!("http://{}", simulator.address()))
}

fn unknown_stand(name: &str) -> Failure {
    Failure::said("unknown-stand", format!("the simulator has no {name}"))
}
