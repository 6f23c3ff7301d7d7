//! One hand-made life for each verdict, beside the same life without what is wrong in it.

mod extras;
mod holds;
mod refunds;
mod rules;
mod unsent;

use tillkit_model::ids::{
    AccountName, MerchantId, OperationId, PaymentId, ProcessId, Reference, TerminalId,
};
use tillkit_model::money::{Currency, Money};
use tillkit_model::payment::OperationKind;
use tillkit_model::payment::event::{Fingerprint, Word};
use tillkit_model::payment::manners::Times;
use tillkit_model::sale::{Account, Capture, Environment, Sale};

use super::*;
use crate::fakes::Surface;
use crate::fakes::ledger::{Charge, Move, Prompt, Reader, Standing};
use crate::world::verdict::Cause;

const SECOND: u64 = 1_000;
const CREATED: u64 = 100 * SECOND;
const LIST: Surface = Surface { list: true, absence_proves: false, expiry_is_final: true };
const NO_LIST: Surface = Surface { list: false, absence_proves: false, expiry_is_final: false };
const PROVING: Surface = Surface { list: true, absence_proves: true, expiry_is_final: true };

fn payment(number: u8) -> PaymentId {
    PaymentId::from_bytes([number; 16])
}

fn operation(number: u8) -> OperationId {
    OperationId::from_bytes([number; 16])
}

fn driver(process: u8, epoch: u64) -> Driver {
    Driver { process: ProcessId::from_bytes([process; 16]), epoch }
}

fn euros(minor: i64) -> Money {
    Money::from_minor(minor, Currency::parse("EUR").expect("EUR")).expect("an amount")
}

fn sale() -> Sale {
    Sale {
        items: Vec::new(),
        customer_absent: false,
        scanned: false,
        account: Account {
            name: AccountName::parse("shop-1").expect("a name"),
            provider: "made-up".into(),
            merchant: MerchantId::parse("m").expect("a name"),
            environment: Environment::Sandbox,
        },
        terminal: Some(TerminalId::parse("t-1").expect("a name")),
        amount: euros(1_000),
        reference: Reference::parse("order-1").expect("a name"),
        attempt: 1,
        business_day: None,
        capture: Capture::Automatic,
        allow_part: false,
        metadata: std::collections::BTreeMap::new(),
    }
}

/// A life with one payment, whose start is operation 1 and whose driver holds a lease.
struct Life {
    auditor: Auditor,
    machine: Machine,
    ledger: Ledger,
    endings: BTreeMap<PaymentId, Ending>,
    faultless: bool,
    surface: Surface,
}

impl Life {
    fn new() -> Self {
        let mut life = Self {
            auditor: Auditor::default(),
            machine: Machine::default(),
            ledger: Ledger::default(),
            endings: BTreeMap::new(),
            faultless: false,
            surface: LIST,
        };
        life.auditor.lease_given(CREATED, driver(1, 1));
        life.create(payment(1));
        life.permit(CREATED, driver(1, 1));
        life
    }

    fn create(&mut self, id: PaymentId) {
        let created = Event::Created {
            id,
            sale: Box::new(sale()),
            at: self.machine.now(CREATED),
            times: Times { start_by_ms: 90 * SECOND, expires_ms: None, settle_by_ms: 120 * SECOND },
            fingerprint: Fingerprint("f".into()),
            start: operation(1),
            driver: driver(1, 1),
            screen_clear: Vec::new(),
        };
        self.auditor.durable(CREATED, &self.machine, id, &[created]);
    }

    fn record(&mut self, now_ms: u64, event: Event) {
        self.auditor.durable(now_ms, &self.machine, payment(1), &[event]);
    }

    fn permit(&mut self, now_ms: u64, driver: Driver) {
        let event = self.permitted(now_ms, driver);
        self.record(now_ms, event);
    }

    fn permitted(&self, now_ms: u64, driver: Driver) -> Event {
        let at = self.machine.now(now_ms);
        Event::Permitted { operation: operation(1), at, driver, request: None }
    }

    fn wish_cancel(&mut self, now_ms: u64) {
        let at = self.machine.now(now_ms);
        self.record(now_ms, Event::CancelWished { at, operation: operation(2), rest: false });
    }

    fn resolve(&mut self, now_ms: u64, word: Word) {
        let at = self.machine.now(now_ms);
        self.record(now_ms, Event::Resolved { word, reason: "looked".into(), at });
    }

