//! A Qonto that accepts every push and shows every charge as waiting for a card, or as paid: what
//! the real one says, and as long.

use std::fmt::Write as _;

use tillkit_model::ids::PaymentId;
use tillkit_model::sale::metadata::PAYMENT_KEY;
use tillkit_model::wire::{Method, Request, Response};

/// What it holds of each charge: 24 bytes.
#[derive(Debug, Clone, Copy)]
struct Pushed {
    payment: PaymentId,
    terminal: u64,
}

/// The provider. Charges are numbered in the order of their pushes.
pub struct Qonto {
    pushed: Vec<Pushed>,
    first: u64,
    /// What a read of a charge shows: paid, or waiting for a card.
    is_paid: Box<dyn Fn(u64) -> bool + Send>,
}

impl Qonto {
    /// Reads show each charge as this says, by its number. Room is made for so many charges, so
    /// that its own memory does not grow while another's is measured.
    #[must_use]
    pub fn new(room: usize, is_paid: impl Fn(u64) -> bool + Send + 'static) -> Self {
        let nobody = Pushed { payment: PaymentId::from_bytes([0; 16]), terminal: 0 };
        let mut pushed = vec![nobody; room];
        pushed.clear();
        Self { pushed, first: 0, is_paid: Box::new(is_paid) }
    }

    /// Numbers charges from here.
    pub fn number_from(&mut self, first: u64) {
        self.first = first;
    }

    /// The payments whose charges it holds, in the order of their pushes.
    #[must_use]
    pub fn payments(&self) -> Vec<PaymentId> {
        self.pushed.iter().map(|pushed| pushed.payment).collect()
    }

    /// Answers a request.
    pub fn answer(&mut self, request: &Request) -> Response {
        let body = request.body.as_deref().unwrap_or("");
        let (status, body) = self.answer_text(request.method, &request.path, body);
        let kind = ("content-type".into(), "application/json; charset=utf-8".into());
        Response { status, headers: vec![kind], body: body.into_bytes(), truncated: false }
    }

    /// Answers a request: status and body.
    pub fn answer_text(&mut self, method: Method, path: &str, body: &str) -> (u16, String) {
        let answered = match method {
            Method::Post => self.push(path, body),
            Method::Get => self.read(path),
            Method::Put | Method::Delete => None,
        };
        answered.unwrap_or((404, r#"{"errors":[{"code":"not_found"}]}"#.to_owned()))
    }

    fn push(&mut self, path: &str, body: &str) -> Option<(u16, String)> {
        let terminal = numbered(path.split('/').nth(3)?)?;
        let body: serde_json::Value = serde_json::from_str(body).ok()?;
        let payment = PaymentId::parse(body.get("metadata")?.get(PAYMENT_KEY)?.as_str()?).ok()?;
        let number = self.first.checked_add(u64::try_from(self.pushed.len()).ok()?)?;
        let pushed = Pushed { payment, terminal };
        self.pushed.push(pushed);
        Some((202, record(number, pushed, None)))
    }

    fn read(&self, path: &str) -> Option<(u16, String)> {
        let number = number_of_charge(path.rsplit('/').next()?)?;
        let place = usize::try_from(number.checked_sub(self.first)?).ok()?;
        let pushed = *self.pushed.get(place)?;
        Some((200, record(number, pushed, Some((self.is_paid)(number)))))
    }
}

/// A terminal's id.
#[must_use]
pub fn terminal(number: u64) -> String {
    format!("7e000000-0000-4000-8000-{number:012x}")
}

/// A charge's id: a number that looks like a random one, and can be told back.
#[must_use]
pub fn charge(number: u64) -> String {
    let mixed = number.wrapping_mul(MIXER);
    let (high, middle, low) = (mixed >> 32, (mixed >> 16) & 0xffff, mixed & 0xffff);
    format!("{high:08x}-{middle:04x}-4000-8000-{low:012x}")
}

const MIXER: u64 = 0x9e37_79b9_7f4a_7c15;
/// Undoes the mixing: the product of the two is one.
const UNMIXER: u64 = inverse(MIXER);

/// Newton's method: each step doubles the bits that are right.
const fn inverse(odd: u64) -> u64 {
    let mut found = odd;
    let mut step = 0;
    while step < 6 {
        found = found.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(found)));
        step += 1;
    }
    found
}

fn number_of_charge(id: &str) -> Option<u64> {
    let high = u64::from_str_radix(id.get(0..8)?, 16).ok()?;
    let middle = u64::from_str_radix(id.get(9..13)?, 16).ok()?;
    let low = u64::from_str_radix(id.get(24..36)?, 16).ok()?;
    Some((high << 32 | middle << 16 | low).wrapping_mul(UNMIXER))
}

fn numbered(id: &str) -> Option<u64> {
    u64::from_str_radix(id.get(24..36)?, 16).ok()
}

/// A terminal payment as Qonto writes it, between 450 and 600 bytes; `paid` is none in a 202.
fn record(number: u64, pushed: Pushed, paid: Option<bool>) -> String {
    let (charge, terminal) = (charge(number), terminal(pushed.terminal));
    let mut text = format!(
        "{{\"terminal_payment\":{{\"id\":\"{charge}\",\"terminal_id\":\"{terminal}\",\
         \"amount\":{{\"value\":\"13.30\",\"currency\":\"EUR\"}},\
         \"metadata\":{{\"table\":\"12\",\"{PAYMENT_KEY}\":\"{}\",\
         \"tillkit_reference\":\"order-{number:010}\"}},\
         \"organization_id\":\"0199f0f2-7d5b-7c1e-9f6a-3c2b1a0d4e5f\",\
         \"created_at\":\"2026-11-20T09:00:00.123Z\",\"updated_at\":\"2026-11-20T09:00:00.456Z\"",
        pushed.payment
    );
    let more = match paid {
        None => "",
        Some(false) => ",\"status\":\"PENDING\"",
        Some(true) => {
            ",\"status\":\"AUTHORIZED\",\"authorized_amount\":{\"value\":\"13.30\",\
             \"currency\":\"EUR\"},\"payment_method\":\"visa\",\"card_summary\":\"4242\""
        }
    };
    // Writing to a text cannot fail.
    let _infallible = write!(text, "{more}}}}}");
    text
}

#[cfg(test)]
mod tests;
