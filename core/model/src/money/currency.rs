//! The currencies of ISO 4217 and the decimals of each.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::MoneyError;

/// An active ISO 4217 currency that can be paid in.
///
/// Written as its three capital letters, in JSON too. The table is ISO's list one as published on
/// 1 January 2026. A code that ISO withdraws later stays in it, because journals keep payments for
/// longer than states keep currencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: &'static str,
    digits: u8,
}

impl Currency {
    /// The Australian dollar.
    pub const AUD: Self = Self { code: "AUD", digits: 2 };
    /// The Danish krone.
    pub const DKK: Self = Self { code: "DKK", digits: 2 };
    /// The euro.
    pub const EUR: Self = Self { code: "EUR", digits: 2 };
    /// The pound sterling.
    pub const GBP: Self = Self { code: "GBP", digits: 2 };
    /// The yen, which has no decimals.
    pub const JPY: Self = Self { code: "JPY", digits: 0 };
    /// The Norwegian krone.
    pub const NOK: Self = Self { code: "NOK", digits: 2 };
    /// The New Zealand dollar.
    pub const NZD: Self = Self { code: "NZD", digits: 2 };
    /// The Swedish krona.
    pub const SEK: Self = Self { code: "SEK", digits: 2 };
    /// The United States dollar.
    pub const USD: Self = Self { code: "USD", digits: 2 };

    /// The currency that a code of three capital letters stands for.
    ///
    /// # Errors
    /// [`MoneyError::MalformedCurrency`], [`MoneyError::UnknownCurrency`] and
    /// [`MoneyError::NoMinorUnit`].
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(MoneyError::MalformedCurrency);
        }
        if NO_MINOR_UNIT.contains(&code) {
            return Err(MoneyError::NoMinorUnit { code: code.to_owned() });
        }
        Self::all()
            .find(|currency| currency.code == code)
            .ok_or_else(|| MoneyError::UnknownCurrency { code: code.to_owned() })
    }

    /// The three capital letters.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.code
    }

    /// How many decimals the currency has: 2 for EUR, 0 for JPY, 3 for KWD.
    #[must_use]
    pub const fn digits(self) -> u8 {
        self.digits
    }

    /// Every currency that can be paid in.
    pub fn all() -> impl Iterator<Item = Self> {
        BY_DIGITS
            .iter()
            .flat_map(|(digits, codes)| codes.iter().map(|code| Self { code, digits: *digits }))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code)
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).map_err(D::Error::custom)
    }
}

/// Every code with a minor unit, by its number of decimals.
static BY_DIGITS: [(u8, &[&str]); 4] = [
    (
        0,
        &[
            "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
            "VND", "VUV", "XAF", "XOF", "XPF",
        ],
    ),
    (
        2,
        &[
            "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
            "BMD", "BND", "BOB", "BOV", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF",
            "CHE", "CHF", "CHW", "CNY", "COP", "COU", "CRC", "CUP", "CVE", "CZK", "DKK", "DOP",
            "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD",
            "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IRR", "JMD", "KES",
            "KGS", "KHR", "KPW", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "MAD", "MDL",
            "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MXV", "MYR",
            "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PGK", "PHP", "PKR",
            "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP",
            "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TOP",
            "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "USN", "UYU", "UZS", "VED", "VES", "WST",
            "XAD", "XCD", "XCG", "YER", "ZAR", "ZMW", "ZWG",
        ],
    ),
    (3, &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]),
    (4, &["CLF", "UYW"]),
];

/// Metals, bond units, units of account, and the codes for tests and for no currency at all.
static NO_MINOR_UNIT: [&str; 13] =
    ["XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX"];
