//! What the store and the wire answer, brought back to whoever asked.

use super::{Engine, Purpose};
use crate::engine::errors;
use crate::engine::port::{Ask, Reply, Ticket, Token, Told};
use crate::engine::store::{Failure, Look, Stored};
use crate::error::{Code, Error};
use crate::ids::{AccountName, PaymentId};
use crate::payment::Driver;
use crate::provider::Hint;
use crate::time::Moment;
use crate::wire::Exchange;

impl Engine {
    pub(super) fn told(&mut self, token: Token, told: Told, now: &Moment) {
        let Some(purpose) = self.pending.remove(&token) else { return };
        match (purpose, told) {
            (Purpose::Append(id), Told::Append(told)) => self.append_told(id, told, now),
            (Purpose::AppendNew(key), Told::Append(told)) => {
                self.append_new_told(&key, told, now);
            }
            (Purpose::Surroundings(key), Told::Surroundings(told)) => {
                self.surroundings_told(&key, told, now);
            }
            (Purpose::Neighbour(key), Told::Surroundings(told)) => {
                self.neighbour_told(&key, told, now);
            }
            (Purpose::CheckNew(key), Told::Payment(told)) => self.new_checked(&key, told, now),
            (Purpose::Reload(id), Told::Payment(told)) => self.reload_told(id, told, now),
            (Purpose::Load(id), Told::Payment(told)) => self.load_told(id, told, now),
            (Purpose::ByCharge { ticket, account, hint }, Told::ByCharge(told)) => {
                self.by_charge_told(ticket, account, hint, told, now);
            }
            (Purpose::Unsettled, Told::Unsettled(told)) => self.unsettled_told(told, now),
            (Purpose::IsOver(driver), Told::IsOver(told)) => {
                self.over_told(driver, &told, now);
            }
            (Purpose::Lease { asked_at }, Told::Lease(told)) => {
                self.lease_told(asked_at, told, now);
            }
            (Purpose::Heartbeat { asked_at }, Told::Heartbeat(told)) => {
                self.heartbeat_told(asked_at, &told, now);
            }
            (Purpose::Draw { purse, asked_at }, Told::Draw(told)) => {
                self.drawn(purse, &asked_at, told, now);
            }
            (Purpose::Release, Told::Release(_)) => {
                // A lease that could not be given back lapses by itself.
                if let Some(ticket) = self.closing {
                    self.answer(ticket, Ok(Reply::Closed));
                }
            }
            // A host that answers another question than was asked has answered nothing.
            (_, _) => {}
        }
    }

    pub(super) fn exchanged(&mut self, token: Token, exchange: &Exchange, now: &Moment) {
        if let Some(Purpose::Send { payment, flight }) = self.pending.remove(&token) {
            self.landed(payment, token, *flight, exchange, now);
        }
    }

    fn load_told(&mut self, id: PaymentId, told: Look<Stored>, now: &Moment) {
        if told.is_ok() && self.reread.remove(&id) {
            return self.ask(Ask::Payment(id), Purpose::Load(id));
        }
        let error = match told {
            Ok(Some(Stored::Live(payment))) => return self.loaded(id, payment, now),
            Ok(Some(Stored::Tombstone(_))) => Error::new(Code::NotOpen)
                .message("the payment was settled long ago and pruned; only its summary is kept"),
            Ok(None) => Error::new(Code::UnknownPayment),
            Err(failure) => errors::of_journal(&failure),
        };
        self.reread.remove(&id);
        for work in self.loading.remove(&id).unwrap_or_default() {
            self.refused(&work, error.clone().payment(id));
        }
    }

    fn by_charge_told(
        &mut self,
        ticket: Ticket,
        account: AccountName,
        hint: Box<Hint>,
        told: Look<PaymentId>,
        now: &Moment,
    ) {
        match told {
            Ok(Some(payment)) => self.hear(ticket, account, payment, hint, now),
            Ok(None) => self.refuse(ticket, Error::new(Code::UnknownPayment)),
            Err(failure) => self.refuse(ticket, errors::of_journal(&failure)),
        }
    }

    /// Another driver's lease is over for certain: its payments are taken over.
    fn over_told(&mut self, driver: Driver, told: &Result<bool, Failure>, now: &Moment) {
        if *told != Ok(true) {
            return;
        }
        self.over.insert(driver);
        let left = self.slots.iter().filter(|(_, slot)| slot.payment.driver == driver);
        let left: Vec<PaymentId> = left.map(|(id, _)| *id).collect();
        for id in left {
            self.wonder_about_driver(id, now);
        }
    }
}
