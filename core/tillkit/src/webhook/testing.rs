//! Notifications as the providers sign them, for a host's own tests: no account, no network.
//!
//! What comes out is what a web server would be handed: pass it on to
//! [`crate::till::Till::webhook`], unchanged, changed, twice, late or out of order.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tillkit_model::error::{Code, Error};
use tillkit_model::ids::PaymentId;
use tillkit_model::money::Money;
use tillkit_model::provider::{Secret, dintero, qonto, vinr};

/// What a notification tells.
#[derive(Debug, Clone)]
pub struct Told<'a> {
    /// The provider's id of this notification.
    pub notice: &'a str,
    /// The provider's id of the payment: session, request or payment, as it calls it.
    pub charge: &'a str,
    /// Our id of the payment, where it knows it.
    pub payment: Option<PaymentId>,
    /// The terminal.
    pub terminal: &'a str,
    /// The amount.
    pub amount: Money,
    /// Whether the card was charged; otherwise it was declined.
    pub paid: bool,
}

/// A notification as it arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The HTTP method.
    pub method: &'static str,
    /// The address.
    pub url: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The exact bytes of the body.
    pub body: Vec<u8>,
}

impl Signed {
    /// The headers as [`crate::till::Till::webhook`] takes them.
    #[must_use]
    pub fn headers(&self) -> Vec<(&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    fn post(url: &str, (header, signature): (&str, String), body: &Value) -> Self {
        Self::of(url, (header, signature), body.to_string().into_bytes())
    }

    fn of(url: &str, (header, signature): (&str, String), body: Vec<u8>) -> Self {
        let json = ("Content-Type".to_owned(), "application/json".to_owned());
        let headers = vec![json, (header.to_owned(), signature)];
        Self { method: "POST", url: url.to_owned(), headers, body }
    }
}

/// As Qonto notifies of a terminal payment, signed at `at_s` seconds since 1970.
#[must_use]
pub fn qonto(secret: &str, at_s: u64, told: &Told<'_>) -> Signed {
    let amount = json!({ "value": told.amount.text(), "currency": told.amount.currency().code() });
    let mut data = json!({
        "event": if told.paid { "authorized" } else { "refused" },
        "id": told.charge,
        "terminal_id": told.terminal,
        "amount": amount,
        "created_at": "2026-11-20T09:00:00Z",
    });
    if told.paid {
        set(&mut data, "authorized_amount", amount);
    }
    if let Some(payment) = told.payment {
        // Qonto's notifications carry metadata as text.
        set(&mut data, "metadata", json!({ "tillkit_payment": payment }).to_string().into());
    }
    let body = json!({ "id": told.notice, "type": qonto::TOPIC, "data": data });
    signed_by_qonto(secret, at_s, &body)
}

/// As Qonto notifies of a merchant who takes consent back.
#[must_use]
pub fn qonto_revocation(secret: &str, at_s: u64, notice: &str, client_id: &str) -> Signed {
    let data = json!({ "client_id": client_id, "revoked_at": "2026-11-20T09:00:00Z" });
    let body = json!({ "id": notice, "type": qonto::REVOKED_TOPIC, "data": data });
    signed_by_qonto(secret, at_s, &body)
}

fn signed_by_qonto(secret: &str, at_s: u64, body: &Value) -> Signed {
    let body = body.to_string().into_bytes();
    let signature = qonto::sign(&Secret::new(secret), at_s, &body);
    Signed::of("/webhooks/qonto", (qonto::SIGNATURE_HEADER, signature), body)
}

/// As VINR notifies of a terminal payment, by the scheme `hmac-sha256-timestamped`.
#[must_use]
pub fn vinr(secret: &str, at_s: u64, told: &Told<'_>) -> Signed {
    let mut object = json!({
        "id": told.charge,
        "terminalId": told.terminal,
        "amount": told.amount.minor(),
        "currency": told.amount.currency().code(),
        "status": if told.paid { "completed" } else { "failed" },
        "captureMethod": "automatic",
        "amountCaptured": if told.paid { told.amount.minor() } else { 0 },
    });
    if let Some(payment) = told.payment {
        set(&mut object, "metadata", json!({ "tillkit_payment": payment }));
    }
    let kind = if told.paid { "terminal_payment.completed" } else { "terminal_payment.failed" };
    let body = json!({ "id": told.notice, "type": kind, "data": { "object": object } });
    let body = body.to_string().into_bytes();
    let signature = vinr::sign(&Secret::new(secret), at_s, &body);
    Signed::of("/webhooks/vinr", ("Vinr-Signature", signature), body)
}

/// As Dintero notifies an account of a transaction.
///
/// # Errors
/// `invalid-field` for a secret that signs nothing.
pub fn dintero(secret: &str, account: &str, told: &Told<'_>) -> Result<Signed, Error> {
    let mut transaction = json!({
        "id": format!("{}-transaction", told.charge),
        "session_id": told.charge,
        "status": if told.paid { "CAPTURED" } else { "FAILED" },
        "amount": told.amount.minor(),
        "currency": told.amount.currency().code(),
    });
    if let Some(payment) = told.payment {
        set(&mut transaction, "merchant_reference", json!(payment));
    }
    let body = json!({
        "account_id": account,
        "event": "checkout_transaction",
        "event_delivery": told.notice,
        "transaction": transaction,
    });
    let text = body.to_string();
    let signature = dintero::sign_webhook(&Secret::new(secret), text.as_bytes());
    let signature = signature.ok_or_else(unfit_secret)?;
    Ok(Signed::post("/webhooks/dintero", ("event-signature", signature), &body))
}

/// As Dintero calls a session's own address back; `callback_url` is the one of the account's
/// settings.
///
/// # Errors
/// `invalid-field` for an address or a secret that nothing can be signed with.
pub fn dintero_callback(
    secret: &str,
    account: &str,
    at_s: i64,
    callback_url: &str,
    told: &Told<'_>,
) -> Result<Signed, Error> {
    let joint = if callback_url.contains('?') { '&' } else { '?' };
    let mut url = format!("{callback_url}{joint}session_id={}", told.charge);
    if let Some(payment) = told.payment {
        url = format!("{url}&merchant_reference={payment}");
    }
    if !told.paid {
        url.push_str("&error=authorization");
    }
    let signature = dintero::sign_callback(&Secret::new(secret), account, at_s, "GET", &url);
    let headers = vec![
        ("Dintero-Signature".to_owned(), signature.ok_or_else(unfit_secret)?),
        ("event-delivery".to_owned(), told.notice.to_owned()),
    ];
    Ok(Signed { method: "GET", url, headers, body: Vec::new() })
}

/// A key pair like those by which Centrapay signs.
pub struct CentrapayKey {
    id: String,
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl CentrapayKey {
    /// A new pair under this key id.
    ///
    /// # Errors
    /// `internal` when the system gives no random bytes.
    pub fn new(id: &str) -> Result<Self, Error> {
        let unusable = || Error::new(Code::Internal).message("no key pair could be made");
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let made = EcdsaKeyPair::generate_pkcs8(algorithm, &random).map_err(|_| unusable())?;
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, made.as_ref(), &random);
        Ok(Self { id: id.to_owned(), pair: pair.map_err(|_| unusable())?, random })
    }

