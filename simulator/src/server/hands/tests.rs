//! A terminal that a person holds does nothing by itself, and everything by their hand.

use tillkit_model::wire::{Method, Request};

use super::{Deed, Hand, How, Screen};
use crate::fakes::qonto::Qonto;
use crate::fakes::{Customer, Device, Habits, Orders, Provider, Trouble};
use crate::rng::Rng;

const TERMINAL: &str = "019d7188-1476-7a74-a7da-000000000002";

struct Bench {
    fake: Qonto,
    hand: Hand,
    now_ms: u64,
}

impl Bench {
    fn new() -> Self {
        let habits = Habits { declines: 0, ignores: 0, tips: 0, dawdles: 0 };
        let fake = Qonto::new(vec![TERMINAL.into()], habits);
        let hand = Hand::new(TERMINAL.to_owned(), fake.ledger());
        Self { fake, hand, now_ms: 0 }
    }

    fn sell(&mut self, customer: Customer) {
        let request = request(&format!("/v2/terminals/{TERMINAL}/payment"));
        let (trouble, draws) = (Trouble::None, Rng::new(1));
        let orders = Orders { trouble, device: Device::Told(customer), draws };
        let reaction = self.fake.handle(&request, self.now_ms, orders);
        assert_eq!(reaction.response.status, 202);
        self.look();
    }

    fn look(&mut self) {
        self.fake.tick(self.now_ms);
        self.hand.look(self.fake.ledger(), self.now_ms);
    }

    fn act(&mut self, deed: Deed) -> Result<(), &'static str> {
        let acted = self.hand.act(deed, &mut self.fake, self.now_ms);
        self.look();
        acted
    }

    fn screen(&self) -> Screen {
        self.hand.held().screen
    }

    fn moments(&self) -> Vec<&'static str> {
        self.hand.held().moments.iter().map(|moment| moment.what).collect()
    }
}

fn request(path: &str) -> Request {
    let body = r#"{"amount":{"value":"13.30","currency":"EUR"}}"#;
    Request {
        method: Method::Post,
        path: path.into(),
        headers: vec![("X-Qonto-Idempotency-Key".into(), path.into())],
        body: Some(body.into()),
        may_move_money: true,
        timeout_ms: 0,
        fresh_connection: true,
    }
}

const fn card(how: How, declined: bool) -> Deed {
    Deed::Present { how, tip_minor: 70, declined }
}

#[test]
fn nobody_taps_there_by_themselves() {
    let mut bench = Bench::new();
    assert_eq!(bench.screen(), Screen::Ready);
    bench.sell(bench.hand.customer());
    bench.now_ms = 3_600_000;
    bench.look();
    assert_eq!(bench.screen(), Screen::Prompt);
    bench.act(card(How::Insert, false)).unwrap();
    assert_eq!(bench.screen(), Screen::Working);
    bench.now_ms += 1_000;
    bench.look();
    assert_eq!(bench.screen(), Screen::Approved);
    assert_eq!(bench.fake.ledger().charges[0].authorized_minor, 1_400);
    assert_eq!(bench.moments(), ["prompt", "insert", "approved"]);
}

#[test]
fn a_card_is_asked_once_and_only_where_the_screen_asks() {
    let mut bench = Bench::new();
    assert!(bench.act(card(How::Tap, false)).is_err());
    bench.sell(bench.hand.customer());
    bench.act(card(How::Tap, true)).unwrap();
    assert!(bench.act(card(How::Tap, false)).is_err());
    bench.now_ms += 1_000;
    bench.look();
    assert_eq!(bench.screen(), Screen::Declined);
    assert_eq!(bench.fake.ledger().charges[0].authorized_minor, 0);
}

#[test]
fn a_sale_to_a_dark_terminal_is_dropped_in_silence() {
    let mut bench = Bench::new();
    bench.act(Deed::Unplug).unwrap();
    bench.sell(bench.hand.customer());
    assert_eq!((bench.screen(), bench.fake.ledger().prompts.len()), (Screen::Dark, 0));
    bench.act(Deed::PlugIn).unwrap();
    assert_eq!(bench.screen(), Screen::Ready);
    assert!(bench.act(card(How::Tap, false)).is_err());
}

#[test]
fn where_it_remembers_an_old_prompt_wakes_up_with_the_power() {
    let mut bench = Bench::new();
    bench.act(Deed::Remember { on: true }).unwrap();
    bench.act(Deed::Unplug).unwrap();
    bench.sell(bench.hand.customer());
    assert_eq!(bench.screen(), Screen::Dark);
    bench.act(Deed::PlugIn).unwrap();
    assert_eq!(bench.screen(), Screen::Prompt);
    bench.act(card(How::Tap, false)).unwrap();
    assert_eq!(bench.moments(), ["unplugged", "asleep", "woke", "tap"]);
}

#[test]
fn who_has_left_pays_no_more() {
    let mut bench = Bench::new();
    assert!(bench.act(Deed::Leave).is_err());
    bench.sell(bench.hand.customer());
    bench.act(Deed::Leave).unwrap();
    assert_eq!(bench.screen(), Screen::Left);
    assert!(bench.act(card(How::Tap, false)).is_err());
}

#[test]
fn another_terminal_is_none_of_its_business() {
    let bench = Bench::new();
    assert!(bench.hand.is_meant(&request(&format!("/v2/terminals/{TERMINAL}/payment"))));
    assert!(!bench.hand.is_meant(&request("/v2/terminals/another/payment")));
}

#[test]
fn a_scanned_code_asks_nobody_at_the_terminal() {
    let mut bench = Bench::new();
    // The fake puts no prompt on any screen for it.
    bench.sell(Customer::told(None, None));
    assert_eq!((bench.screen(), bench.moments()), (Screen::Working, vec!["scanned"]));
    assert!(bench.act(card(How::Tap, false)).is_err());
}
