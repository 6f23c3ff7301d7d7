//! The wire: it loses, delays, reorders and cuts off, and sometimes proves that nothing left.
//!
//! Checking a permit and handing a request over are one step. After that the request arrives within
//! the stated horizon, or never.

use tillkit_model::engine::port::{Input, Token};
use tillkit_model::ids::{OperationId, PaymentId};
use tillkit_model::wire::{Clearance, Exchange, Request, Response, SendFailure, Sending};

use super::auditor::{Departure, HORIZON_MS};
use super::faults::Fault;
use super::life::{Event, Judging, World};
use super::process::Who;
use super::story;
use crate::fakes::{Device, Orders, Trouble};
use crate::judge;

/// A request on its way.
#[derive(Debug)]
pub struct Parcel {
    who: Who,
    token: Token,
    request: Request,
    left_ms: u64,
    /// The payment whose terminal it may light up.
    starts: Option<PaymentId>,
    /// Which send of which operation it is, where it may move money.
    send: Option<(OperationId, u32)>,
    /// The sender was already told that it failed.
    given_up: bool,
}

/// What a request is, beside its bytes.
#[derive(Debug, Clone, Copy)]
struct Label {
    send: Option<(OperationId, u32)>,
    starts: Option<PaymentId>,
}

impl World {
    /// A request is handed over, if its permit still holds at this very moment.
    pub(super) fn leave(&mut self, who: Who, token: Token, sending: Sending) {
        if let Some(mut draws) = self.strike(Fault::StopBeforeSend) {
            let longest = draws.pick(&[3_000, 30_000, 120_000, 400_000]);
            self.freeze(who.process, draws.between(500, longest));
            let until_ms = self.processes[who.process].frozen_until_ms;
            self.queue.put(until_ms, Event::Leave { who, token, sending: Box::new(sending) });
            return;
        }
        if let Some(mut draws) = self.strike(Fault::KillBeforeSend) {
            self.kill(who.process, draws.between(100, 60_000));
            return;
        }
        if self.strike(Fault::NotSent).is_some() {
            let failure = SendFailure::NotSent { why: "connection refused".into() };
            return self.send_back(who, token, 5, Err(failure));
        }
        let now = self.moment();
        let departure = match &sending.clearance {
            Clearance::Permit(permit) => {
                Some((permit.payment(), Some((permit.operation(), permit.number()))))
            }
            Clearance::Poll(permit) => Some((permit.payment(), None)),
            Clearance::Harmless => None,
        };
        let request = match sending.depart(&now) {
            Ok(departed) => {
                let body = departed.body().map(Into::into);
                Request { body, ..departed.request().clone() }
            }
            Err(failure) => return self.send_back(who, token, 1, Err(failure)),
        };
        let mut label = Label { send: None, starts: None };
        if let Some((payment, send)) = departure {
            let boot = self.machine.boot();
            self.auditor.left(self.now_ms, Departure { payment, send, boot });
            let start = |(operation, _)| self.auditor.is_start(payment, operation);
            label = Label { send, starts: send.is_some_and(start).then_some(payment) };
        }
        self.travel(who, token, request, label);
        if let Some(mut draws) = self.strike(Fault::KillAfterSend) {
            self.kill(who.process, draws.between(100, 60_000));
        }
    }

    fn travel(&mut self, who: Who, token: Token, request: Request, label: Label) {
        self.sends += 1;
        self.tell(|| {
            format!("p{} sends {} {}", who.process, request.method.as_str(), request.path)
        });
        let timeout_ms = request.timeout_ms.max(1);
        let mut up_ms = self.draws(0x31).between(5, 80);
        let mut given_up = false;
        if let Some(mut draws) = self.strike(Fault::RequestLost) {
            let wait_ms = draws.between(50, timeout_ms.max(50));
            return self.send_back(who, token, wait_ms, Err(maybe_sent("reset")));
        }
        if let Some(mut draws) = self.strike(Fault::RequestLate) {
            up_ms = draws.between(1_000, HORIZON_MS - 100);
            given_up = draws.chance(500);
            if given_up {
                let wait_ms = draws.between(50, up_ms.min(timeout_ms));
                self.send_back(who, token, wait_ms, Err(maybe_sent("reset")));
            }
        }
        let left_ms = self.now_ms;
        let Label { send, starts } = label;
        let parcel = Parcel { who, token, request, left_ms, starts, send, given_up };
        self.queue.put(left_ms + up_ms, Event::Arrive(Box::new(parcel)));
    }

