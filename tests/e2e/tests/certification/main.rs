//! What the providers' guides demand, each demand as a story whose exchange with the server is
//! looked at: `docs/certification.json` names the story of each.

mod centrapay;
mod dintero;
mod holds;
mod qonto;
mod rules;
mod vinr;

use serde_json::Value;
use tillkit::till::{Money, Outcome, Progress, SaleRequest, Summary};
use tillkit_e2e::{At, Shop};
use tillkit_model::ids::{PaymentId, Reference};
use tillkit_model::money::Currency;
use tillkit_model::sale::{Capture, ItemRequest};
use tillkit_simulator::server::{Exchanged, Fault, Loss, Planned};

/// Tells a story at one provider.
fn at(stand: &str, story: impl AsyncFn(Shop)) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async { story(Shop::open(At::named(stand)).await).await });
}

/// The body that was sent, as JSON.
fn sent(exchanged: &Exchanged) -> Value {
    serde_json::from_str(&exchanged.body).unwrap_or(Value::Null)
}

/// The body that was answered, as JSON.
fn answered(exchanged: &Exchanged) -> Value {
    serde_json::from_str(&exchanged.answer).unwrap_or(Value::Null)
}

fn header<'a>(exchanged: &'a Exchanged, name: &str) -> Option<&'a str> {
    let found = exchanged.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

fn statuses(exchanged: &[Exchanged]) -> Vec<u16> {
    exchanged.iter().map(|one| one.status).collect()
}

/// The requests that started sales.
fn starts(shop: &Shop) -> Vec<Exchanged> {
    let all = shop.asked("POST", shop.at.start_path).into_iter();
    let place = |one: &Exchanged| one.path.split('?').next().unwrap_or_default().to_owned();
    all.filter(|one| place(one).ends_with(shop.at.start_path)).collect()
}

/// Every request of this kind fails until it is mended.
fn fails(shop: &Shop, fault: Fault, method: &str, path: &str) {
    let (path, method) = (path.to_owned(), Some(method.to_owned()));
    let planned = Planned { times: u32::MAX, path, method, ..Planned::once(fault) };
    shop.control().fault(shop.at.stand, planned);
}

fn lost_after_work(shop: &Shop, path: &str) {
    shop.fault(Fault::Lose { when: Loss::AfterWork }, "POST", path);
}

async fn is_paid(shop: &Shop) -> Summary {
    let paid = shop.settled(shop.pay("order-1").await.id).await;
    assert_eq!(paid.outcome, Outcome::Paid, "{paid:?} {:?}", starts(shop));
    assert_eq!(shop.charge_of(paid.id).authorized_minor, 1_330);
    paid
}

fn reference(text: &str) -> Reference {
    Reference::parse(text).unwrap()
}

fn money(shop: &Shop, minor: i64) -> Option<Money> {
    Money::from_minor(minor, Currency::parse(shop.at.currency).unwrap()).ok()
}

/// A sale that is captured only when the till says so.
fn held(shop: &Shop) -> SaleRequest {
    let items = match shop.at.provider {
        "centrapay" => vec![ItemRequest::new("Coffee", "13.30")],
        _ => Vec::new(),
    };
    SaleRequest { capture: Capture::Manual, items, ..shop.at.sale("order-1") }
}

/// Looks until the operation of this reference is over, and succeeded.
async fn done(shop: &Shop, payment: PaymentId, name: &str) -> Summary {
    for _ in 0..400_000 {
        let summary = shop.till.payment(payment).await.unwrap().unwrap();
        let named = summary.operations.iter().find(|operation| {
            operation.reference.as_ref().is_some_and(|known| known.as_str() == name)
        });
        match named.map(|operation| operation.progress) {
            Some(Progress::Done) => return summary,
            Some(Progress::Refused) => panic!("{name} was refused"),
            _ => {}
        }
    }
    panic!("nobody finds out what became of {name}");
}
