//! What must hold for any bytes that are taken for an amount; shared by the short run and the fuzz
//! target.

use tillkit_model::money::{Currency, Money};

/// Text is an amount exactly when it is written the one way in which it may be written.
pub fn money_text(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let known = Currency::parse(text).map(Currency::code);
    assert!(known.is_err() || known == Ok(text), "{text:?}");
    for code in ["EUR", "JPY", "BHD"] {
        let currency = Currency::parse(code).unwrap();
        let Ok(money) = Money::parse(text, currency) else { continue };
        assert!(text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'), "{text:?}");
        assert!((0..=Money::MAX_MINOR).contains(&money.minor()), "{text:?}");
        assert_eq!(Money::parse(&money.text(), currency), Ok(money), "{text:?}");
        let value = |text: &str| text.trim_start_matches('0').replace('.', "");
        let digits = usize::from(currency.digits());
        let written = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        assert!(written <= digits, "{text:?}");
        let padded = format!("{}{}", value(text), "0".repeat(digits - written));
        let minor = money.minor().to_string();
        let bare = padded.trim_start_matches('0');
        assert_eq!(if bare.is_empty() { "0" } else { bare }, minor, "{text:?}");
    }
}
