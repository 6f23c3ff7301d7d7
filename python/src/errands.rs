//! What is asked beside payments, one method each.

use pyo3::prelude::*;
use tillkit::boundary::{Consent, WebhookDelivery};

use crate::face::Core;
use crate::pending::Pending;

#[pymethods]
impl Core {
    fn capabilities(&self, account: String) -> Pending {
        self.call(|till| async move { till.capabilities(account).await })
    }

    fn probe(&self, account: String) -> Pending {
        self.call(|till| async move { till.probe(account).await })
    }

    fn terminals(&self, account: String) -> Pending {
        self.call(|till| async move { till.terminals(account).await })
    }

    fn terminal(&self, account: String, id: String) -> Pending {
        self.call(|till| async move { till.terminal(account, id).await })
    }

    fn register_terminal(
        &self,
        account: String,
        serial: String,
        store: Option<String>,
        model: Option<String>,
    ) -> Pending {
        self.call(|till| async move { till.register_terminal(account, serial, store, model).await })
    }

    fn stores(&self, account: String) -> Pending {
        self.call(|till| async move { till.stores(account).await })
    }

    fn register_store(
        &self,
        account: String,
        id: String,
        name: String,
        organization: Option<String>,
    ) -> Pending {
        self.call(|till| async move { till.register_store(account, id, name, organization).await })
    }

    fn authorize(&self, account: String, redirect_uri: String) -> Pending {
        self.call(|till| async move { till.authorize(account, redirect_uri).await })
    }

    fn authorized(
        &self,
        account: String,
        consent: &Bound<'_, PyAny>,
        state: String,
        code: String,
    ) -> PyResult<Pending> {
        let consent = Consent {
            url: consent.getattr("url")?.extract()?,
            state: consent.getattr("state")?.extract()?,
            redirect_uri: consent.getattr("redirect_uri")?.extract()?,
        };
        Ok(self.call(|till| async move { till.authorized(account, consent, state, code).await }))
    }

    fn webhook(
        &self,
        account: String,
        method: String,
        url: String,
        headers: Vec<(String, String)>,
        body: &[u8],
    ) -> Pending {
        let delivery = WebhookDelivery { method, url, headers, body: body.to_vec() };
        self.call(|till| async move { Ok(till.webhook(account, delivery).await) })
    }

    fn recover_hints(&self, account: String, past_ms: u64) -> Pending {
        self.call(|till| async move { till.recover_hints(account, past_ms).await })
    }

    fn subscribe(&self, account: String, url: String, events: Vec<String>) -> Pending {
        self.call(|till| async move { till.subscribe(account, url, events).await })
    }

    fn subscriptions(&self, account: String) -> Pending {
        self.call(|till| async move { till.subscriptions(account).await })
    }

    fn unsubscribe(&self, account: String, id: String) -> Pending {
        self.call(|till| async move { till.unsubscribe(account, id).await })
    }

    fn callback_secret(&self, account: String) -> Pending {
        self.call(|till| async move { till.callback_secret(account).await })
    }

    fn end_of_day(&self, account: String, terminal: String, key: String) -> Pending {
        self.call(|till| async move { till.end_of_day(account, terminal, key).await })
    }

    fn terminal_operation(
        &self,
        account: String,
        terminal: String,
        operation: String,
        key: String,
    ) -> Pending {
        self.call(
            |till| async move { till.terminal_operation(account, terminal, operation, key).await },
        )
    }

    fn terminal_operation_read(&self, account: String, terminal: String, id: String) -> Pending {
        self.call(|till| async move { till.terminal_operation_read(account, terminal, id).await })
    }

    fn receipt(&self, payment: String) -> Pending {
        self.call(|till| async move { till.receipt(payment).await })
    }

    fn report(&self, account: Option<String>, from_ms: i64, to_ms: i64) -> Pending {
        self.call(|till| async move { till.report(account, from_ms, to_ms).await })
    }

    fn reconcile(&self, account: String, from_ms: i64, to_ms: i64) -> Pending {
        self.call(|till| async move { till.reconcile(account, from_ms, to_ms).await })
    }
}
