//! A payment found by what its receipt shows: the short code that a customer reads out to ask for a
//! refund.
//!
//! Nobody is asked but the journal. Providers use a short code anew after some years, so the newest
//! payment that has it is meant.

use tillkit_model::error::Error;
use tillkit_model::ids::AccountName;
use tillkit_model::payment::summary::Summary;

use super::{Query, Till, connect};

/// How many payments are looked through at once.
const PAGE: u32 = 200;

impl Till {
    /// The newest payment of an account that has this short code, or the code of something that was
    /// done to it, which is the same with a number behind it.
    ///
    /// # Errors
    /// When the journal cannot tell.
    pub async fn payment_by_short_code(
        &self,
        account: &str,
        code: &str,
    ) -> Result<Option<Summary>, Error> {
        let account: AccountName = connect::account_name(account)?;
        let code = code.trim().to_ascii_uppercase();
        let mut before = None;
        loop {
            let account = Some(account.as_str().into());
            let query = Query { account, before, limit: PAGE, ..Query::default() };
            let page = self.payments(query).await?;
            // A payment that cannot be read hides no other one.
            let readable = page.payments.into_iter().filter_map(Result::ok);
            let found = readable.into_iter().find(|payment| is_named(payment, &code));
            if found.is_some() || page.next.is_none() {
                return Ok(found);
            }
            before = page.next;
        }
    }
}

fn is_named(payment: &Summary, code: &str) -> bool {
    let known = payment.details.as_ref().and_then(|details| details.short_code.as_deref());
    known.is_some_and(|known| {
        let rest = code.strip_prefix(&known.to_ascii_uppercase());
        rest.is_some_and(|rest| {
            let number = rest.strip_prefix('-').filter(|number| !number.is_empty());
            rest.is_empty()
                || number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        })
    })
}
