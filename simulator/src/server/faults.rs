//! What a script lets go wrong between a till and a provider.

use serde::{Deserialize, Serialize};
use tillkit_model::wire::{Method, Request};

use crate::fakes::Trouble;

/// A fault, for the next requests that fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    /// What goes wrong.
    pub fault: Fault,
    /// How often; once unless said.
    #[serde(default = "once")]
    pub times: u32,
    /// Only requests whose path contains this.
    #[serde(default)]
    pub path: String,
    /// Only requests of this method, in capital letters.
    #[serde(default)]
    pub method: Option<String>,
}

/// What goes wrong. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Fault {
    /// An exchange, or its answer, is lost.
    Lose {
        /// When.
        when: Loss,
    },
    /// The answer comes later.
    Delay {
        /// By so much, on the simulator's clock.
        ms: u64,
    },
    /// The request arrives twice.
    Repeat,
    /// A 5xx, and nothing ran.
    ErrorBefore,
    /// It ran, and the answer is a 5xx.
    ErrorAfter,
    /// A 429.
    RateLimited,
    /// A 401.
    CredentialsRefused,
    /// A login page in place of the API.
    LoginPage,
    /// The next webhook is never sent.
    DropWebhook,
    /// The next webhook is sent twice.
    DoubleWebhook,
    /// The next webhook is sent later.
    DelayWebhook {
        /// By so much, on the simulator's clock.
        ms: u64,
    },
    /// The next two webhooks change places.
    ReorderWebhooks,
}

/// When an exchange is lost. Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Before the provider saw it.
    BeforeArrival,
    /// After it ran: nobody hears of it.
    AfterWork,
}

const fn once() -> u32 {
    1
}

impl Planned {
    /// The next one request meets this.
    #[must_use]
    pub const fn once(fault: Fault) -> Self {
        Self { fault, times: 1, path: String::new(), method: None }
    }

    pub(super) fn fits(&self, request: &Request) -> bool {
        let method = self.method.as_deref().is_none_or(|method| method == request.method.as_str());
        !self.fault.is_of_webhooks() && method && request.path.contains(&self.path)
    }
}

impl Fault {
    pub(super) const fn is_of_webhooks(self) -> bool {
        matches!(
            self,
            Self::DropWebhook
                | Self::DoubleWebhook
                | Self::DelayWebhook { .. }
                | Self::ReorderWebhooks
        )
    }

    /// What the provider itself is asked to do wrong.
    pub(super) const fn trouble(self) -> Trouble {
        match self {
            Self::ErrorBefore => Trouble::ErrorBefore,
            Self::ErrorAfter => Trouble::ErrorAfter,
            Self::RateLimited => Trouble::RateLimited,
            Self::CredentialsRefused => Trouble::CredentialsRefused,
            Self::LoginPage => Trouble::LoginPage,
            Self::Lose { .. }
            | Self::Delay { .. }
            | Self::Repeat
            | Self::DropWebhook
            | Self::DoubleWebhook
            | Self::DelayWebhook { .. }
            | Self::ReorderWebhooks => Trouble::None,
        }
    }
}

/// Takes the first planned fault that fits.
pub(super) fn take(plans: &mut Vec<Planned>, fits: impl Fn(&Planned) -> bool) -> Option<Fault> {
    let place = plans.iter().position(fits)?;
    let fault = plans[place].fault;
    plans[place].times = plans[place].times.saturating_sub(1);
    if plans[place].times == 0 {
        plans.remove(place);
    }
    Some(fault)
}

/// The method of that name.
pub(super) fn method(name: &str) -> Option<Method> {
    [Method::Get, Method::Post, Method::Put, Method::Delete]
        .into_iter()
        .find(|method| method.as_str() == name)
}
