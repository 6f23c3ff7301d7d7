//! The machine as its shell sees it.

use tillkit_model::engine::Engine;
use tillkit_model::engine::port::{Input, Output};
use tillkit_model::time::Moment;

/// Something that is told inputs and wants outputs carried out: the engine, or a puppet in a test.
pub trait Machine: Send + 'static {
    /// Takes in one thing that happened.
    fn handle(&mut self, input: Input, now: &Moment);

    /// What it wants done, in order; each is given out once.
    fn take_outputs(&mut self) -> Vec<Output>;

    /// In how many milliseconds it wants to be woken, if at all.
    fn next_wake_ms(&self, now: &Moment) -> Option<u64>;
}

impl Machine for Engine {
    fn handle(&mut self, input: Input, now: &Moment) {
        Self::handle(self, input, now);
    }

    fn take_outputs(&mut self) -> Vec<Output> {
        Self::take_outputs(self)
    }

    fn next_wake_ms(&self, now: &Moment) -> Option<u64> {
        Self::next_wake_ms(self, now)
    }
}
