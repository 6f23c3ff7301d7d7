//! What proves who asks, where that is a token: each process has one or has none, and there are
//! times when none is to be had.
//!
//! As in the shell: without a token nothing leaves, which the machine is told of each request; and
//! a look at the tokens, which takes place now and then, tells the machine that they are missing or
//! there again. A new process has none, and is told everything anew.

use tillkit_model::engine::port::{Ask, Input, Output, Token};
use tillkit_model::ids::AccountName;
use tillkit_model::payment::event::Event as PaymentEvent;
use tillkit_model::wire::{Exchange, SendFailure};

use super::faults::Fault;
use super::life::{Event, World};
use super::process::{ACCOUNT, Who};
use crate::rng::Rng;

/// Where tokens come from.
#[derive(Debug, Default)]
pub struct House {
    /// Tokens may be missing in this life.
    played: bool,
    /// The account lives on tokens; any other has credentials that stay what they are.
    gives: bool,
    /// Nobody is given one before.
    shut_until_ms: u64,
}

/// What one life of a process holds.
#[derive(Debug, Default)]
pub struct Purse {
    held: bool,
    missing_until_ms: u64,
    /// Whether the machine was told that they are missing.
    withheld: Option<bool>,
}

impl House {
    /// The house of a life: in every second one tokens are needed, and wherever they are to fail.
    pub fn of(seed: u64, played: bool, short: bool, fails: bool) -> Self {
        let drawn = !short && Rng::of(seed, 0x90, 0).chance(500);
        Self { played, gives: played && (fails || drawn), shut_until_ms: 0 }
    }
}

impl World {
    /// A process that starts asks for a token, unless it finds one in the journal.
    pub(super) fn first_token(&mut self, who: Who) {
        let mut purse = Purse::default();
        if self.house.gives {
            let mut draws = self.draws(0x91);
            let ask_ms = if draws.chance(500) { 0 } else { draws.between(20, 1_500) };
            purse.missing_until_ms = self.now_ms + ask_ms;
            self.queue.put(self.now_ms + draws.between(0, 20), Event::Tokens(who));
        } else {
            purse.held = true;
            purse.withheld = Some(false);
        }
        self.processes[who.process].purse = purse;
        if !self.house.gives {
            self.tell_machine(who, false);
        }
        self.trouble_token(who.process);
    }

    /// A token runs out, a host's callback fails, the house that gives them is shut.
    pub(super) fn trouble_token(&mut self, process: usize) {
        if !self.house.played {
            return;
        }
        let Some(mut draws) = self.strike(Fault::Withheld) else { return };
        let longest = draws.pick(&[3_000, 30_000, 120_000, 400_000]);
        let for_ms = draws.between(longest / 4, longest);
        if draws.chance(150) {
            self.tell(|| format!("no process is given a token for {for_ms} ms"));
            self.house.shut_until_ms = self.house.shut_until_ms.max(self.now_ms + for_ms);
            for process in 0..self.processes.len() {
                self.lose_token(process, for_ms, &mut draws);
            }
        } else {
            self.tell(|| format!("process {process} has no token for {for_ms} ms"));
            self.lose_token(process, for_ms, &mut draws);
        }
    }

    /// It is missing from now on; the machine is told when somebody looks.
    fn lose_token(&mut self, process: usize, for_ms: u64, draws: &mut Rng) {
        let notice_ms = draws.pick(&[5, 200, 5_000]);
        let until_ms = self.now_ms + for_ms;
        let slot = &mut self.processes[process];
        slot.purse.held = false;
        slot.purse.missing_until_ms = slot.purse.missing_until_ms.max(until_ms);
        let who = Who { process, life: slot.life };
        self.queue.put(self.now_ms + notice_ms, Event::Tokens(who));
    }

    /// The provider took a token for a stranger's: another is asked for.
    pub(super) fn notice_refusal(&mut self, who: Who, exchange: &Exchange) {
        if matches!(exchange, Ok(response) if response.status == 401) {
            self.trouble_token(who.process);
        }
    }

    /// A look at the tokens; the machine is told where that is new.
    pub(super) fn look_at_tokens(&mut self, who: Who) {
        let purse = &mut self.processes[who.process].purse;
        let until_ms = purse.missing_until_ms.max(self.house.shut_until_ms);
        let withheld = self.now_ms < until_ms;
        purse.held = !withheld;
        if withheld {
            self.queue.put(until_ms, Event::Tokens(who));
        }
        if purse.withheld.replace(withheld) != Some(withheld) {
            let words = if withheld { "that it has no token" } else { "that it has a token" };
            self.tell(|| format!("p{} is told {words}", who.process));
            self.tell_machine(who, withheld);
            self.pump(who);
        }
    }

    fn tell_machine(&mut self, who: Who, withheld: bool) {
        let account = AccountName::parse(ACCOUNT).expect("a name");
        let now = self.moment();
        if let Some(engine) = &mut self.processes[who.process].engine {
            engine.handle(Input::Withheld { account, withheld }, &now);
        }
    }

    /// Faults have ended: whoever asks for a token is given one.
    pub(super) fn open_house(&mut self) {
        self.house.shut_until_ms = 0;
        for process in 0..self.processes.len() {
            let slot = &mut self.processes[process];
            slot.purse.missing_until_ms = 0;
            if slot.is_alive() && !slot.purse.held {
                let who = Who { process, life: slot.life };
                self.queue.put(self.now_ms + 10, Event::Tokens(who));
            }
        }
    }

    /// Whether a request of a process can leave; if not, its machine is told so.
    pub(super) fn has_token_for(&mut self, who: Who, token: Token) -> bool {
        let held = self.processes[who.process].purse.held;
        if !held {
            let failure = SendFailure::NotSent { why: "no access token at present".into() };
            self.send_back(who, token, 0, Err(failure));
        }
        held
    }

    /// A machine that was told that tokens are missing permits no request: it would be used up.
    pub(super) fn check_permit(&mut self, who: Who, output: &Output) {
        let Output::Ask { ask: Ask::Append(append), .. } = output else { return };
        let permits = append.events.iter().any(|it| matches!(it, PaymentEvent::Permitted { .. }));
        if permits && self.processes[who.process].purse.withheld == Some(true) {
            self.auditor.permitted_in_vain(self.now_ms, append.payment);
        }
    }
}
