use std::cmp::Ordering;

use proptest::prelude::*;

use super::{Currency, Money, MoneyError};

fn kwd() -> Currency {
    Currency::parse("KWD").unwrap()
}

fn eur(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR).unwrap()
}

fn any_currency() -> impl Strategy<Value = Currency> {
    proptest::sample::select(Currency::all().collect::<Vec<_>>())
}

fn any_money() -> impl Strategy<Value = Money> {
    (0..=Money::MAX_MINOR, any_currency())
        .prop_map(|(minor, currency)| Money::from_minor(minor, currency).unwrap())
}

#[test]
fn text_is_read_exactly() {
    let clf = Currency::parse("CLF").unwrap();
    let table = [
        ("13", Currency::EUR, 1300),
        ("13.3", Currency::EUR, 1330),
        ("13.30", Currency::EUR, 1330),
        ("0", Currency::EUR, 0),
        ("0.00", Currency::EUR, 0),
        ("0.10", Currency::EUR, 10),
        ("0.01", Currency::EUR, 1),
        ("1330", Currency::JPY, 1330),
        ("1.330", kwd(), 1330),
        ("1.3", kwd(), 1300),
        ("1.0001", clf, 10_001),
        ("90071992547409.91", Currency::EUR, Money::MAX_MINOR),
        ("9007199254740991", Currency::JPY, Money::MAX_MINOR),
    ];
    for (text, currency, minor) in table {
        assert_eq!(Money::parse(text, currency).map(Money::minor), Ok(minor), "{text} {currency}");
    }
}

#[test]
fn text_is_written_with_every_decimal_of_the_currency() {
    let table = [
        (1330, Currency::EUR, "13.30", "13.30 EUR"),
        (0, Currency::EUR, "0.00", "0.00 EUR"),
        (5, Currency::EUR, "0.05", "0.05 EUR"),
        (1330, Currency::JPY, "1330", "1330 JPY"),
        (0, Currency::JPY, "0", "0 JPY"),
        (1330, kwd(), "1.330", "1.330 KWD"),
        (Money::MAX_MINOR, Currency::EUR, "90071992547409.91", "90071992547409.91 EUR"),
    ];
    for (minor, currency, text, display) in table {
        let money = Money::from_minor(minor, currency).unwrap();
        assert_eq!(money.text(), text);
        assert_eq!(money.to_string(), display);
    }
}

