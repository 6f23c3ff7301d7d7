//! Everything at Marlin that is not a sale: its devices, and notifications.

use serde::Deserialize;
use tillkit_model::error::{Code, Error};
use tillkit_model::provider::{
    Delivery, Desk, DeskRequest, Errand, Finding, Notice, Page, Readiness, Refused, Terminal, Trust,
};
use tillkit_model::time::Moment;
use tillkit_model::wire::Exchange;

use super::{request, webhook};

/// The desk.
pub(super) struct Counter;

#[derive(Deserialize)]
struct Devices {
    devices: Vec<Device>,
}

#[derive(Deserialize)]
struct Device {
    id: String,
    name: Option<String>,
    ready: bool,
}

impl Desk for Counter {
    fn request(&self, errand: &Errand) -> Option<DeskRequest> {
        matches!(errand, Errand::Terminals { .. }).then(|| DeskRequest::of(request::devices()))
    }

    fn answer(&self, _: &Errand, exchange: &Exchange) -> Result<Finding, Error> {
        let unreachable = |_: &_| Error::new(Code::ProviderUnreachable);
        let response = exchange.as_ref().map_err(unreachable)?;
        let devices: Option<Devices> =
            serde_json::from_slice(&response.body).ok().filter(|_| response.status == 200);
        let Devices { devices } = devices.ok_or(Error::new(Code::ProviderUnreachable))?;
        let items = devices.into_iter().map(terminal).collect();
        Ok(Finding::Terminals(Page { items, next: None }))
    }

    fn probes(&self) -> Vec<Errand> {
        vec![Errand::Terminals { cursor: None }]
    }

    fn notified(
        &self,
        delivery: &Delivery<'_>,
        trust: &Trust<'_>,
        _: &Moment,
    ) -> Result<Notice, Refused> {
        webhook::notified(delivery, trust)
    }
}

fn terminal(device: Device) -> Terminal {
    let readiness = if device.ready { Readiness::Ready } else { Readiness::NotReady };
    let name = device.name.map(Into::into);
    Terminal { id: device.id.into(), name, serial: None, store: None, readiness, status: None }
}
