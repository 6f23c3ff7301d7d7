//! What becomes of a transaction: by the card, by time, and by captures, refunds and voids.

use serde_json::Value;
use tillkit_model::wire::Response;

use super::session::{Happened, Kind, Pending};
use super::{Dintero, Due, answer, not_found, refused};
use crate::fakes::Orders;
use crate::fakes::ledger::{Move, Standing};

impl Dintero {
    /// Lets one thing happen.
    pub(super) fn happen(&mut self, place: usize, due: Due, at_ms: u64) {
        match due {
            Due::Tap => self.tap(place, at_ms),
            Due::Approve { tip_minor } => self.approve(place, tip_minor, at_ms),
            Due::Decline => self.decline(place, at_ms),
            Due::AutoCapture => self.auto_capture(place, at_ms),
            Due::Finish { request, well } => self.finish(place, &request, well, at_ms),
        }
    }

    fn tap(&mut self, place: usize, at_ms: u64) {
        let charge = &mut self.ledger.charges[place];
        let expired = charge.standing == Standing::Expired && self.rules.expired_charges;
        if charge.standing == Standing::Pending || expired {
            charge.standing = Standing::Processing;
            let session = &mut self.sessions[place];
            session.transaction_ms.get_or_insert(at_ms);
            session.happened("INITIALIZE", charge.asked_minor, at_ms);
        }
    }

    fn approve(&mut self, place: usize, tip_minor: i64, at_ms: u64) {
        let charge = &mut self.ledger.charges[place];
        let session = &mut self.sessions[place];
        if charge.standing != Standing::Processing {
            return;
        }
        charge.standing = Standing::Taken;
        charge.tip_minor = tip_minor;
        charge.authorized_minor = charge.asked_minor + tip_minor;
        charge.taken_at_ms = Some(at_ms);
        session.happened("AUTHORIZE", charge.authorized_minor, at_ms);
        let (minor, manual) = (charge.authorized_minor, charge.manual);
        if session.cancelled_ms.is_some() && session.cancel_wins {
            charge.standing = Standing::Reversed;
            charge.reversed_at_ms = Some(at_ms);
            session.happened("VOID", minor, at_ms);
        } else if !manual {
            let after_ms = session.capture_after_ms;
            match after_ms {
                0 => self.capture_whole(place, at_ms),
                after_ms => self.write(at_ms + after_ms, place, Due::AutoCapture),
            }
        }
        self.tell(place);
    }

    fn decline(&mut self, place: usize, at_ms: u64) {
        let charge = &mut self.ledger.charges[place];
        if charge.standing != Standing::Processing {
            return;
        }
        charge.standing = Standing::Declined;
        let minor = charge.asked_minor;
        let session = &mut self.sessions[place];
        session.updated_ms = at_ms;
        session.events.push(Happened {
            name: "AUTHORIZE",
            minor,
            at_ms,
            error: Some("INSUFFICIENT_FUNDS"),
            ..Happened::default()
        });
        // Nobody is told of a decline who did not ask for it.
        if session.reports("report_error=true") {
            self.tell(place);
        }
    }

    fn auto_capture(&mut self, place: usize, at_ms: u64) {
        let charge = &self.ledger.charges[place];
        if charge.standing == Standing::Taken && charge.captured_minor == 0 {
            self.capture_whole(place, at_ms);
            self.tell(place);
        }
    }

    fn capture_whole(&mut self, place: usize, at_ms: u64) {
        let charge = &mut self.ledger.charges[place];
        charge.captured_minor = charge.authorized_minor;
        self.sessions[place].happened("CAPTURE", charge.authorized_minor, at_ms);
    }

    pub(super) fn operate(
        &mut self,
        place: usize,
        verb: &str,
        body: &str,
        now_ms: u64,
        orders: &mut Orders,
    ) -> Response {
        let kind = match verb {
            "capture" => Kind::Capture,
            "refund" => Kind::Refund,
            "void" => Kind::Void,
            _ => return not_found(),
        };
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        let named = |name: &str| body[name].as_str().unwrap_or_default().into();
        let reference: Box<str> = match kind {
            Kind::Capture => named("capture_reference"),
            Kind::Refund => named("refund_reference"),
            Kind::Void => "".into(),
        };
        let asked = body["amount"].as_i64().unwrap_or_default();
        let minor =
            if kind == Kind::Void { self.ledger.charges[place].authorized_minor } else { asked };
        if !self.is_possible(place, kind, minor) {
            return refused(400, "the transaction does not allow this");
        }
        let request = format!("request-{}", self.written).into();
        let pending = Pending { request, kind, reference, minor };
        if self.rules.accepts_first && orders.draws.chance(200) {
            return self.accept(place, pending, now_ms, orders);
        }
        self.done(place, &pending, true, now_ms);
        answer(200, self.transaction(place).to_string())
    }