#[test]
fn everything_else_is_refused_by_the_rule_it_breaks() {
    let in_euros = MoneyError::TooManyDecimals { currency: Currency::EUR };
    let in_yen = MoneyError::TooManyDecimals { currency: Currency::JPY };
    let table = [
        ("", Currency::EUR, MoneyError::Empty),
        (" ", Currency::EUR, MoneyError::Blank),
        (" 13.30", Currency::EUR, MoneyError::Blank),
        ("13.30 ", Currency::EUR, MoneyError::Blank),
        ("13.30\n", Currency::EUR, MoneyError::Blank),
        ("1 330", Currency::EUR, MoneyError::Blank),
        ("1\u{a0}330", Currency::EUR, MoneyError::Blank),
        ("+1", Currency::EUR, MoneyError::Signed),
        ("-1", Currency::EUR, MoneyError::Signed),
        ("-", Currency::EUR, MoneyError::Signed),
        ("-0", Currency::EUR, MoneyError::Signed),
        ("1-", Currency::EUR, MoneyError::NotADigit { found: '-' }),
        ("13,30", Currency::EUR, MoneyError::Comma),
        ("1,330.00", Currency::EUR, MoneyError::Comma),
        ("1e3", Currency::EUR, MoneyError::Exponent),
        ("1E3", Currency::EUR, MoneyError::Exponent),
        ("e3", Currency::EUR, MoneyError::NotADigit { found: 'e' }),
        ("٣", Currency::EUR, MoneyError::ForeignDigit { found: '٣' }),
        ("1３", Currency::EUR, MoneyError::ForeignDigit { found: '３' }),
        ("1½", Currency::EUR, MoneyError::ForeignDigit { found: '½' }),
        ("1_000", Currency::EUR, MoneyError::NotADigit { found: '_' }),
        ("1'000", Currency::EUR, MoneyError::NotADigit { found: '\'' }),
        ("0x1", Currency::EUR, MoneyError::NotADigit { found: 'x' }),
        ("NaN", Currency::EUR, MoneyError::NotADigit { found: 'N' }),
        ("inf", Currency::EUR, MoneyError::NotADigit { found: 'i' }),
        ("€13.30", Currency::EUR, MoneyError::NotADigit { found: '€' }),
        ("1\0", Currency::EUR, MoneyError::NotADigit { found: '\0' }),
        (".", Currency::EUR, MoneyError::NoWholeDigits),
        (".5", Currency::EUR, MoneyError::NoWholeDigits),
        ("5.", Currency::EUR, MoneyError::NoDecimals),
        ("1330.", Currency::JPY, MoneyError::NoDecimals),
        ("1..2", Currency::EUR, MoneyError::SecondPoint),
        ("1.2.3", Currency::EUR, MoneyError::SecondPoint),
        ("007", Currency::EUR, MoneyError::LeadingZero),
        ("00", Currency::EUR, MoneyError::LeadingZero),
        ("00.10", Currency::EUR, MoneyError::LeadingZero),
        ("13.305", Currency::EUR, in_euros.clone()),
        ("13.300", Currency::EUR, in_euros),
        ("1330.0", Currency::JPY, in_yen),
        ("90071992547409.92", Currency::EUR, MoneyError::AboveMaximum),
        ("9007199254740992", Currency::JPY, MoneyError::AboveMaximum),
        ("9223372036854775808", Currency::JPY, MoneyError::AboveMaximum),
        ("99999999999999999999999999999999", Currency::EUR, MoneyError::AboveMaximum),
        ("999999999999999999999999999999999", Currency::EUR, MoneyError::TooLong),
    ];
    for (text, currency, refusal) in table {
        assert_eq!(Money::parse(text, currency), Err(refusal), "{text:?} {currency}");
    }
}

#[test]
fn a_long_text_is_refused_by_its_length_alone() {
    for filler in ["1", "x", " ", "٣"] {
        assert_eq!(Money::parse(&filler.repeat(10_000), Currency::EUR), Err(MoneyError::TooLong));
    }
}

#[test]
fn minor_units_have_bounds() {
    let table = [
        (0, Ok(0)),
        (Money::MAX_MINOR, Ok(Money::MAX_MINOR)),
        (Money::MAX_MINOR + 1, Err(MoneyError::AboveMaximum)),
        (i64::MAX, Err(MoneyError::AboveMaximum)),
        (-1, Err(MoneyError::Negative)),
        (i64::MIN, Err(MoneyError::Negative)),
    ];
    for (minor, expected) in table {
        assert_eq!(Money::from_minor(minor, Currency::EUR).map(Money::minor), expected);
    }
    assert_eq!(Money::MAX_MINOR, 9_007_199_254_740_991);
}

#[test]
fn sums_stay_within_bounds_and_within_one_currency() {
    let most = eur(Money::MAX_MINOR);
    let crowns = Money::from_minor(1, Currency::SEK).unwrap();
    let mixed = MoneyError::DifferentCurrencies { left: Currency::EUR, right: Currency::SEK };
    assert_eq!(eur(1000).checked_add(eur(330)), Ok(eur(1330)));
    assert_eq!(eur(1330).checked_sub(eur(1330)), Ok(Money::zero(Currency::EUR)));
    assert_eq!(most.checked_add(eur(1)), Err(MoneyError::AboveMaximum));
    assert_eq!(most.checked_add(most), Err(MoneyError::AboveMaximum));
    assert_eq!(eur(1).checked_sub(eur(2)), Err(MoneyError::BelowZero));
    assert_eq!(eur(0).checked_sub(most), Err(MoneyError::BelowZero));
    assert_eq!(eur(1).checked_add(crowns), Err(mixed.clone()));
    assert_eq!(eur(1).checked_sub(crowns), Err(mixed.clone()));
    assert_eq!(eur(1).checked_cmp(crowns), Err(mixed));
    assert_eq!(eur(1).checked_cmp(eur(2)), Ok(Ordering::Less));
    assert!(eur(0).is_zero() && !eur(1).is_zero());
}

