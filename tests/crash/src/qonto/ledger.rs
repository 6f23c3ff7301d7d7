//! What really happened: every prompt on every terminal, and what the customer did.

use serde_json::{Value, json};

const CREATED_AT: &str = "2026-11-20T09:00:00Z";

/// One prompt on a terminal.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// When it was pushed, by the shop's wall clock.
    pub at_ms: i64,
    /// The key that it came with.
    pub key: String,
    /// The till's payment id, from its metadata.
    pub payment: String,
    /// The till's own name for the sale, from its metadata.
    pub reference: String,
    /// The provider's id of it.
    pub charge: String,
    /// Whether the customer paid; declined otherwise.
    pub paid: bool,
    pub(super) terminal: String,
    pub(super) amount: Value,
    pub(super) metadata: Value,
    pub(super) reads: u32,
}

/// All prompts, in their order.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// The prompts.
    pub prompts: Vec<Prompt>,
}

impl Ledger {
    /// How often a sale was rung up.
    #[must_use]
    pub fn prompts_of(&self, reference: &str) -> usize {
        self.prompts.iter().filter(|prompt| prompt.reference == reference).count()
    }

    /// How often a sale was charged.
    #[must_use]
    pub fn charges_of(&self, reference: &str) -> usize {
        let prompts = self.prompts.iter().filter(|prompt| prompt.reference == reference);
        prompts.filter(|prompt| prompt.paid).count()
    }

    pub(super) fn prompt_mut(&mut self, charge: &str) -> Option<&mut Prompt> {
        self.prompts.iter_mut().find(|prompt| prompt.charge == charge)
    }

    /// The 202 of a push.
    pub(super) fn accepted(&self, charge: &str) -> Value {
        let prompt = self.prompts.iter().find(|prompt| prompt.charge == charge);
        json!({ "terminal_payment": prompt.map(Prompt::core) })
    }
}

impl Prompt {
    fn core(&self) -> Value {
        json!({
            "id": self.charge,
            "terminal_id": self.terminal,
            "amount": self.amount,
            "metadata": self.metadata,
            "created_at": CREATED_AT,
        })
    }

    /// What a read shows.
    pub(super) fn shown(&self, pending: bool) -> Value {
        let mut payment = self.core();
        if pending {
            payment["status"] = "PENDING".into();
        } else if self.paid {
            payment["status"] = "AUTHORIZED".into();
            payment["authorized_amount"] = self.amount.clone();
            payment["payment_method"] = "visa".into();
            payment["card_summary"] = "4242".into();
        } else {
            payment["status"] = "REFUSED".into();
            payment["failure_reason"] = "insufficient_funds".into();
        }
        json!({ "terminal_payment": payment })
    }

    /// The notification of how it ended.
    #[must_use]
    pub fn notification(&self) -> String {
        let mut data = self.core();
        // Metadata is text here, and an object everywhere else.
        data["metadata"] = self.metadata.to_string().into();
        if self.paid {
            data["event"] = "authorized".into();
            data["authorized_amount"] = self.amount.clone();
        } else {
            data["event"] = "refused".into();
            data["failure_reason"] = "insufficient_funds".into();
        }
        json!({ "id": self.charge, "type": "v1/terminal-payments", "data": data }).to_string()
    }
}