    fn wish_refund(&mut self, name: &str, minor: i64) {
        let at = self.machine.now(CREATED);
        let reference = Reference::parse(name).expect("a name");
        let (kind, operation, amount) = (OperationKind::Refund, operation(3), euros(minor));
        let event = Event::OperationWished {
            kind,
            operation,
            reference,
            amount,
            charge: None,
            capture: None,
            last: false,
            at,
        };
        self.record(CREATED, event);
    }

    fn leave(&mut self, now_ms: u64, number: u32) {
        let send = Some((operation(1), number));
        let boot = self.machine.boot();
        self.auditor.left(now_ms, Departure { payment: payment(1), send, boot });
    }

    fn charge(&mut self, id: &str, standing: Standing, taken_at_ms: Option<u64>) -> &mut Charge {
        let place = self.ledger.open(Charge {
            id: ChargeId::parse(id).expect("an id"),
            payment: Some(payment(1)),
            terminal: None,
            asked_minor: 1_000,
            currency: "EUR".into(),
            manual: false,
            reader: Reader::default(),
            standing,
            authorized_minor: 1_000,
            tip_minor: 0,
            captured_minor: 1_000,
            taken_at_ms,
            reversed_at_ms: None,
            moves: Vec::new(),
            open: false,
        });
        &mut self.ledger.charges[place]
    }

    fn say(&mut self, now_ms: u64, outcome: &'static str) {
        self.auditor.said(now_ms, payment(1), outcome);
        self.auditor.check_said(now_ms, payment(1), outcome, &self.ledger);
    }

    fn end(&mut self, outcome: &'static str, change: impl FnOnce(&mut Ending)) {
        let mut ending = Ending { outcome, ..Ending::default() };
        change(&mut ending);
        self.endings.insert(payment(1), ending);
    }

    fn judge(mut self) -> (Vec<Verdict>, Vec<Cause>) {
        let end = End {
            now_ms: 1_000 * SECOND,
            ledger: &self.ledger,
            surface: self.surface,
            faultless: self.faultless,
            endings: &self.endings,
        };
        let left = self.auditor.judge(&end).into_iter().map(|left| left.cause).collect();
        let found = self.auditor.findings().iter().map(|finding| finding.verdict).collect();
        (found, left)
    }
}

fn taken(life: &mut Life, id: &str, at_ms: u64) {
    life.charge(id, Standing::Taken, Some(at_ms));
}

#[test]
fn a_life_in_which_all_went_well_has_no_verdict() {
    let mut life = Life::new();
    life.leave(CREATED + 5, 1);
    taken(&mut life, "c-1", CREATED + 9_000);
    life.say(CREATED + 10_000, "paid");
    life.end("paid", |_| ());
    assert_eq!(life.judge(), (vec![], vec![]));
}

#[test]
fn two_charges_for_one_intent_are_a_double_charge_even_under_two_payment_ids() {
    let mut life = Life::new();
    life.create(payment(2));
    let permitted = life.permitted(CREATED, driver(1, 1));
    life.auditor.durable(CREATED, &life.machine, payment(2), &[permitted]);
    taken(&mut life, "c-1", CREATED);
    taken(&mut life, "c-2", CREATED);
    life.ledger.charges[1].payment = Some(payment(2));
    life.end("paid", |_| ());
    assert_eq!(life.judge().0, [Verdict::DoubleCharge]);
}

#[test]
fn a_start_leaves_neither_late_nor_after_a_wish_nor_after_a_reboot() {
    let mut life = Life::new();
    life.leave(CREATED + 90 * SECOND, 1);
    assert_eq!(life.auditor.findings(), []);
    life.leave(CREATED + 90 * SECOND + 1, 1);
    life.machine.reboot(CREATED + 50 * SECOND);
    life.leave(CREATED + 60 * SECOND, 1);
    life.wish_cancel(CREATED + 61 * SECOND);
    life.auditor.lease_given(CREATED + 61 * SECOND, driver(1, 2));
    life.permit(CREATED + 62 * SECOND, driver(1, 2));
    life.leave(CREATED + 62 * SECOND, 2);
    let found: Vec<Verdict> = life.auditor.findings().iter().map(|one| one.verdict).collect();
    assert_eq!(found, [Verdict::PromptOutOfTime; 3]);
}

#[test]
fn a_prompt_long_after_start_by_is_out_of_time_whoever_sent_it() {
    for (late_ms, found) in [(0, vec![]), (1, vec![Verdict::PromptOutOfTime])] {
        let mut life = Life::new();
        let at_ms = CREATED + 90 * SECOND + HORIZON_MS + late_ms;
        life.ledger.prompts.push(Prompt { at_ms, payment: Some(payment(1)) });
        assert_eq!(life.judge().0, found);
    }
}