    /// The public halves of these, as the address of Centrapay's keys answers.
    #[must_use]
    pub fn key_set(keys: &[&Self]) -> String {
        let half = |key: &Self| {
            let point = key.pair.public_key().as_ref();
            let coordinate = |from, to| URL_SAFE_NO_PAD.encode(point.get(from..to).unwrap_or(&[]));
            let (x, y) = (coordinate(1, 33), coordinate(33, 65));
            json!({ "kty": "EC", "crv": "P-256", "alg": "ES256", "kid": key.id, "x": x, "y": y })
        };
        let halves: Vec<Value> = keys.iter().map(|key| half(key)).collect();
        json!({ "keys": halves }).to_string()
    }

    /// As Centrapay notifies of a payment request that was paid or given back; `public_url` is
    /// where it was told to.
    ///
    /// # Errors
    /// `internal` when the system gives no random bytes.
    pub fn sign(&self, public_url: &str, at_s: u64, told: &Told<'_>) -> Result<Signed, Error> {
        let currency = told.amount.currency().code();
        let total = json!({ "amount": told.amount.minor().to_string(), "currency": currency });
        let mut data = json!({
            "type": "payment",
            "paymentRequestId": told.charge,
            "value": total,
            "paidBy": { "assetTotals": [{ "type": "centrapay.nzd.main", "total": total }] },
        });
        if let Some(payment) = told.payment {
            set(&mut data, "externalRef", json!(payment));
        }
        let topic =
            if told.paid { "payment-request:paid" } else { "payment-request:refund-completed" };
        let body = json!({ "id": told.notice, "type": topic, "data": data }).to_string();
        let hash = hex::encode(Sha256::digest(&body));
        let claims = json!({
            "iat": at_s,
            "exp": at_s.saturating_add(300),
            "aud": public_url,
            "request_body_sha256": hash,
        });
        let token = self.token(&claims)?;
        let header = ("Authorization", format!("Bearer {token}"));
        Ok(Signed::of(public_url, header, body.into_bytes()))
    }

    fn token(&self, claims: &Value) -> Result<String, Error> {
        let header = json!({ "alg": "ES256", "typ": "JWT", "kid": self.id });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(claims));
        let signature = self
            .pair
            .sign(&self.random, signed.as_bytes())
            .map_err(|_| Error::new(Code::Internal).message("the system gives no random bytes"))?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref())))
    }
}

fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
}

fn unfit_secret() -> Error {
    Error::new(Code::InvalidField)
        .field("secret")
        .rule("signs")
        .message("nothing can be signed with this secret at this address")
}
