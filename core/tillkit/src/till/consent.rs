//! Consent: where a merchant gives it, and the code that comes back.

use tillkit_model::error::{Code, Error};
use tillkit_model::provider::{AuthorizeAsk, Grant, Secret};
use tillkit_model::time::Entropy;

use super::{Till, connect};

/// A consent that was asked for. The host keeps it with the merchant's session until the code
/// comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Where to send the merchant.
    pub url: String,
    /// What has to come back with the code, unchanged.
    pub state: String,
    /// Where the merchant comes back to.
    pub redirect_uri: String,
}

/// How many random bytes make a state.
const STATE_BYTES: usize = 16;

impl Till {
    /// Where to send the merchant for consent, who comes back to `redirect_uri` with a code for
    /// [`Self::authorized`].
    ///
    /// # Errors
    /// `unknown-account` when it is not connected; `unsupported` where no consent is needed.
    pub fn authorize(&self, account: &str, redirect_uri: &str) -> Result<Consent, Error> {
        let member = self.member(&connect::account_name(account)?)?;
        let access = member.line.tokens().ok_or_else(needs_none)?;
        let redirect_uri = redirect_uri.to_owned();
        let state = self.random_state();
        let ask = AuthorizeAsk { redirect_uri, state };
        let url = access.authorize_url(&ask)?;
        let AuthorizeAsk { redirect_uri, state } = ask;
        Ok(Consent { url, state, redirect_uri })
    }

    /// Takes the code of a consent; returns once its tokens are kept. `state` is what came back
    /// beside the code.
    ///
    /// # Errors
    /// `invalid-field` where the state is another consent's; why the code brought no tokens; or
    /// that they could not be kept, and the consent has to be asked for once more.
    pub async fn authorized(
        &self,
        account: &str,
        consent: &Consent,
        state: &str,
        code: &str,
    ) -> Result<(), Error> {
        let member = self.member(&connect::account_name(account)?)?;
        let access = member.line.tokens().ok_or_else(needs_none)?;
        if state != consent.state {
            return Err(Error::new(Code::InvalidField)
                .field("state")
                .rule("as-asked")
                .message("this answer belongs to another consent: begin again with authorize"));
        }
        let redirect_uri = consent.redirect_uri.clone();
        let grant = Grant::Code { code: Secret::new(code), redirect_uri };
        access.consent(self.shell().runner()?, grant).await?;
        member.line.probe_wake.notify_one();
        Ok(())
    }

    fn random_state(&self) -> String {
        let mut bytes = [0; STATE_BYTES];
        self.works.entropy.clone().fill(&mut bytes);
        hex::encode(bytes)
    }
}

fn needs_none() -> Error {
    Error::new(Code::Unsupported)
        .field("account")
        .message("this account's credentials are in its settings: it needs no consent")
}
