//! Python's values on their way in: as they were meant, or refused in one sentence.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyInt, PyString};
use tillkit::boundary::{
    AccountOptions, Centrapay, Dintero, Item, PaymentQuery, Portion, ProviderSettings, Qonto, Sale,
    Vinr, amount_not_text, named, unread,
};

use crate::failure::{answered, raised};

/// A sale, from the dictionary that the package makes of a call.
pub fn sale(given: &Bound<'_, PyDict>) -> PyResult<Sale> {
    let py = given.py();
    let get = |name: &str| given.as_any().get_item(name);
    Ok(Sale {
        account: get("account")?.extract()?,
        terminal: get("terminal")?.extract()?,
        amount: amount("amount", &get("amount")?)?,
        amount_minor: minor("amount_minor", &get("amount_minor")?)?,
        currency: get("currency")?.extract()?,
        reference: get("reference")?.extract()?,
        attempt: whole("attempt", &get("attempt")?)?,
        capture: answered(py, named("capture", &get("capture")?.extract::<String>()?))?,
        allow_part: get("allow_part")?.extract()?,
        metadata: get("metadata")?.extract()?,
        items: get("items")?.try_iter()?.map(|one| item(&one?)).collect::<PyResult<_>>()?,
        customer_absent: get("customer_absent")?.extract()?,
        code: get("code")?.extract()?,
        screen_clear: get("screen_clear")?.extract()?,
        start_by_ms: get("start_by_ms")?.extract()?,
        settle_by_ms: get("settle_by_ms")?.extract()?,
    })
}

fn item(one: &Bound<'_, PyAny>) -> PyResult<Item> {
    Ok(Item {
        name: one.getattr("name")?.extract()?,
        sku: one.getattr("sku")?.extract()?,
        quantity: quantity(&one.getattr("quantity")?)?,
        amount: amount("amount", &one.getattr("amount")?)?,
        amount_minor: minor("amount_minor", &one.getattr("amount_minor")?)?,
        tax_percent: one.getattr("tax_percent")?.extract()?,
        discount: amount("discount", &one.getattr("discount")?)?,
        discount_minor: minor("discount_minor", &one.getattr("discount_minor")?)?,
    })
}

/// How much of a payment.
pub fn portion(
    text: &Bound<'_, PyAny>,
    minor_units: &Bound<'_, PyAny>,
    currency: Option<String>,
) -> PyResult<Portion> {
    Ok(Portion {
        amount: amount("amount", text)?,
        amount_minor: minor("amount_minor", minor_units)?,
        currency,
    })
}

/// Decimal text, or a `Decimal` written out; every float and bare number is refused.
fn amount(field: &str, given: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    if given.is_none() {
        return Ok(None);
    }
    if given.is_instance_of::<PyString>() {
        return given.extract().map(Some);
    }
    let py = given.py();
    if given.is_instance(&py.import("decimal")?.getattr("Decimal")?)? {
        return given.call_method1("__format__", ("f",))?.extract().map(Some);
    }
    let kind = given.get_type().name()?.to_string();
    Err(raised(py, Box::new(amount_not_text(field, &kind))))
}

/// How many: decimal text, a `Decimal` or a whole number.
fn quantity(given: &Bound<'_, PyAny>) -> PyResult<String> {
    if given.is_instance_of::<PyInt>() && !given.is_instance_of::<PyBool>() {
        return given.str()?.extract();
    }
    let text = amount("quantity", given)?;
    let missing = || unread("quantity", "required", "say how many, such as 1 or \"0.250\"");
    text.ok_or_else(|| raised(given.py(), Box::new(missing())))
}

/// Whole minor units; `True` is no amount.
fn minor(field: &str, given: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
    if given.is_none() {
        return Ok(None);
    }
    whole(field, given).map(Some)
}

/// A whole number. What is beyond 64 bits is beyond every limit too, and told as such.
fn whole(field: &str, given: &Bound<'_, PyAny>) -> PyResult<i64> {
    if !given.is_instance_of::<PyInt>() || given.is_instance_of::<PyBool>() {
        let way_out = format!("{field} is a whole number: an int, such as 1330 for 13.30 EUR");
        return Err(raised(given.py(), Box::new(unread(field, "whole-number", &way_out))));
    }
    given.extract().or_else(|_| Ok(if given.lt(0)? { i64::MIN } else { i64::MAX }))
}

/// Reads a settings object of the package, each field by its own name. All fields are named, so a
/// new one does not compile until it is here.
macro_rules! settings {
    ($given:ident => $record:ident { $($field:ident),+ $(,)? }) => {
        $record { $($field: $given.getattr(stringify!($field))?.extract()?),+ }
    };
}

/// The settings of whichever provider they are for.
pub fn provider_settings(given: &Bound<'_, PyAny>) -> PyResult<ProviderSettings> {
    let provider: String = given.getattr("PROVIDER")?.extract()?;
    Ok(match provider.as_str() {
        Qonto::PROVIDER => ProviderSettings::Qonto(settings!(given => Qonto {
            environment,
            organization_id,
            access_token,
            client_id,
            client_secret,
            staging_token,
            webhook_secrets,
            base_url,
            oauth_url,
        })),
        Vinr::PROVIDER => ProviderSettings::Vinr(settings!(given => Vinr {
            mode,
            environment,
            merchant_id,
            api_key,
            device_certificate,
            pinned_sha256,
            base_url,
            tips,
            own_id,
            refund_at_terminal,
            webhook_scheme,
            webhook_secrets,
            location_id,
        })),
        Dintero::PROVIDER => ProviderSettings::Dintero(settings!(given => Dintero {
            account_id,
            client_id,
            client_secret,
            profile_id,
            store_id,
            payout_destination_id,
            callback_url,
            callback_secrets,
            webhook_secrets,
            publish,
            return_url,
            base_url,
            core_url,
        })),
        Centrapay::PROVIDER => ProviderSettings::Centrapay(settings!(given => Centrapay {
            environment,
            api_key,
            config_id,
            merchant_id,
            merchant_account_id,
            look_up_right,
            terminal_id,
            device_id,
            conditions,
            base_url,
            auth_url,
        })),
        _ => {
            let way_out = "settings are a Qonto, Vinr, Dintero or Centrapay of this package";
            return Err(raised(given.py(), Box::new(unread("settings", "one-of", way_out))));
        }
    })
}

/// Which payments are listed, from the dictionary that the package makes of a call.
pub fn payment_query(given: &Bound<'_, PyDict>) -> PyResult<PaymentQuery> {
    let get = |name: &str| given.as_any().get_item(name);
    Ok(PaymentQuery {
        account: get("account")?.extract()?,
        unsettled: get("unsettled")?.extract()?,
        outcome: get("outcome")?.extract()?,
        reference: get("reference")?.extract()?,
        from_ms: get("from_ms")?.extract()?,
        to_ms: get("to_ms")?.extract()?,
        before: get("before")?.extract()?,
        limit: get("limit")?.extract()?,
    })
}

/// The terms of an account, from the dictionary that the package makes of a call.
pub fn account_options(given: &Bound<'_, PyDict>) -> PyResult<AccountOptions> {
    let get = |name: &str| given.as_any().get_item(name);
    Ok(AccountOptions {
        day_begins_hour: get("day_begins_hour")?.extract()?,
        utc_offset_minutes: get("utc_offset_minutes")?.extract()?,
        replay_window_ms: get("replay_window_ms")?.extract()?,
        public_url: get("public_url")?.extract()?,
        unasked: get("unasked")?.extract()?,
    })
}
