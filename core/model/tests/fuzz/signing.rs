//! The same bytes, rightly signed, in each of the ways in which a provider notifies.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tillkit_model::provider::{Secret, SigningKeys, dintero, qonto, vinr};

/// A delivery that its receiver has every reason to believe.
pub struct Signed {
    pub method: &'static str,
    pub url: String,
    pub public_url: Option<&'static str>,
    pub header: (&'static str, String),
    pub body: Vec<u8>,
}

const URL: &str = "https://pos.example/d";
const KEY_ID: &str = "of-the-tests";
const ACCOUNT: &str = "T12345678";

pub fn secrets() -> &'static [Secret] {
    static SECRETS: LazyLock<[Secret; 1]> = LazyLock::new(|| [Secret::new("of-the-tests")]);
    &*SECRETS
}

/// What belongs to the key that signs.
pub fn keys() -> &'static SigningKeys {
    static KEYS: LazyLock<SigningKeys> = LazyLock::new(|| {
        let point = KEY.verifying_key().to_sec1_point(false);
        SigningKeys { keys: vec![(KEY_ID.into(), point.as_bytes().into())], life_ms: 600_000 }
    });
    &KEYS
}

/// A provider that notifies has an arm here.
pub fn signed(provider: &str, body: &[u8]) -> Vec<Signed> {
    let secret = &secrets()[0];
    let posted = |name, value| Signed {
        method: "POST",
        url: URL.to_owned(),
        public_url: Some(URL),
        header: (name, value),
        body: body.to_vec(),
    };
    match provider {
        "qonto" => vec![posted(qonto::SIGNATURE_HEADER, qonto::sign(secret, 1, body))],
        "vinr" => vec![posted(vinr::SIGNATURE_HEADERS[0], vinr::sign(secret, 1, body))],
        "dintero" => {
            let webhook = dintero::sign_webhook(secret, body).unwrap();
            let webhook = Signed { public_url: None, ..posted("event-signature", webhook) };
            vec![webhook, callback(secret, body)]
        }
        "centrapay" => vec![posted("Authorization", token(body))],
        other => panic!("say here how {other} signs its notifications"),
    }
}

/// The bytes as the query of a callback, which is all that its signature covers.
fn callback(secret: &Secret, bytes: &[u8]) -> Signed {
    let plain = bytes.iter().filter(|byte| byte.is_ascii_graphic() && **byte != b'#');
    let query: String = plain.map(|byte| char::from(*byte)).collect();
    let url = format!("{URL}?{query}");
    let value = dintero::sign_callback(secret, ACCOUNT, 1, "GET", &url).unwrap();
    let header = ("Dintero-Signature", value);
    Signed { method: "GET", url, public_url: None, header, body: Vec::new() }
}

fn token(body: &[u8]) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({ "alg": "ES256", "typ": "JWT", "kid": KEY_ID });
    let hash = hex::encode(Sha256::digest(body));
    let claims = json!({ "iat": 1, "exp": 301, "aud": URL, "request_body_sha256": hash });
    let text = format!("{}.{}", part(&header), part(&claims));
    let signature: Signature = KEY.sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

/// A made-up key; it protects nothing.
static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_slice(&[7; 32]).unwrap());