    /// A request reaches the provider.
    pub(super) fn arrive(&mut self, parcel: Parcel) {
        self.tick_provider();
        let trouble = self.trouble(&parcel);
        let orders = Orders {
            trouble,
            device: parcel.starts.map_or(Device::Ready, |payment| self.device(payment)),
            draws: self.draws(0x32),
        };
        let polls = self.provider.ledger().first_polls;
        let reaction = self.provider.handle(&parcel.request, self.now_ms, orders);
        if !parcel.request.may_move_money && self.provider.ledger().first_polls > polls {
            self.auditor.harmless_look_sold(self.now_ms, &parcel.request.path);
        }
        let gateway =
            matches!(trouble, Trouble::LoginPage | Trouble::ErrorBefore | Trouble::ErrorAfter);
        self.judge(&parcel.request, Some(&reaction.response).filter(|_| !gateway));
        self.tick_provider();
        let Parcel { who, token, request, left_ms, send, given_up, .. } = parcel;
        let status = reaction.response.status;
        self.tell(|| {
            let path = &request.path;
            format!("the provider takes {} {path} and answers {status}", request.method.as_str())
        });
        if given_up {
            return;
        }
        let over_ms = left_ms + request.timeout_ms.max(1);
        if let Some(mut draws) = self.strike(Fault::AnswerLost) {
            let at_ms = draws.between(self.now_ms.min(over_ms), over_ms).max(self.now_ms);
            return self.send_back(who, token, at_ms - self.now_ms, Err(maybe_sent("cut off")));
        }
        let mut down_ms = self.draws(0x33).between(5, 80) + reaction.work_ms;
        if let Some(mut draws) = self.strike(Fault::AnswerLate) {
            down_ms += draws.between(2_000, 70_000);
        }
        if self.now_ms + down_ms > over_ms {
            let wait_ms = over_ms.saturating_sub(self.now_ms);
            return self.send_back(who, token, wait_ms, Err(maybe_sent("timed out")));
        }
        if let (Trouble::ErrorAfter, Some(send)) = (trouble, send) {
            let key = request.headers.iter().find(|(name, _)| name.contains("dempotency"));
            self.errors_after.extend(key.map(|(_, key)| (send, key.clone())));
        }
        let mut response = reaction.response;
        if let Some(mut draws) = self.strike(Fault::AnswerTruncated) {
            truncate(&mut response, draws.chance(500));
        }
        self.send_back(who, token, down_ms, Ok(response));
    }

    /// What the provider's published schema says of it, before the wire does anything to it.
    fn judge(&mut self, request: &Request, response: Option<&Response>) {
        let Some(judge) = judge::of(self.kind.name()) else { return };
        let judged = match self.judging {
            Judging::Off => return,
            Judging::On => judge.exchange(request, response),
            Judging::Planted => {
                let (request, response) = judge::spoiled(request, response);
                judge.exchange(&request, response.as_ref())
            }
        };
        self.judged.add(judged);
    }

    fn trouble(&mut self, parcel: &Parcel) -> Trouble {
        let mut kinds = vec![
            (Fault::CredentialsRefused, Trouble::CredentialsRefused),
            (Fault::RateLimited, Trouble::RateLimited),
            (Fault::LoginPage, Trouble::LoginPage),
            (Fault::ErrorBefore, Trouble::ErrorBefore),
            (Fault::ErrorAfter, Trouble::ErrorAfter),
            (Fault::Validation, Trouble::Validation),
        ];
        if !parcel.request.may_move_money {
            kinds.push((Fault::NotFound, Trouble::NotFound));
        }
        let struck = kinds.into_iter().find(|(fault, _)| self.strike(*fault).is_some());
        struck.map_or(Trouble::None, |(_, trouble)| trouble)
    }

    /// How the terminal is; what is wrong with it accompanies the payment through all its stages.
    fn device(&mut self, payment: PaymentId) -> Device {
        let (fault, device) = if self.strike(Fault::TerminalOffline).is_some() {
            (Fault::TerminalOffline, Device::Offline)
        } else if let Some(mut draws) = self.strike(Fault::TerminalWakesLate) {
            let longest = draws.pick(&[3_600_000, 9_000_000]);
            let after_ms = draws.between(1_200_000, longest);
            (Fault::TerminalWakesLate, Device::WakesLate { after_ms })
        } else if let Some(mut draws) = self.strike(Fault::TerminalSlow) {
            let after_ms = draws.between(5_000, 150_000);
            (Fault::TerminalSlow, Device::Slow { after_ms })
        } else {
            return Device::Ready;
        };
        self.bad_devices.insert(payment, fault);
        device
    }

    pub(super) fn send_back(&mut self, who: Who, token: Token, wait_ms: u64, exchange: Exchange) {
        let exchange = Box::new(exchange);
        self.queue.put(self.now_ms + wait_ms, Event::Back { who, token, exchange });
    }

    pub(super) fn back(&mut self, who: Who, token: Token, exchange: Exchange) {
        if let Err(failure) = &exchange {
            self.tell(|| format!("p{}: {}", who.process, story::failure(failure)));
        }
        self.notice_refusal(who, &exchange);
        self.feed(who, Input::Exchanged { token, exchange });
    }
}

fn maybe_sent(why: &str) -> SendFailure {
    SendFailure::MaybeSent { why: why.into() }
}

fn truncate(response: &mut Response, noticed: bool) {
    response.body.truncate(response.body.len() / 2);
    response.truncated = noticed;
}