#[test]
fn a_send_without_its_permit_is_sent_without_record() {
    let mut life = Life::new();
    life.leave(CREATED, 2);
    let stranger = Departure { payment: payment(9), send: None, boot: life.machine.boot() };
    life.auditor.left(CREATED, stranger);
    assert_eq!(life.judge().0, [Verdict::SentWithoutRecord; 2]);
}

#[test]
fn not_paid_is_false_while_money_is_held_and_when_it_comes_later() {
    let mut life = Life::new();
    taken(&mut life, "c-1", CREATED + 9_000);
    life.say(CREATED + 10_000, "not_paid");
    assert_eq!(life.judge().0, [Verdict::FalseNotPaid]);

    let mut life = Life::new();
    life.say(CREATED + 8_000, "not_paid");
    taken(&mut life, "c-1", CREATED + 9_000);
    assert_eq!(life.judge().0, [Verdict::FalseNotPaid]);

    let mut life = Life::new();
    life.charge("c-1", Standing::Reversed, Some(CREATED)).reversed_at_ms = Some(CREATED + 1);
    life.say(CREATED + 8_000, "not_paid");
    assert_eq!(life.judge().0, []);
}

#[test]
fn a_persons_word_may_be_overtaken_and_the_till_must_say_so() {
    let spoken = |contradiction: bool, outcome| {
        let mut life = Life::new();
        life.resolve(CREATED + 1_000, Word::NotPaid);
        life.say(CREATED + 1_001, "not_paid");
        taken(&mut life, "c-1", CREATED + 9_000);
        life.end(outcome, |ending| {
            ending.contradiction = contradiction;
            ending.charges = vec![ChargeId::parse("c-1").expect("an id")];
        });
        life.judge()
    };
    assert_eq!(spoken(true, "paid"), (vec![], vec![Cause::SpokenBefore]));
    assert_eq!(spoken(false, "paid").0, [Verdict::ContradictionHidden]);
    assert_eq!(spoken(true, "not_paid").0, [Verdict::ContradictionHidden]);
}

#[test]
fn paid_and_returned_must_be_so() {
    for outcome in ["paid", "held", "returned"] {
        let mut life = Life::new();
        life.charge("c-1", Standing::Pending, None);
        life.say(CREATED, outcome);
        assert_eq!(life.judge().0, [Verdict::FalsePaid], "{outcome}");
    }
}

#[test]
fn what_the_provider_can_tell_must_be_known() {
    let unknown = |surface, known: bool, standing| {
        let mut life = Life::new();
        life.surface = surface;
        life.charge("c-1", standing, None);
        life.end("unknown", |ending| {
            ending.needs_person = true;
            if known {
                ending.charges = vec![ChargeId::parse("c-1").expect("an id")];
            }
        });
        life.judge()
    };
    let lost = (vec![Verdict::LostOutcome], vec![]);
    assert_eq!(unknown(LIST, false, Standing::Declined), lost);
    assert_eq!(unknown(NO_LIST, true, Standing::Declined), lost);
    let person = |cause| (vec![], vec![cause]);
    assert_eq!(unknown(NO_LIST, false, Standing::Declined), person(Cause::IdNeverLearned));
    assert_eq!(unknown(NO_LIST, true, Standing::Pending), person(Cause::UndecidedThere));
    assert_eq!(unknown(NO_LIST, true, Standing::Expired), person(Cause::UndecidedThere));
    assert_eq!(unknown(LIST, true, Standing::Expired), lost);
}

#[test]
fn absence_is_an_outcome_where_it_is_proof_and_a_persons_matter_where_not() {
    let absent = |surface| {
        let mut life = Life::new();
        life.surface = surface;
        life.end("unknown", |ending| ending.needs_person = true);
        life.judge()
    };
    assert_eq!(absent(PROVING).0, [Verdict::LostOutcome]);
    assert_eq!(absent(LIST), (vec![], vec![Cause::NoTraceNoProof]));
}

#[test]
fn what_is_neither_settled_nor_left_to_a_person_is_still_open() {
    for (outcome, needs_person) in [("open", true), ("open", false), ("unknown", false)] {
        let mut life = Life::new();
        life.end(outcome, |ending| ending.needs_person = needs_person);
        assert_eq!(life.judge().0, [Verdict::StillOpen], "{outcome}");
    }
}

