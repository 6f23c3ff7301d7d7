//! The one thread that owns the machine: inputs queue up before it, outputs leave from it.
//!
//! It never waits for a disk or a wire, so a slow one delays nobody else.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use tillkit_model::engine::port::{Input, Output, Reply, Ticket};
use tillkit_model::time::{Clock, SECOND_MS};

use super::caller::{Answer, Desk, Message};
use super::keeper::Keeper;
use super::life::Life;
use super::machine::Machine;
use super::wire::Wire;
use crate::transport::{Level, LogSink};

/// How many messages are taken between two looks at the schedule.
const MESSAGES_MAX: usize = 256;

pub(super) struct Driver<M> {
    pub(super) machine: M,
    pub(super) queue: Receiver<Message>,
    pub(super) keeper: Keeper,
    pub(super) wire: Wire,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) desk: Desk,
    pub(super) life: Arc<Life>,
    pub(super) log: Arc<dyn LogSink>,
    /// How many times as fast as the wall's the clock runs; 1 outside tests.
    pub(super) pace: u32,
}

impl<M: Machine> Driver<M> {
    /// Runs until the machine is closed. A panic ends it too, and every caller is told.
    pub(super) fn run(mut self) {
        let ran = catch_unwind(AssertUnwindSafe(|| self.run_until_closed()));
        if ran.is_err() {
            self.log.line(
                Level::Error,
                "the engine panicked: every call fails until it is opened again",
            );
            self.life.break_down();
        } else {
            self.life.close();
        }
        // Only now are the open calls dropped: each finds out from `life` what to tell.
    }

    fn run_until_closed(&mut self) {
        self.carry_out_all();
        while !self.life.is_over() {
            match self.queue.recv_timeout(self.patience()) {
                Ok(message) => self.take_those_waiting(message),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.wake_if_due();
        }
    }

    /// How long to wait for a message: until the schedule says so, and never long, because this
    /// wait's clock stands still while the machine sleeps.
    fn patience(&self) -> Duration {
        let due_ms = self.machine.next_wake_ms(&self.clock.now()).unwrap_or(SECOND_MS);
        let real_ms = due_ms.checked_div(u64::from(self.pace)).unwrap_or(due_ms);
        Duration::from_millis(real_ms.clamp(1, SECOND_MS))
    }

    /// What they lead to leaves together: appends that came up together share a commit.
    fn take_those_waiting(&mut self, first: Message) {
        self.take(first);
        for _ in 1..MESSAGES_MAX {
            match self.queue.try_recv() {
                Ok(message) => self.take(message),
                Err(_) => break,
            }
        }
        self.carry_out_all();
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Inputs(inputs) => inputs.into_iter().for_each(|input| self.feed(input)),
            Message::Input(input) => {
                if let Input::Left { ticket } = &input {
                    self.desk.forget(*ticket);
                }
                self.feed(input);
            }
            Message::Call { ticket, call, answer } => {
                self.desk.take(ticket, answer);
                self.feed(Input::Called { ticket, call });
            }
        }
    }

    fn wake_if_due(&mut self) {
        if self.machine.next_wake_ms(&self.clock.now()) == Some(0) {
            self.feed(Input::Woken);
            self.carry_out_all();
        }
    }

    fn feed(&mut self, input: Input) {
        self.machine.handle(input, &self.clock.now());
    }

    /// Askings leave together and sends do, so that each thread is woken once for all of them.
    /// Callers are answered last: whoever hears an answer finds everything before it passed on.
    fn carry_out_all(&mut self) {
        let (mut askings, mut sends, mut answers) = (Vec::new(), Vec::new(), Vec::new());
        for output in self.machine.take_outputs() {
            match output {
                Output::Ask { token, ask } => askings.push((token, ask)),
                Output::Send { token, account, sending } => {
                    sends.extend(self.wire.departing(token, &account, sending));
                }
                Output::Answer { ticket, reply } => answers.push((ticket, *reply)),
            }
        }
        self.keeper.ask_all(askings);
        self.wire.send_all(sends);
        for (ticket, reply) in answers {
            self.answer(ticket, reply);
        }
    }

    fn answer(&mut self, ticket: Ticket, reply: Answer) {
        if matches!(reply, Ok(Reply::Closed)) {
            self.life.close();
        }
        self.desk.answer(ticket, reply);
    }
}
