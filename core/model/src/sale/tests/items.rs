//! Line items and scanned codes: what is read, and what is refused by which rule.

use super::validate::{first_fault, good, validate};
use crate::sale::{Asked, CODE_PLACEHOLDER, Capabilities, ITEMS_MAX, ItemRequest, SaleRequest};
use crate::secret::Secret;

const ANY: Capabilities =
    Capabilities { items: true, scanned_code: true, customer_absent: true, ..Capabilities::BARE };

fn listing(items: Vec<ItemRequest>) -> SaleRequest {
    SaleRequest { items, ..good() }
}

fn coffee() -> ItemRequest {
    ItemRequest::new("Coffee", "13.30")
}

#[test]
fn items_are_kept_as_they_were_written() {
    let item = ItemRequest {
        sku: Some("c-1".into()),
        quantity: "0.350".into(),
        tax_percent: Some("7.75".into()),
        discount: Some(Asked::Minor(20)),
        ..coffee()
    };
    let (sale, _) = validate(&listing(vec![item]), &ANY).unwrap();
    let [item] = sale.items.as_slice() else { panic!("{:?}", sale.items) };
    assert_eq!((&*item.name, item.sku.as_deref()), ("Coffee", Some("c-1")));
    assert_eq!((&*item.quantity, item.tax_percent.as_deref()), ("0.350", Some("7.75")));
    assert_eq!((item.amount.minor(), item.discount.unwrap().minor()), (1_330, 20));
}

#[test]
fn each_broken_item_is_named_by_its_rule() {
    let cases: &[(ItemRequest, &str)] = &[
        (ItemRequest { name: String::new(), ..coffee() }, "text"),
        (ItemRequest { name: "x".repeat(129), ..coffee() }, "text"),
        (ItemRequest { sku: Some("a\nb".into()), ..coffee() }, "text"),
        (ItemRequest { quantity: "0".into(), ..coffee() }, "quantity"),
        (ItemRequest { quantity: "0.00".into(), ..coffee() }, "quantity"),
        (ItemRequest { quantity: "1,5".into(), ..coffee() }, "quantity"),
        (ItemRequest { quantity: "1e3".into(), ..coffee() }, "quantity"),
        (ItemRequest { quantity: "1.".into(), ..coffee() }, "quantity"),
        (ItemRequest { quantity: "-1".into(), ..coffee() }, "quantity"),
        (ItemRequest { tax_percent: Some("25%".into()), ..coffee() }, "tax-percent"),
        (ItemRequest { tax_percent: Some("7.755".into()), ..coffee() }, "tax-percent"),
        (ItemRequest { amount: Asked::Text("13.31".into()), ..coffee() }, "sum-is-amount"),
    ];
    for (item, rule) in cases {
        let (_, field, broken) = first_fault(&listing(vec![item.clone()]), &ANY);
        assert_eq!((field, broken), ("items", *rule), "{item:?}");
    }
    let many = (0..=ITEMS_MAX).map(|_| coffee()).collect();
    assert_eq!(first_fault(&listing(many), &ANY).2, "max-count");
    let worded = ItemRequest { amount: Asked::Text("13,30".into()), ..coffee() };
    assert_eq!(first_fault(&listing(vec![worded]), &ANY).1, "items");
}

#[test]
fn extras_are_refused_where_a_provider_has_no_such_thing() {
    let bare = Capabilities::BARE;
    let cases: &[(SaleRequest, &str)] = &[
        (listing(vec![coffee()]), "items"),
        (SaleRequest { customer_absent: true, ..good() }, "customer_absent"),
        (SaleRequest { code: Some(Secret::new("1234567890123456")), ..good() }, "code"),
    ];
    for (request, field) in cases {
        assert_eq!(first_fault(request, &bare).1, *field);
        assert!(validate(request, &ANY).is_ok(), "{field}");
    }
}

#[test]
fn a_code_that_could_break_out_of_its_text_is_refused_and_none_is_kept() {
    for code in ["", "12\"34", "12 34", "12\\34", "\u{663}", &"1".repeat(129)] {
        let request = SaleRequest { code: Some(Secret::new(code)), ..good() };
        assert_eq!(first_fault(&request, &ANY).2, "code-characters", "{code:?}");
    }
    let request = SaleRequest { code: Some(Secret::new("1234567890123456")), ..good() };
    let (sale, _) = validate(&request, &ANY).unwrap();
    assert!(sale.scanned);
    assert!(!serde_json::to_string(&sale).unwrap().contains("1234567890123456"));
    assert!(!format!("{request:?}").contains("1234567890123456"));
}

#[test]
fn a_text_that_stands_for_a_code_inside_is_refused_wherever_it_is() {
    let text = format!("x{CODE_PLACEHOLDER}");
    let item = |name: &str, sku: Option<String>| {
        listing(vec![ItemRequest { sku, ..ItemRequest::new(name, "13.30") }])
    };
    let noted = |key: &str, value: &str| SaleRequest {
        metadata: [(key.to_owned(), value.to_owned())].into(),
        ..good()
    };
    let cases = [
        ("reference", SaleRequest { reference: text.clone(), ..good() }),
        ("metadata", noted(&text, "y")),
        ("metadata", noted("y", &text)),
        ("items", item(&text, None)),
        ("items", item("y", Some(text.clone()))),
    ];
    for (field, request) in cases {
        let (_, at, rule) = first_fault(&request, &ANY);
        assert_eq!((at, rule), (field, "code-placeholder"));
    }
}