#[test]
fn json_keeps_the_integer_and_checks_it_on_the_way_in() {
    let written = r#"{"minor":1330,"currency":"EUR"}"#;
    assert_eq!(serde_json::to_string(&eur(1330)).unwrap(), written);
    assert_eq!(serde_json::from_str::<Money>(written).unwrap(), eur(1330));
    let refused = [
        (r#"{"minor":-1,"currency":"EUR"}"#, "never negative"),
        (r#"{"minor":9007199254740992,"currency":"EUR"}"#, "at most"),
        (r#"{"minor":13.30,"currency":"EUR"}"#, "floating point"),
        (r#"{"minor":1330.0,"currency":"EUR"}"#, "floating point"),
        (r#"{"minor":"1330","currency":"EUR"}"#, "string"),
        (r#"{"minor":1330,"currency":"eur"}"#, "three capital letters"),
        (r#"{"minor":1330,"currency":"XAU"}"#, "no minor unit"),
        (r#"{"minor":1330}"#, "currency"),
        (r#"{"currency":"EUR"}"#, "minor"),
        (r#"{"minor":1,"minor":2,"currency":"EUR"}"#, "duplicate"),
        (r#"{"minor":1330,"currency":"EUR","digits":2}"#, "unknown field"),
    ];
    for (json, reason) in refused {
        let error = serde_json::from_str::<Money>(json).unwrap_err().to_string();
        assert!(error.contains(reason), "{json}: {error}");
    }
}

#[test]
fn currencies_are_read_by_their_code_alone() {
    assert_eq!(Currency::parse("EUR"), Ok(Currency::EUR));
    for text in ["", "EU", "EURO", "eur", "Eur", " EUR", "978", "E R", "ЕUR", "€"] {
        assert_eq!(Currency::parse(text), Err(MoneyError::MalformedCurrency), "{text:?}");
    }
    for code in ["DEM", "ZZZ", "BGN", "HRK"] {
        let refusal = MoneyError::UnknownCurrency { code: code.to_owned() };
        assert_eq!(Currency::parse(code), Err(refusal));
    }
    for code in ["XAU", "XAG", "XDR", "XTS", "XXX"] {
        let refusal = MoneyError::NoMinorUnit { code: code.to_owned() };
        assert_eq!(Currency::parse(code), Err(refusal));
    }
}

#[test]
fn the_table_of_currencies_is_whole() {
    let all: Vec<_> = Currency::all().collect();
    let distinct: std::collections::BTreeSet<_> = all.iter().map(|one| one.code()).collect();
    // ISO's list one of 2026 has 178 codes, 13 of them without a minor unit.
    assert_eq!((all.len(), distinct.len()), (165, 165));
    for currency in all {
        assert_eq!(Currency::parse(currency.code()), Ok(currency));
        assert!(matches!(currency.digits(), 0 | 2 | 3 | 4));
    }
    let digits = [("JPY", 0), ("ISK", 0), ("HUF", 2), ("MRU", 2), ("BHD", 3), ("CLF", 4)];
    for (code, expected) in digits {
        assert_eq!(Currency::parse(code).map(Currency::digits), Ok(expected), "{code}");
    }
}

#[test]
fn the_named_currencies_are_those_of_the_table() {
    let named = [
        Currency::AUD,
        Currency::DKK,
        Currency::EUR,
        Currency::GBP,
        Currency::JPY,
        Currency::NOK,
        Currency::NZD,
        Currency::SEK,
        Currency::USD,
    ];
    for currency in named {
        assert_eq!(Currency::parse(currency.code()), Ok(currency));
    }
}

#[test]
fn every_refusal_names_its_own_rule_and_a_way_out() {
    let refusals = every_refusal();
    let rules: std::collections::BTreeSet<_> = refusals.iter().map(MoneyError::rule).collect();
    assert_eq!(rules.len(), refusals.len());
    for refusal in refusals {
        let message = refusal.to_string();
        let way_out = message.split_once(": ").map(|(_, way_out)| way_out);
        assert!(way_out.is_some_and(|text| !text.is_empty()), "{message}");
        assert!(matches!(refusal.field(), "amount" | "currency"));
    }
}

fn every_refusal() -> [MoneyError; 20] {
    let code = || "XAU".to_owned();
    [
        MoneyError::MalformedCurrency,
        MoneyError::UnknownCurrency { code: code() },
        MoneyError::NoMinorUnit { code: code() },
        MoneyError::Empty,
        MoneyError::TooLong,
        MoneyError::Blank,
        MoneyError::Signed,
        MoneyError::Comma,
        MoneyError::Exponent,
        MoneyError::ForeignDigit { found: '٣' },
        MoneyError::NotADigit { found: 'x' },
        MoneyError::NoWholeDigits,
        MoneyError::NoDecimals,
        MoneyError::SecondPoint,
        MoneyError::LeadingZero,
        MoneyError::TooManyDecimals { currency: Currency::EUR },
        MoneyError::AboveMaximum,
        MoneyError::Negative,
        MoneyError::BelowZero,
        MoneyError::DifferentCurrencies { left: Currency::EUR, right: Currency::SEK },
    ]
}

#[test]
fn limits_are_told_where_a_rule_has_one() {
    let table = [
        (MoneyError::TooManyDecimals { currency: kwd() }, Some("3")),
        (MoneyError::AboveMaximum, Some("9007199254740991")),
        (MoneyError::Negative, Some("0")),
        (MoneyError::TooLong, Some("32")),
        (MoneyError::Comma, None),
    ];
    for (refusal, limit) in table {
        assert_eq!(refusal.limit().as_deref(), limit, "{refusal}");
    }
}

proptest! {
    #[test]
    fn an_amount_survives_its_text(money in any_money()) {
        prop_assert_eq!(Money::parse(&money.text(), money.currency()), Ok(money));
    }

    #[test]
    fn an_amount_survives_its_json(money in any_money()) {
        let json = serde_json::to_string(&money).unwrap();
        prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
    }

    #[test]
    fn what_is_read_is_what_was_written(
        text in "[0-9]{0,18}(\\.[0-9]{0,5})?",
        currency in any_currency(),
    ) {
        if let Ok(money) = Money::parse(&text, currency) {
            let written = money.text();
            let padding = written.strip_prefix(&text);
            prop_assert!(padding.is_some_and(|rest| rest.chars().all(|c| c == '0' || c == '.')));
        }
    }

    #[test]
    fn any_text_is_an_amount_or_a_refusal(text in any::<String>(), currency in any_currency()) {
        if Money::parse(&text, currency).is_ok() {
            prop_assert!(text.bytes().all(|byte| byte == b'.' || byte.is_ascii_digit()));
        }
    }

    #[test]
    fn sums_agree_with_wider_integers(a in 0..=Money::MAX_MINOR, b in 0..=Money::MAX_MINOR) {
        let sum = i128::from(a).saturating_add(i128::from(b));
        let rest = i128::from(a).saturating_sub(i128::from(b));
        let most = i128::from(Money::MAX_MINOR);
        let checked_sum = eur(a).checked_add(eur(b)).map(|money| i128::from(money.minor()));
        let checked_rest = eur(a).checked_sub(eur(b)).map(|money| i128::from(money.minor()));
        prop_assert_eq!(checked_sum, if sum <= most { Ok(sum) } else { Err(MoneyError::AboveMaximum) });
        prop_assert_eq!(checked_rest, if rest >= 0 { Ok(rest) } else { Err(MoneyError::BelowZero) });
    }
}
