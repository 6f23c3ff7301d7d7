//! The key under which credentials are sealed.

use std::fmt;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use tillkit_model::error::{Code, Error};
use tillkit_model::time::Entropy;
use zeroize::Zeroizing;

/// How many bytes a key has.
const KEY_BYTES: usize = 32;
/// What the first byte of a sealed text says: ChaCha20-Poly1305, nonce, ciphertext, tag.
const VERSION: u8 = 1;

/// A key of 32 random bytes, which the host keeps apart from the journal. It is never printed.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; KEY_BYTES]>);

impl Key {
    /// A key from its bytes.
    #[must_use]
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A key from its 64 hexadecimal digits.
    ///
    /// # Errors
    /// `invalid-configuration` for any other text.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        hex::decode_to_slice(text, &mut *bytes).map_err(|_| unfit())?;
        Ok(Self(bytes))
    }

    /// Seals a text for just this owner: under another it does not open. Whoever seals other
    /// things than accounts' tokens, whose owners are two names with a zero between them, takes
    /// owners that look different.
    ///
    /// # Errors
    /// `internal` where the cipher refuses the key.
    pub fn seal(
        &self,
        text: &str,
        owner: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<u8>, Error> {
        let mut nonce = [0; NONCE_LEN];
        entropy.fill(&mut nonce);
        let mut sealed = text.as_bytes().to_vec();
        self.cipher()?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(owner),
                &mut sealed,
            )
            .map_err(|_| unusable())?;
        Ok([&[VERSION], nonce.as_slice(), sealed.as_slice()].concat())
    }

    /// The text again; none where another key or owner sealed it, or it was changed.
    #[must_use]
    pub fn unseal(&self, sealed: &[u8], owner: &[u8]) -> Option<Zeroizing<String>> {
        let (version, rest) = sealed.split_first()?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_LEN>()?;
        if *version != VERSION {
            return None;
        }
        let mut text = Zeroizing::new(text.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.cipher().ok()?.open_in_place(nonce, Aad::from(owner), &mut text).ok()?;
        std::str::from_utf8(opened).ok().map(|text| Zeroizing::new(text.to_owned()))
    }

    fn cipher(&self) -> Result<LessSafeKey, Error> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, self.0.as_slice()).map_err(|_| unusable())?;
        Ok(LessSafeKey::new(key))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

fn unfit() -> Error {
    Error::new(Code::InvalidConfiguration)
        .field("key")
        .rule("64-hex-digits")
        .message("the key is 32 random bytes, written as 64 hexadecimal digits")
}

fn unusable() -> Error {
    Error::new(Code::Internal).message("the key cannot be used for sealing")
}
