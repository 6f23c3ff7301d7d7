//! A provider's hosts, and how a request of its desk leaves for one of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use tillkit_model::error::{Code, Error};
use tillkit_model::provider::{DeskRequest, Reach, Secret as Given};
use tillkit_model::wire::Request;

use crate::transport::{Endpoint, Secret};

/// Base addresses that were checked, without credentials.
#[derive(Debug, Clone)]
pub(crate) struct Hosts {
    payments: Endpoint,
    others: BTreeMap<&'static str, Endpoint>,
}

impl Hosts {
    /// Checks every address.
    pub(crate) fn parse(
        base_url: &str,
        others: &[(&'static str, String)],
        reach: Reach,
    ) -> Result<Self, Error> {
        let payments = Endpoint::parse(base_url, reach)?;
        let parse =
            |(name, url): &(&'static str, String)| Ok((*name, Endpoint::parse(url, reach)?));
        let others = others.iter().map(parse).collect::<Result<_, Error>>()?;
        Ok(Self { payments, others })
    }

    /// One host only.
    pub(crate) fn only(payments: Endpoint) -> Self {
        Self { payments, others: BTreeMap::new() }
    }

    /// Which host payments go to.
    pub(crate) fn origin(&self) -> String {
        self.payments.origin()
    }

    /// Where payments go, with these headers.
    pub(crate) fn payments(&self, headers: &[(&'static str, Given)]) -> Result<Endpoint, Error> {
        with(self.payments.clone(), headers)
    }

    /// A request as it leaves; `own` are the account's headers, where the request brings none.
    pub(crate) fn outbound(
        &self,
        asked: DeskRequest,
        own: &[(&'static str, Given)],
    ) -> Result<(Arc<Endpoint>, Request), Error> {
        let DeskRequest { host, mut request, secret_headers, secret_body } = asked;
        let base = match host {
            None => &self.payments,
            Some(name) => self.others.get(name).ok_or_else(|| unknown_host(name))?,
        };
        let endpoint = with(base.clone(), secret_headers.as_deref().unwrap_or(own))?;
        if let Some(body) = secret_body {
            request.body = Some(body.expose().into());
        }
        Ok((Arc::new(endpoint), request))
    }
}

fn with(endpoint: Endpoint, headers: &[(&'static str, Given)]) -> Result<Endpoint, Error> {
    headers.iter().try_fold(endpoint, |endpoint, (name, secret)| {
        endpoint.secret_header(name, Secret::new(secret.expose()))
    })
}

fn unknown_host(name: &str) -> Error {
    Error::new(Code::Internal).message(format!("the provider's settings name no host {name:?}"))
}