    /// Taken on, and done or failed within minutes.
    fn accept(
        &mut self,
        place: usize,
        pending: Pending,
        now_ms: u64,
        orders: &mut Orders,
    ) -> Response {
        let longest = orders.draws.pick(&[5_000, 60_000, 600_000]);
        let done_ms = now_ms + orders.draws.between(500, longest);
        let well = !orders.draws.chance(30);
        let session = &mut self.sessions[place];
        session.events.push(Happened {
            name: match pending.kind {
                Kind::Capture => "INITIATE_CAPTURE",
                Kind::Refund => "INITIATE_REFUND",
                Kind::Void => "INITIATE_VOID",
            },
            success: true,
            minor: pending.minor,
            at_ms: now_ms,
            reference: Some(pending.reference.clone()).filter(|reference| !reference.is_empty()),
            request: Some(pending.request.clone()),
            ..Happened::default()
        });
        let request = pending.request.clone();
        session.pending.push(pending);
        self.write(done_ms, place, Due::Finish { request: request.clone(), well });
        let mut response = answer(202, self.transaction(place).to_string());
        response.headers.push(("event-request-id".into(), request));
        response
    }

    fn finish(&mut self, place: usize, request: &str, well: bool, at_ms: u64) {
        let pending = &mut self.sessions[place].pending;
        let Some(at) = pending.iter().position(|one| &*one.request == request) else { return };
        let one = pending.remove(at);
        let well = well && self.is_possible(place, one.kind, one.minor);
        self.done(place, &one, well, at_ms);
        self.tell(place);
    }

    /// What is under way counts as if it were done.
    fn is_possible(&self, place: usize, kind: Kind, minor: i64) -> bool {
        let charge = &self.ledger.charges[place];
        let under_way = |kind: Kind| -> i64 {
            let pending = self.sessions[place].pending.iter();
            pending.filter(|one| one.kind == kind).map(|one| one.minor).sum()
        };
        let captured = charge.captured_minor + under_way(Kind::Capture);
        let standing = charge.standing == Standing::Taken && under_way(Kind::Void) == 0;
        let positive = minor > 0;
        standing
            && positive
            && match kind {
                Kind::Capture => captured + minor <= charge.authorized_minor,
                Kind::Refund => {
                    let returned = charge.returned_minor() + under_way(Kind::Refund);
                    returned + minor <= charge.captured_minor
                }
                Kind::Void => captured == 0,
            }
    }

    /// One operation is over, well or not; what was begun earlier is named by its request alone.
    fn done(&mut self, place: usize, one: &Pending, well: bool, at_ms: u64) {
        let begun = self.sessions[place]
            .events
            .iter()
            .any(|event| event.request.as_ref() == Some(&one.request));
        let reference = Some(one.reference.clone()).filter(|text| !text.is_empty() && !begun);
        let charge = &mut self.ledger.charges[place];
        let name = match one.kind {
            Kind::Capture => "CAPTURE",
            Kind::Refund => "REFUND",
            Kind::Void => "VOID",
        };
        self.sessions[place].updated_ms = at_ms;
        self.sessions[place].events.push(Happened {
            name,
            success: well,
            minor: one.minor,
            at_ms,
            reference,
            finishes: begun.then(|| one.request.clone()),
            error: (!well).then_some("ERROR"),
            ..Happened::default()
        });
        if !well {
            return;
        }
        match one.kind {
            Kind::Void => {
                charge.standing = Standing::Reversed;
                charge.reversed_at_ms = Some(at_ms);
            }
            Kind::Capture => {
                charge.captured_minor += one.minor;
                self.moved(place, false, one, at_ms);
            }
            Kind::Refund => self.moved(place, true, one, at_ms),
        }
    }

    fn moved(&mut self, place: usize, refund: bool, one: &Pending, at_ms: u64) {
        let reference = one.reference.clone();
        let step = Move { refund, reference, minor: one.minor, at_ms };
        self.ledger.charges[place].moves.push(step);
    }
}
