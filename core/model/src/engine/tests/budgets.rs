//! Several machines on one journal, which one provider counts together.

use super::harness::*;
use crate::engine::Role;
use crate::engine::port::{Call, Reply, Terms};
use crate::payment::view::{Outcome, outcome};
use crate::sale::SaleRequest;

const PER_MINUTE: u32 = 90;

fn terms() -> Terms {
    Terms { requests_per_minute: Some(PER_MINUTE), reserve_per_minute: 20, ..Terms::default() }
}

/// A shop with many tills: what was sent so far, and when.
struct Shop {
    harness: Harness,
    sent_ms: Vec<u64>,
    sales: u32,
}

impl Shop {
    fn open() -> Self {
        let mut harness = Harness::new(keyed());
        harness.machines.clear();
        Self { harness, sent_ms: Vec::new(), sales: 0 }
    }

    fn join(&mut self) {
        self.harness.open(Role::Drives, keyed(), terms());
    }

    /// A sale at a terminal of its own.
    fn sell(&mut self, machine: usize) -> crate::engine::port::Ticket {
        self.sales += 1;
        let terminal = Some(format!("T{}", self.sales));
        let sale = SaleRequest { terminal, ..request(&format!("order-{}", self.sales)) };
        let ticket = self.harness.call_at(machine, Call::Start(Box::new(sale)));
        self.look();
        ticket
    }

    /// Time passes, and every request is answered at once: nobody has paid yet.
    fn pass(&mut self, ms: u64) {
        for _ in 0..ms / 50 {
            self.harness.pass(50);
            self.look();
        }
    }

    fn look(&mut self) {
        while !self.harness.wire.is_empty() {
            self.sent_ms.push(self.harness.now.boot_ms);
            self.harness.answer("pending");
        }
    }

    /// The most that was sent within any minute.
    fn most_in_a_minute(&self) -> usize {
        let from = |first: usize| {
            let until = self.sent_ms[first] + 60_000;
            self.sent_ms[first..].iter().take_while(|sent| **sent <= until).count()
        };
        (0..self.sent_ms.len()).map(from).max().unwrap_or(0)
    }
}

#[test]
fn four_processes_together_keep_to_what_one_may_send() {
    let mut shop = Shop::open();
    for machine in 0..4 {
        shop.join();
        for _ in 0..6 {
            shop.sell(machine);
        }
        shop.pass(7_000);
    }
    shop.pass(80_000);
    // One dies, with whatever it holds, and another begins in its place.
    shop.harness.machines.remove(0);
    shop.join();
    shop.pass(60_000);
    let most = shop.most_in_a_minute();
    assert!(most <= 180, "{most} in one minute");
    assert!(most > 100, "the budget is used: {most}");
}

#[test]
fn a_sale_and_a_cancel_leave_at_once_however_many_looks_wait() {
    let mut shop = Shop::open();
    for _ in 0..3 {
        shop.join();
    }
    for number in 0..30 {
        shop.sell(number % 3);
        shop.pass(1_500);
    }
    let before = shop.sent_ms.len();
    shop.join();
    let ticket = shop.sell(3);
    let told = shop.harness.replies.get(&(3, ticket));
    let Some(Ok(Reply::Payment { payment, .. })) = told else { panic!("no answer: {told:?}") };
    let id = payment.id;
    assert_eq!(shop.sent_ms.len(), before + 1, "a newcomer's sale left in the same moment");
    shop.harness.call_at(3, Call::Cancel(id));
    let cancels =
        |shop: &Shop| shop.harness.wire.iter().any(|one| one.request.path.starts_with("/Cancel/"));
    assert!(cancels(&shop), "and so did its cancel");
}

#[test]
fn one_busy_process_has_what_the_others_leave() {
    let mut shop = Shop::open();
    for _ in 0..4 {
        shop.join();
    }
    for _ in 0..20 {
        shop.sell(0);
    }
    shop.pass(110_000);
    let late = shop.sent_ms.iter().filter(|sent| **sent > shop.harness.now.boot_ms - 60_000);
    let late = late.count();
    assert!(late >= 80, "{late} in the last minute, of ninety");
}

#[test]
fn a_journal_that_gives_nothing_out_delays_and_settles_nothing() {
    let mut shop = Shop::open();
    shop.join();
    let ticket = shop.sell(0);
    shop.pass(2_000);
    shop.harness.dry = true;
    shop.pass(60_000);
    let sent = shop.sent_ms.len();
    shop.pass(20_000);
    assert_eq!(shop.sent_ms.len(), sent, "what it held is used up or over");
    shop.harness.dry = false;
    shop.harness.pass(3_000);
    shop.harness.answer("paid");
    let id = match shop.harness.replies.get(&(0, ticket)) {
        Some(Ok(Reply::Payment { payment, .. })) => payment.id,
        other => panic!("no payment was told: {other:?}"),
    };
    assert_eq!(outcome(&shop.harness.stored(id)), Outcome::Paid);
}
