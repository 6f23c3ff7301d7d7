//! Names for things, each its own type, so that a terminal can never stand where a payment is
//! meant.
//!
//! Ids that Tillkit makes are 16 bytes and written as UUIDs; ids that others make are opaque text.
//! This module knows nothing of clocks: whoever makes an id hands in the time and the random bytes.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::Entropy;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAnId {
    /// What was expected.
    pub rule: &'static str,
}

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rule)
    }
}

impl std::error::Error for NotAnId {}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name([u8; 16]);

        // In the order of the bytes, compared at once: trees of many ids do little else.
        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                u128::from_be_bytes(self.0).cmp(&u128::from_be_bytes(other.0))
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl $name {
            /// The id that these bytes spell.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The bytes of the id.
            #[must_use]
            pub const fn bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// Reads the canonical lower-case or upper-case hyphenated form.
            ///
            /// # Errors
            /// Anything but 8-4-4-4-12 hexadecimal digits.
            pub fn parse(text: &str) -> Result<Self, NotAnId> {
                parse_uuid(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_uuid(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_uuid(&self.0, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

uuid_id! {
    /// One payment; a UUIDv7, so that ids sort by the time of the sale.
    PaymentId
}
uuid_id! {
    /// One operation, random; the provider's idempotency key where it takes one.
    OperationId
}
uuid_id! {
    /// One process that has opened the journal.
    ProcessId
}
uuid_id! {
    /// One journal and the mark that belongs to it.
    InstallationId
}

impl PaymentId {
    /// A UUIDv7 of this wall-clock time and these random bytes.
    #[must_use]
    pub fn new(wall_ms: i64, entropy: &mut dyn Entropy) -> Self {
        let mut bytes = random_bytes(entropy);
        let stamp = u64::try_from(wall_ms).unwrap_or(0).to_be_bytes();
        let [_, _, time @ ..] = stamp;
        for (slot, byte) in bytes.iter_mut().zip(time) {
            *slot = byte;
        }
        Self(stamped(bytes, 0x70))
    }

    /// No id that was made at this time or later is smaller; every earlier one is.
    #[must_use]
    pub fn earliest_at(wall_ms: i64) -> Self {
        let [_, _, time @ ..] = u64::try_from(wall_ms).unwrap_or(0).to_be_bytes();
        let mut bytes = [0; 16];
        for (slot, byte) in bytes.iter_mut().zip(time) {
            *slot = byte;
        }
        Self(bytes)
    }

    /// When it was made, by the wall clock of then.
    #[must_use]
    pub fn made_at_ms(&self) -> i64 {
        self.0.iter().take(6).fold(0, |time, byte| time << 8 | i64::from(*byte))
    }
}

impl OperationId {
    /// A random UUIDv4.
    #[must_use]
    pub fn new(entropy: &mut dyn Entropy) -> Self {
        Self(stamped(random_bytes(entropy), 0x40))
    }
}

impl ProcessId {
    /// A random UUIDv4.
    #[must_use]
    pub fn new(entropy: &mut dyn Entropy) -> Self {
        Self(stamped(random_bytes(entropy), 0x40))
    }
}

impl InstallationId {
    /// A random UUIDv4.
    #[must_use]
    pub fn new(entropy: &mut dyn Entropy) -> Self {
        Self(stamped(random_bytes(entropy), 0x40))
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $max:literal, $rule:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// The most characters that such a name may have.
            pub const LENGTH_MAX: usize = $max;

            /// Accepts visible ASCII of bounded length.
            ///
            /// # Errors
            /// Empty, too long, or holding a space, a control character or anything outside ASCII.
            pub fn parse(text: &str) -> Result<Self, NotAnId> {
                let fits = !text.is_empty() && text.len() <= Self::LENGTH_MAX;
                if fits && text.bytes().all(|byte| byte.is_ascii_graphic()) {
                    Ok(Self(text.into()))
                } else {
                    Err(NotAnId { rule: $rule })
                }
            }

            /// The text as given.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

text_id! {
    /// The host's own name for a merchant's connection to one provider, such as `shop-1`.
    AccountName, 64, "an account name is 1 to 64 visible ASCII characters"
}
text_id! {
    /// A device that takes cards, known by the provider's own id.
    TerminalId, 128, "a terminal id is 1 to 128 visible ASCII characters"
}
text_id! {
    /// The till's own name for a sale, a capture or a refund.
    Reference, 64, "a reference is 1 to 64 visible ASCII characters"
}
text_id! {
    /// The provider's own id of one payment that it holds for us.
    ChargeId, 128, "a provider's payment id is 1 to 128 visible ASCII characters"
}
text_id! {
    /// The merchant as the provider knows it, such as an organization id.
    MerchantId, 128, "a merchant id is 1 to 128 visible ASCII characters"
}

fn random_bytes(entropy: &mut dyn Entropy) -> [u8; 16] {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    bytes
}

fn stamped(mut bytes: [u8; 16], version: u8) -> [u8; 16] {
    if let Some(byte) = bytes.get_mut(6) {
        *byte = (*byte & 0x0f) | version;
    }
    if let Some(byte) = bytes.get_mut(8) {
        *byte = (*byte & 0x3f) | 0x80;
    }
    bytes
}

const NOT_A_UUID: NotAnId = NotAnId { rule: "an id is a UUID, as 8-4-4-4-12 hexadecimal digits" };

fn parse_uuid(text: &str) -> Result<[u8; 16], NotAnId> {
    if text.len() != 36 {
        return Err(NOT_A_UUID);
    }
    let mut bytes = [0; 16];
    let mut nibbles = 0_usize;
    for (place, byte) in text.bytes().enumerate() {
        if matches!(place, 8 | 13 | 18 | 23) {
            if byte != b'-' {
                return Err(NOT_A_UUID);
            }
            continue;
        }
        let value = char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let slot = bytes.get_mut(nibbles.wrapping_div(2)).ok_or(NOT_A_UUID)?;
        *slot = (*slot << 4) | value.ok_or(NOT_A_UUID)?;
        nibbles = nibbles.saturating_add(1);
    }
    Ok(bytes)
}

fn write_uuid(bytes: &[u8; 16], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (place, byte) in bytes.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            f.write_str("-")?;
        }
        write!(f, "{byte:02x}")?;
    }
    Ok(())
}
