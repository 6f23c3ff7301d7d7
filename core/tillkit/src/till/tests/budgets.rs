//! Whose requests are counted together.

use tillkit_model::engine::port::{Purse, Terms};
use tillkit_model::provider::qonto;

use super::*;

fn connect(pairs: &[(&str, &str)]) -> Connect {
    let mut settings = settings("org-1");
    settings.extend(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Connect::new("shop-1", "qonto", &settings).unwrap()
}

fn purse(connect: &Connect) -> Option<Purse> {
    connect.connection.terms.purse
}

#[test]
fn a_host_that_sets_the_number_keeps_whom_it_is_counted_by() {
    let mut setup = qonto::set_up(&settings("org-1")).unwrap();
    setup.budget = None;
    let connect = Connect::of("shop-1", "qonto", setup).unwrap();
    let known = purse(&connect);
    assert!(known.is_some(), "two accounts with one key are one to whoever counts");
    let fewer = Terms { requests_per_minute: Some(10), ..Terms::default() };
    let connect = connect.on(fewer.clone()).unwrap();
    assert_eq!(purse(&connect), known);
    assert_eq!(connect.connection.terms.requests_per_minute, Some(10));
    let other = Some(Purse::of(["a gateway of the host's own"]));
    assert_eq!(purse(&connect.on(Terms { purse: other, ..fewer }).unwrap()), other);
}

#[test]
fn qonto_counts_all_accounts_of_a_machine_together() {
    let one = connect(&[]);
    assert_eq!(one.connection.terms.requests_per_minute, Some(720));
    assert!(one.connection.terms.reserve_per_minute > 0);
    let other = connect(&[("organization_id", "org-2"), ("access_token", "tok-2")]);
    assert!(purse(&one).is_some());
    assert_eq!(purse(&one), purse(&other), "whatever the merchant and the token");
    let of = |url| purse(&connect(&[("base_url", url)]));
    assert_eq!(of("http://127.0.0.1:4711"), of("http://127.0.0.1:4711/"), "one host");
    assert_ne!(of("http://127.0.0.1:4711"), purse(&one), "another host counts by itself");
}
