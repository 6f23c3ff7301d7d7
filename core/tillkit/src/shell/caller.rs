//! Callers and their tickets: each is answered once, and leaving changes nothing but who listens.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc;
use std::task::{Context, Poll};

use tillkit_model::engine::port::{Call, Input, Reply, Ticket};
use tillkit_model::error::Error;
use tillkit_model::ids::PaymentId;
use tokio::sync::oneshot;

use super::life::Life;

/// What a call comes to.
pub type Answer = Result<Reply, Error>;

/// What the engine's thread is told.
pub(super) enum Message {
    /// Something for the machine.
    Input(Input),
    /// Several things for the machine, in order.
    Inputs(Vec<Input>),
    /// A call, and where its answer goes.
    Call { ticket: Ticket, call: Call, answer: oneshot::Sender<Answer> },
}

/// One call that is under way. It needs no particular runtime, and dropping it is leaving: the
/// payment goes on.
#[must_use = "a call that is not awaited goes on, but nobody hears its answer"]
pub struct Waiting {
    /// Whom to tell when the caller leaves; none once it was answered.
    ticket: Option<Ticket>,
    answer: oneshot::Receiver<Answer>,
    queue: mpsc::Sender<Message>,
    life: Arc<Life>,
    payment: Option<PaymentId>,
}

impl Waiting {
    /// Hands the call to the engine's thread.
    pub(super) fn on(
        ticket: Ticket,
        call: Call,
        queue: &mpsc::Sender<Message>,
        life: &Arc<Life>,
    ) -> Self {
        let (answer, waiting) = oneshot::channel();
        let payment = payment_of(&call);
        // A thread that is gone drops the message, and with it the answer's sender.
        queue.send(Message::Call { ticket, call, answer }).ok();
        Self {
            ticket: Some(ticket),
            answer: waiting,
            queue: queue.clone(),
            life: Arc::clone(life),
            payment,
        }
    }
}

impl Future for Waiting {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Answer> {
        let polled = Pin::new(&mut self.answer).poll(context);
        polled.map(|answer| {
            self.ticket = None;
            answer.unwrap_or_else(|_| Err(self.unanswered()))
        })
    }
}

impl Waiting {
    fn unanswered(&self) -> Error {
        let error = self.life.error();
        match self.payment {
            Some(payment) => error.payment(payment),
            None => error,
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            // A thread that is gone has no use for it.
            self.queue.send(Message::Input(Input::Left { ticket })).ok();
        }
    }
}

fn payment_of(call: &Call) -> Option<PaymentId> {
    match call {
        Call::Wait { payment, .. }
        | Call::Cancel(payment)
        | Call::Answer { payment, .. }
        | Call::Resolve { payment, .. }
        | Call::ResolveOperation { payment, .. } => Some(*payment),
        Call::Capture(money) | Call::Refund(money) => Some(money.payment),
        Call::Connect(_)
        | Call::Disconnect(_)
        | Call::Start(_)
        | Call::Pay(_)
        | Call::Hint { .. }
        | Call::Close => None,
    }
}

/// The open calls, on the engine's thread.
#[derive(Default)]
pub(super) struct Desk(BTreeMap<Ticket, oneshot::Sender<Answer>>);

impl Desk {
    pub(super) fn take(&mut self, ticket: Ticket, answer: oneshot::Sender<Answer>) {
        self.0.insert(ticket, answer);
    }

    /// Answers, if anybody still listens.
    pub(super) fn answer(&mut self, ticket: Ticket, reply: Answer) {
        if let Some(answer) = self.0.remove(&ticket) {
            answer.send(reply).ok();
        }
    }

    pub(super) fn forget(&mut self, ticket: Ticket) {
        self.0.remove(&ticket);
    }
}
