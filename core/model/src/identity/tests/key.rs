use proptest::prelude::*;

use super::{NOW, account, read, request};
use crate::identity::{key, terminal_key};
use crate::ids::{AccountName, Reference, TerminalId};
use crate::sale::{Account, BusinessDay, Environment, References, Sale, SaleRequest, parse};

#[test]
fn an_identity_is_account_day_reference_and_attempt() {
    let sale = read(&SaleRequest { attempt: 2, ..request() });
    assert_eq!((&*key(&sale).sale, key(&sale).attempt), ("shop-1 - order-456", 2));
    let daily = References::PerDay { offset_minutes: 0, hour: 0 };
    let sale = parse(&request(), &account(), &daily, &NOW).unwrap();
    assert_eq!((&*key(&sale).sale, key(&sale).attempt), ("shop-1 2026-11-20 order-456", 1));
}

#[test]
fn a_terminal_is_one_device_whichever_account_reaches_it() {
    let sale = read(&request());
    let other = Account { name: AccountName::parse("shop-2").unwrap(), ..account() };
    let from_another_account = Sale { account: other, ..sale.clone() };
    assert_eq!(terminal_key(&sale), terminal_key(&from_another_account));
    assert_eq!(&*terminal_key(&sale).unwrap().0, "qonto sandbox t-1");
    let production = Account { environment: Environment::Production, ..account() };
    let for_real = Sale { account: production, ..sale.clone() };
    assert_eq!(&*terminal_key(&for_real).unwrap().0, "qonto production t-1");
    assert_eq!(terminal_key(&Sale { terminal: None, ..sale }), None);
}

prop_compose! {
    /// Parts full of everything that might be taken for a separator.
    fn any_sale()(
        name in "[-a-b0-9/:|,.]{1,4}",
        day in proptest::option::of("2026-11-[12][0-9]"),
        reference in "[-a-b0-9/:|,.]{1,4}",
        terminal in "[-a-b0-9/:|,.]{1,4}",
        attempt in 1..3_u32,
    ) -> Sale {
        Sale {
            account: Account { name: AccountName::parse(&name).unwrap(), ..account() },
            business_day: day.map(|day| BusinessDay(day.into())),
            reference: Reference::parse(&reference).unwrap(),
            terminal: Some(TerminalId::parse(&terminal).unwrap()),
            attempt,
            ..read(&request())
        }
    }
}

proptest! {
    #[test]
    fn two_sales_share_a_key_only_if_they_share_its_parts(one in any_sale(), other in any_sale()) {
        let parts = |sale: &Sale| {
            let Sale { account, business_day, reference, attempt, .. } = sale.clone();
            (account.name, business_day, reference, attempt)
        };
        prop_assert_eq!(key(&one) == key(&other), parts(&one) == parts(&other));
        let same_terminal = terminal_key(&one) == terminal_key(&other);
        prop_assert_eq!(same_terminal, one.terminal == other.terminal);
    }
}
