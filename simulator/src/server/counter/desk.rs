//! Who answers at the counter: files of the page, its live view, what it asks of the till, and the
//! notifications of the providers.

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};

use hyper::{Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use tillkit::till::{Error, Till};
use tillkit_model::error::Code;
use tillkit_model::ids::PaymentId;
use tillkit_model::wire::Method;

use super::asks::{self, Sale, read};
use super::shop::{PLACES, Place, TROUBLES};
use super::{live, page};
use crate::server::Control;
use crate::server::annex::{Annex, Answering};
use crate::server::http::{Arrival, Body, whole};

const JSON: &str = "application/json";

/// A till, the levers, and where they are.
pub(super) struct Desk {
    pub(super) till: Arc<Till>,
    pub(super) control: Control,
    at: SocketAddr,
    guests: RwLock<Vec<Seller>>,
}

/// A till whose payments are on the page.
#[derive(Clone)]
pub(super) struct Seller {
    pub(super) till: Arc<Till>,
    /// What its accounts' names have before the provider's.
    pub(super) prefix: &'static str,
}

/// A switch for something that goes wrong once.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    provider: String,
    trouble: String,
    on: bool,
}

impl Desk {
    pub(super) fn new(till: Till, control: Control, at: SocketAddr) -> Self {
        Self { till: Arc::new(till), control, at, guests: RwLock::default() }
    }

    pub(super) fn joined_by(&self, guest: Seller) {
        self.guests.write().unwrap_or_else(PoisonError::into_inner).push(guest);
    }

    /// Everybody whose payments are on the page.
    pub(super) fn sellers(&self) -> Vec<Seller> {
        let own = Seller { till: Arc::clone(&self.till), prefix: "" };
        let guests = self.guests.read().unwrap_or_else(PoisonError::into_inner);
        std::iter::once(own).chain(guests.iter().cloned()).collect()
    }

    /// The till that has this payment; the counter's own where none has.
    async fn seller_of(&self, payment: PaymentId) -> Result<Arc<Till>, Error> {
        for Seller { till, .. } in self.sellers() {
            if till.payment(payment).await?.is_some() {
                return Ok(till);
            }
        }
        Ok(Arc::clone(&self.till))
    }

    /// Connects the accounts, takes the terminals in hand, and asks to be notified.
    pub(super) async fn move_in(&self) -> Result<(), Error> {
        for place in PLACES {
            self.control.hold(place.provider, &(place.terminal)());
            self.control.notify(place.provider, place.target(self.at));
            self.till.connect(place.connect(self.at)?).await?;
        }
        Ok(())
    }

    pub(super) async fn close(&self) {
        // Closed before is closed too.
        self.till.close().await.ok();
    }

    async fn serve(self: Arc<Self>, arrival: Arrival) -> Response<Body> {
        let whole_path = arrival.path.clone();
        let path = whole_path.split('?').next().unwrap_or_default();
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        match (arrival.method, parts.as_slice()) {
            (Method::Get, ["counter", "events"]) => {
                let stirred = self.control.watch();
                let body = live::events(self, stirred);
                page::answer(StatusCode::OK, "text/event-stream", body)
            }
            (Method::Get, _) => page::file(path).unwrap_or_else(not_found),
            (Method::Post, ["counter", "webhooks", account]) => {
                self.notified(account, &arrival).await
            }
            // Only this page's scripts can say so: another site's would be asked for its right.
            (Method::Post, _) if arrival.header("content-type") != Some(JSON) => {
                page::answer(StatusCode::UNSUPPORTED_MEDIA_TYPE, JSON, whole(Vec::new()))
            }
            (Method::Post, ["counter", rest @ ..]) => told(self.ask(rest, &arrival.body).await),
            _ => not_found(),
        }
    }

    async fn ask(&self, path: &[&str], body: &[u8]) -> Result<Value, Error> {
        match path {
            ["sales"] => read::<Sale>(body)?.start(&self.till).await,
            ["payments", payment, verb] => {
                let payment = PaymentId::parse(payment)
                    .map_err(|_| Error::new(Code::UnknownPayment).field("payment"))?;
                let till = self.seller_of(payment).await?;
                asks::act(&till, payment, verb, body).await
            }
            ["troubles"] => self.switch(&read(body)?),
            _ => Err(Error::new(Code::Unsupported).message("the counter has no such thing")),
        }
    }

    fn switch(&self, switch: &Switch) -> Result<Value, Error> {
        let unknown = |field| Error::new(Code::InvalidField).field(field).rule("one-of");
        let place = Place::named(&switch.provider).ok_or_else(|| unknown("provider"))?;
        let trouble = TROUBLES.iter().find(|trouble| trouble.name == switch.trouble);
        let planned = place.planned(trouble.ok_or_else(|| unknown("trouble"))?)?;
        self.control.spare(place.provider, &planned);
        if switch.on {
            self.control.fault(place.provider, planned);
        }
        Ok(json!({ "done": true }))
    }

    async fn notified(&self, account: &str, arrival: &Arrival) -> Response<Body> {
        let headers: Vec<(&str, &str)> =
            arrival.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let method = arrival.method.as_str();
        let heard =
            self.till.webhook(account, method, &arrival.path, &headers, &arrival.body).await;
        let status = StatusCode::from_u16(heard.status).unwrap_or(StatusCode::OK);
        page::answer(status, "text/plain; charset=utf-8", whole(heard.body.into()))
    }
}

impl Annex for Desk {
    fn answer(self: Arc<Self>, arrival: Arrival) -> Answering {
        Box::pin(self.serve(arrival))
    }
}

fn told(answered: Result<Value, Error>) -> Response<Body> {
    let (status, body) = match answered {
        Ok(value) => (StatusCode::OK, value),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, json!(error)),
    };
    page::answer(status, JSON, whole(body.to_string().into()))
}

fn not_found() -> Response<Body> {
    page::answer(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", whole("not here".into()))
}
