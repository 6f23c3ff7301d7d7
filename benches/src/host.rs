//! A synchronous host of the real engine: whatever it wants done is done at once, in one thread.
//!
//! Appends that the engine asks for together are handed to the store together, as the shell does.

use tillkit_model::engine::port::{Ask, Call, Input, Output, Reply, Ticket, Token, Told};
use tillkit_model::engine::store::{Append, Refusal, Store};
use tillkit_model::engine::{Engine, Role, Setup};
use tillkit_model::ids::ProcessId;
use tillkit_model::time::{Clock, Moment};
use tillkit_model::wire::Response;

use crate::Fault;
use crate::hand::{HandClock, Seeded};
use crate::open;
use crate::provider::Qonto;

/// The process that every host is.
pub const PROCESS: ProcessId = ProcessId::from_bytes([7; 16]);

/// The engine, its journal, its provider and its clock.
pub struct Host<S> {
    /// The engine.
    pub engine: Engine,
    /// Its journal.
    pub store: S,
    /// Its clock.
    pub clock: HandClock,
    /// Its provider.
    pub provider: Qonto,
    tickets: u64,
    answered: u64,
    sends: u64,
}

impl<S: Store> Host<S> {
    /// An engine that has its lease and the account.
    ///
    /// # Errors
    /// When the journal gives no lease or the account is refused.
    pub fn start(store: S, provider: Qonto, clock: HandClock, seed: u64) -> Result<Self, Fault> {
        let setup = Setup {
            process: PROCESS,
            role: Role::Drives,
            in_flight_max: usize::MAX,
            entropy: Box::new(Seeded(seed)),
        };
        let engine = Engine::new(setup, &clock.now());
        let mut host = Self { engine, store, clock, provider, tickets: 0, answered: 0, sends: 0 };
        host.call(Call::Connect(open::connection()?));
        host.settle()?;
        Ok(host)
    }

    /// Asks the engine.
    pub fn call(&mut self, call: Call) {
        self.tickets += 1;
        let input = Input::Called { ticket: Ticket(self.tickets), call };
        self.engine.handle(input, &self.clock.now());
    }

    /// Carries out all that the engine wants, until it wants nothing more at this moment.
    ///
    /// # Errors
    /// When a call is refused or an append is not made.
    pub fn settle(&mut self) -> Result<(), Fault> {
        loop {
            let outputs = self.engine.take_outputs();
            if outputs.is_empty() {
                return Ok(());
            }
            let now = self.clock.now();
            for input in self.carry_out(outputs, &now)? {
                self.engine.handle(input, &now);
            }
        }
    }

    /// Turns the clock on and does what is due then.
    ///
    /// # Errors
    /// As for [`Self::settle`].
    pub fn turn(&mut self, ms: u64) -> Result<(), Fault> {
        self.clock.turn(ms);
        self.engine.handle(Input::Woken, &self.clock.now());
        self.settle()
    }

    /// How many requests the engine has sent.
    #[must_use]
    pub const fn sends(&self) -> u64 {
        self.sends
    }

    /// How many calls were answered.
    #[must_use]
    pub const fn answered(&self) -> u64 {
        self.answered
    }

    fn carry_out(&mut self, outputs: Vec<Output>, now: &Moment) -> Result<Vec<Input>, Fault> {
        let mut inputs = Vec::with_capacity(outputs.len());
        let (mut tokens, mut appends) = (Vec::new(), Vec::new());
        for output in outputs {
            match output {
                Output::Ask { token, ask: Ask::Append(append) } => {
                    tokens.push(token);
                    appends.push(*append);
                }
                Output::Ask { token, ask } => {
                    let told = told(&mut self.store, ask, now);
                    inputs.push(Input::Told { token, told });
                }
                Output::Send { token, sending, .. } => {
                    self.sends += 1;
                    let response: Response = self.provider.answer(&sending.request);
                    inputs.push(Input::Exchanged { token, exchange: Ok(response) });
                }
                Output::Answer { reply, .. } => self.answer(*reply)?,
            }
        }
        inputs.extend(self.append(tokens, appends, now)?);
        Ok(inputs)
    }

    fn append(
        &mut self,
        tokens: Vec<Token>,
        appends: Vec<Append>,
        now: &Moment,
    ) -> Result<Vec<Input>, Fault> {
        if appends.is_empty() {
            return Ok(Vec::new());
        }
        let told = self.store.append(appends, now);
        let input = |(token, told): (Token, Result<_, Refusal>)| {
            let recorded = told.map_err(|refusal| format!("an append: {refusal:?}"))?;
            Ok(Input::Told { token, told: Told::Append(Ok(recorded)) })
        };
        tokens.into_iter().zip(told).map(input).collect()
    }

    fn answer(&mut self, reply: Result<Reply, tillkit_model::error::Error>) -> Result<(), Fault> {
        self.answered += 1;
        reply.map(drop).map_err(|error| format!("a call was refused: {error}"))
    }
}

/// Asks the store anything but to append.
pub fn told(store: &mut impl Store, ask: Ask, now: &Moment) -> Told {
    match ask {
        Ask::Append(append) => {
            let told = store.append(vec![*append], now).pop();
            Told::Append(told.unwrap_or(Err(Refusal::Fenced)))
        }
        Ask::Payment(payment) => Told::Payment(store.payment(payment)),
        Ask::Surroundings { identity, terminal } => {
            Told::Surroundings(store.surroundings(&identity, terminal.as_ref()))
        }
        Ask::ByCharge { account, charge } => {
            Told::ByCharge(store.by_charge(account.as_str(), &charge))
        }
        Ask::Unsettled { account } => Told::Unsettled(store.unsettled(account.as_str())),
        Ask::Lease(process) => Told::Lease(store.lease(process, now)),
        Ask::Heartbeat(driver) => Told::Heartbeat(store.heartbeat(driver, now)),
        Ask::Release(driver) => Told::Release(store.release(driver)),
        Ask::IsOver(driver) => Told::IsOver(store.is_over(driver, now)),
        Ask::Draw(draw) => Told::Draw(store.draw(&draw, now)),
    }
}