#[test]
fn a_strangers_charge_is_nobodys_to_adopt() {
    let mut life = Life::new();
    taken(&mut life, "c-1", CREATED);
    taken(&mut life, "c-2", CREATED);
    life.ledger.charges[1].payment = None;
    for id in ["c-1", "c-2"] {
        let id = ChargeId::parse(id).expect("an id");
        life.auditor.adopted(CREATED, payment(1), &id, &life.ledger);
    }
    life.end("paid", |_| ());
    assert_eq!(life.judge().0, [Verdict::StrangerAdopted]);
}

#[test]
fn a_tip_is_no_disagreement() {
    for (asked_minor, found) in [(1_000, vec![Verdict::TipMistaken]), (999, vec![])] {
        let mut life = Life::new();
        life.charge("c-1", Standing::Taken, Some(CREATED)).asked_minor = asked_minor;
        life.end("paid", |ending| ending.wrong_amount = true);
        assert_eq!(life.judge().0, found);
    }
}

#[test]
fn nothing_is_started_on_a_journal_that_went_back() {
    let mut life = Life::new();
    life.auditor.journal_restored(CREATED);
    life.leave(CREATED + 1, 1);
    life.end("unknown", |_| ());
    assert_eq!(life.judge(), (vec![Verdict::SoldOnRestored], vec![Cause::Restored]));
}

#[test]
fn a_payment_is_taken_over_from_the_dead_only_and_a_permit_needs_a_lease() {
    let take = |after_ms, released| {
        let mut life = Life::new();
        if released {
            life.auditor.lease_released(driver(1, 1));
        }
        let at = life.machine.now(CREATED);
        life.record(CREATED + after_ms, Event::TakenOver { driver: driver(2, 2), at });
        life.auditor.findings().len()
    };
    assert_eq!((take(14_999, false), take(15_000, false), take(1, true)), (1, 0, 0));

    let mut life = Life::new();
    life.auditor.lease_prolonged(CREATED + 15_001, driver(1, 1));
    life.permit(CREATED + 15_001, driver(1, 1));
    assert_eq!(life.judge().0, [Verdict::TwoDrivers], "what has lapsed stays lapsed");
}

#[test]
fn refusals_and_silence_are_found_as_they_are_told() {
    let mut life = Life::new();
    life.auditor.refused(CREATED, "a sale".into());
    life.auditor.left_hanging(CREATED, "a sale".into());
    life.end("paid", |_| ());
    taken(&mut life, "c-1", CREATED);
    assert_eq!(life.judge().0, [Verdict::RefusedInVain, Verdict::LeftHanging]);
}

#[test]
fn a_life_without_faults_leaves_nothing_to_a_person() {
    let mut life = Life::new();
    life.faultless = true;
    life.charge("c-1", Standing::Pending, None);
    life.end("unknown", |ending| ending.needs_person = true);
    let found = (vec![Verdict::LeftToPersonInVain], vec![Cause::UndecidedThere]);
    assert_eq!(life.judge(), found);
}

#[test]
fn an_acknowledged_journal_finds_out_what_the_provider_can_tell() {
    let judged = |acknowledged: bool, written_before_ms: u64| {
        let mut life = Life::new();
        let charge = life.charge("c-1", Standing::Reversed, Some(CREATED));
        charge.reversed_at_ms = Some(CREATED + 1);
        let restored_ms = CREATED + written_before_ms;
        life.auditor.journal_restored(restored_ms);
        if acknowledged {
            life.auditor.journal_acknowledged(restored_ms + 1);
        }
        life.end("paid", |ending| ending.charges = vec![ChargeId::parse("c-1").expect("an id")]);
        life.judge().0
    };
    assert_eq!(judged(true, LOOK_BACK_MS), [Verdict::LostOutcome]);
    assert_eq!(judged(true, LOOK_BACK_MS + 1), []);
    assert_eq!(judged(false, 1), []);
}

#[test]
fn hints_of_the_lost_part_are_no_surface() {
    let judged = |restored: bool| {
        let mut life = Life::new();
        life.surface = NO_LIST;
        life.charge("c-1", Standing::Taken, Some(CREATED));
        life.auditor.hint_taken(ChargeId::parse("c-1").expect("an id"));
        if restored {
            life.auditor.journal_restored(CREATED + 1);
            life.auditor.journal_acknowledged(CREATED + 2);
        }
        life.end("unknown", |ending| ending.needs_person = true);
        life.judge()
    };
    assert_eq!(judged(false).0, [Verdict::LostOutcome]);
    assert_eq!(judged(true), (vec![], vec![Cause::Restored]));
}
