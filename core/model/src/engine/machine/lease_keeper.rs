//! Keeping the lease: taken out at the start, prolonged by heartbeats, never trusted when it may
//! have lapsed.

use super::schedule::Timer;
use super::slot::Work;
use super::{Engine, Purpose, Role};
use crate::engine::lease::{HEARTBEAT_MS, LEASE_MS};
use crate::engine::port::Ask;
use crate::engine::store::Failure;
use crate::ids::{AccountName, PaymentId, ProcessId};
use crate::payment::Driver;
use crate::payment::command::Command;
use crate::time::{Moment, SECOND_MS};

/// How often to look for payments that nobody drives.
const SWEEP_MS: u64 = LEASE_MS;

/// This process's lease.
#[derive(Debug)]
pub(super) struct LeaseKeeper {
    process: ProcessId,
    held: Option<Held>,
    doubted: bool,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    driver: Driver,
    beat_at: Moment,
}

impl LeaseKeeper {
    pub(super) const fn new(process: ProcessId) -> Self {
        Self { process, held: None, doubted: false }
    }

    /// The driver that this process is, if its lease cannot have lapsed.
    pub(super) fn driver(&self, now: &Moment) -> Option<Driver> {
        let held = self.held.as_ref().filter(|_| !self.doubted)?;
        let lapsed = now.may_have_passed(&held.beat_at, LEASE_MS);
        #[cfg(mutant = "lease_ignored")]
        let lapsed = false & lapsed;
        (!lapsed).then_some(held.driver)
    }

    /// The driver that this process was given last, whether or not that still holds.
    pub(super) fn last_driver(&self) -> Option<Driver> {
        self.held.as_ref().map(|held| held.driver)
    }

    /// Until when what is permitted now may leave: as long as nobody else can think the lease over.
    pub(super) fn window(&self) -> Vec<(Moment, u64)> {
        let limits = self.held.iter().map(|held| (held.beat_at, LEASE_MS)).collect();
        #[cfg(mutant = "lease_ignored")]
        let limits = {
            let _: Vec<(Moment, u64)> = limits;
            Vec::new()
        };
        limits
    }
}

impl Engine {
    pub(super) fn ask_lease(&mut self, now: &Moment) {
        self.ask(Ask::Lease(self.keeper.process), Purpose::Lease { asked_at: *now });
    }

    /// The journal refused this lease: permit nothing until it has said what is true.
    pub(super) fn doubt_lease(&mut self, now: &Moment) {
        if !self.keeper.doubted {
            self.keeper.doubted = true;
            self.beat(now);
        }
    }

    pub(super) fn lease_told(
        &mut self,
        asked_at: Moment,
        told: Result<Driver, Failure>,
        now: &Moment,
    ) {
        let again = match told {
            Ok(driver) => {
                self.keeper.held = Some(Held { driver, beat_at: asked_at });
                self.keeper.doubted = false;
                HEARTBEAT_MS
            }
            Err(failure) => {
                self.refuse_early(&failure);
                SECOND_MS
            }
        };
        self.schedule.set(Timer::Heartbeat, now.boot_ms.saturating_add(again));
        self.go_on(now);
    }

    /// Takes up what had to wait for a lease that is sure.
    fn go_on(&mut self, now: &Moment) {
        if self.keeper.driver(now).is_some() {
            self.schedule.set(Timer::Sweep, now.boot_ms);
            self.wake_everything(now);
            self.call_early(now);
        }
    }

    pub(super) fn beat(&mut self, now: &Moment) {
        if self.role != Role::Drives || self.closed {
            return;
        }
        match self.keeper.last_driver() {
            Some(driver) => {
                self.ask(Ask::Heartbeat(driver), Purpose::Heartbeat { asked_at: *now });
            }
            None => self.ask_lease(now),
        }
    }

    pub(super) fn heartbeat_told(
        &mut self,
        asked_at: Moment,
        told: &Result<bool, Failure>,
        now: &Moment,
    ) {
        match told {
            Ok(true) => {
                let was_unsure = self.keeper.driver(now).is_none();
                if let Some(held) = &mut self.keeper.held {
                    held.beat_at = asked_at;
                }
                self.keeper.doubted = false;
                if was_unsure {
                    self.go_on(now);
                }
                self.schedule.set(Timer::Heartbeat, now.boot_ms.saturating_add(HEARTBEAT_MS));
            }
            Ok(false) => self.ask_lease(now),
            Err(failure) => {
                if self.keeper.driver(now).is_none() {
                    self.refuse_early(failure);
                }
                self.schedule.set(Timer::Heartbeat, now.boot_ms.saturating_add(SECOND_MS));
            }
        }
    }

    /// Finds unsettled payments that this process does not know: left behind by others, or by
    /// itself when the journal failed.
    pub(super) fn sweep(&mut self, now: &Moment) {
        if self.closing.is_some() || self.role == Role::Observes {
            return;
        }
        self.asked_over.clear();
        let held: Vec<PaymentId> = self.slots.keys().copied().collect();
        for id in held {
            self.wonder_about_driver(id, now);
        }
        let connected = self.accounts.iter().filter(|(_, member)| member.connected);
        let accounts: Vec<_> = connected.map(|(name, _)| name.clone()).collect();
        for account in accounts {
            self.ask(Ask::Unsettled { account }, Purpose::Unsettled);
        }
        self.schedule.set(Timer::Sweep, now.boot_ms.saturating_add(SWEEP_MS));
    }

    pub(super) fn unsettled_told(&mut self, told: Result<Vec<PaymentId>, Failure>, now: &Moment) {
        let Ok(ids) = told else {
            // A journal that fails now is asked again, where no lease sets the pace too.
            return self.schedule.advance(Timer::Sweep, now.boot_ms.saturating_add(SWEEP_MS));
        };
        for id in ids {
            if !self.slots.contains_key(&id) && !self.loading.contains_key(&id) {
                self.loading.insert(id, Vec::new());
                self.ask(Ask::Payment(id), Purpose::Load(id));
            }
        }
    }

    /// A payment that another lease drives may be taken over once that lease is over.
    pub(super) fn wonder_about_driver(&mut self, id: PaymentId, now: &Moment) {
        if self.role != Role::Drives || self.closing.is_some() {
            return;
        }
        let Some(me) = self.keeper.last_driver() else { return };
        let Some(slot) = self.slots.get(&id) else { return };
        let driver = slot.payment.driver;
        let other = driver.process != me.process;
        if !other || !self.is_connected(&slot.payment.sale.account) {
            return;
        }
        if self.over.contains(&driver) {
            if let Some(driver) = self.keeper.driver(now) {
                let _ = self.submit(id, Work::own(Command::TakeOver { driver }), now);
            }
        } else if self.asked_over.insert(driver) {
            self.ask(Ask::IsOver(driver), Purpose::IsOver(driver));
        }
    }

    /// An account is cut off from sending, or no longer.
    pub(super) fn withhold(&mut self, account: AccountName, withheld: bool, now: &Moment) {
        if self.pool.withhold(account, withheld) {
            self.wake_everything(now);
        }
    }

    pub(super) fn wake_everything(&mut self, now: &Moment) {
        let ids: Vec<PaymentId> = self.slots.keys().copied().collect();
        for id in ids {
            self.schedule.set(Timer::Payment(id), now.boot_ms);
        }
    }
}
