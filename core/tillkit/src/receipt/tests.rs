use tillkit_model::ids::{ChargeId, PaymentId};
use tillkit_model::money::{Currency, Money};
use tillkit_model::payment::details::{Asset, Details, Entry, Holder, ReceiptText};
use tillkit_model::payment::stage::Stage;
use tillkit_model::payment::summary::{Amount, Amounts, Summary};
use tillkit_model::payment::view::Outcome;
use tillkit_model::sale::{Item, Sale};
use unicode_width::UnicodeWidthStr;

use super::{COLUMNS_MAX, COLUMNS_MIN, Layout, Receipt, qr_code};

fn money(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR).unwrap()
}

fn amount(minor: i64) -> Amount {
    money(minor).into()
}

fn item(name: &str, quantity: &str, minor: i64) -> Item {
    Item {
        name: name.into(),
        sku: None,
        quantity: quantity.into(),
        amount: money(minor),
        tax_percent: None,
        discount: None,
    }
}

fn sale() -> Sale {
    serde_json::from_value(serde_json::json!({
        "account": {
            "name": "shop-1", "provider": "qonto", "merchant": "org-1", "environment": "sandbox",
        },
        "terminal": "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
        "amount": { "minor": 1_330, "currency": "EUR" },
        "reference": "order-456",
        "attempt": 1,
        "items": [item("Coffee", "1", 330), item("Cheese of the old kind, by weight", "0.350", 1_000)],
    }))
    .unwrap()
}

fn summary(outcome: Outcome) -> Summary {
    Summary {
        id: PaymentId::from_bytes([1; 16]),
        account: sale().account.name,
        terminal: sale().terminal,
        reference: sale().reference,
        attempt: 1,
        outcome,
        status: Stage::Completed,
        amounts: Amounts {
            asked: amount(1_330),
            authorized: amount(1_480),
            captured: amount(1_480),
            tip: amount(150),
            held: amount(0),
            remaining: amount(1_480),
            returning: amount(0),
            returned: amount(0),
        },
        alarms: Default::default(),
        provisional: false,
        next_attempt: None,
        replayed: false,
        reason: None,
        operations: Vec::new(),
        charges: vec![ChargeId::parse("charge-1").unwrap()],
        card_scheme: Some("visa".into()),
        card_last_four: Some("4242".into()),
        details: Some(Box::new(Details {
            short_code: Some("CT4-8DK".into()),
            entry: Some(Entry::Contactless),
            assets: vec![Asset { kind: "centrapay.nzd.main".into(), amount: Some(money(1_330)) }],
            receipts: vec![ReceiptText {
                holder: Holder::Customer,
                text: "APPROVED\nAID: A0000000031010".into(),
            }],
            ..Details::default()
        })),
        created_at_ms: 1_775_053_800_000,
        settled_at_ms: None,
    }
}

fn receipt(outcome: Outcome) -> Receipt {
    Receipt::of(&sale(), &summary(outcome))
}

#[test]
fn a_paid_receipt_lists_everything_in_its_columns() {
    let layout = Layout {
        header: vec!["Café Tillkit".into()],
        footer: vec!["Thank you!".into()],
        offset_minutes: 120,
        ..Layout::columns(32)
    };
    let expected = "          Café Tillkit
--------------------------------
Coffee                      3.30
0.350 x Cheese of the old kind,
by weight
                           10.00
--------------------------------
Amount                 13.30 EUR
Tip                     1.50 EUR
Total                  14.80 EUR
--------------------------------
Card              visa **** 4242
";
    let text = receipt(Outcome::Paid).text(&layout).unwrap();
    assert!(text.starts_with(expected), "{text}");
    let rest = "Paid with
        centrapay.nzd.main 13.30
Read                 contactless
Reference              order-456
Code                     CT4-8DK
Transaction             charge-1
Terminal
a1b2c3d4-e5f6-7890-abcd-ef123456
                            7890
Date            2026-04-01 16:30
--------------------------------
APPROVED
AID: A0000000031010
--------------------------------
           Thank you!
";
    assert!(text.ends_with(rest), "{text}");
}

#[test]
fn nothing_but_a_known_payment_is_a_proof() {
    let first = |outcome| {
        let receipt = receipt(outcome);
        let text = receipt.text(&Layout::columns(48)).unwrap();
        (receipt.is_proof(), text.lines().next().unwrap().trim().to_owned())
    };
    let no_proof = "NOT KNOWN YET - NO PROOF OF PAYMENT";
    assert_eq!(first(Outcome::Unknown), (false, no_proof.into()));
    assert_eq!(first(Outcome::Open), (false, no_proof.into()));
    assert_eq!(first(Outcome::NotPaid), (false, "NOT PAID".into()));
    assert_eq!(first(Outcome::Held), (false, "APPROVED, NOT YET CHARGED".into()));
    for outcome in [Outcome::Paid, Outcome::PartPaid, Outcome::Returned] {
        assert_eq!(first(outcome), (true, "-".repeat(48)));
    }
}

#[test]
fn no_line_is_wider_than_its_roll_whatever_a_provider_wrote() {
    let strange = "漢字".repeat(40) + "\u{1b}[2J \t" + &"x".repeat(100);
    let mut summary = summary(Outcome::Paid);
    summary.card_scheme = Some(strange.as_str().into());
    if let Some(details) = &mut summary.details {
        details.receipts =
            vec![ReceiptText { holder: Holder::Customer, text: strange.as_str().into() }];
    }
    let receipt = Receipt::of(&sale(), &summary);
    for columns in COLUMNS_MIN..=COLUMNS_MAX {
        let text = receipt.text(&Layout::columns(columns)).unwrap();
        assert!(text.lines().all(|line| line.width() <= columns), "{text}");
        assert!(text.chars().all(|letter| letter == '\n' || !letter.is_control()));
        assert!(text.contains("CT4-8DK") && text.contains("order-456"));
    }
    for columns in [0, 31, 49, usize::MAX] {
        let error = receipt.text(&Layout::columns(columns)).unwrap_err();
        assert!(error.to_string().contains("32 to 48"), "{error}");
    }
}

#[test]
fn by_some_name_a_customer_can_always_ask_for_a_refund() {
    let mut summary = summary(Outcome::Paid);
    summary.details = None;
    let text = Receipt::of(&sale(), &summary).text(&Layout::columns(48)).unwrap();
    assert!(text.contains("Payment     01010101-0101-0101-0101-010101010101\n"), "{text}");
}

#[test]
fn what_was_given_back_is_told_with_what_is_left() {
    let mut summary = summary(Outcome::Paid);
    summary.amounts.returned = amount(330);
    summary.amounts.remaining = amount(1_150);
    let text = Receipt::of(&sale(), &summary).text(&Layout::columns(32)).unwrap();
    assert!(text.contains("Refunded                3.30 EUR\nRemaining              11.50 EUR\n"));
}

#[test]
fn a_qr_code_is_a_square_and_a_picture() {
    let code = qr_code("https://app.centrapay.com/pay/abc").unwrap();
    assert!(code.matrix.iter().all(|row| row.len() == code.matrix.len()));
    // The three corners by which readers find it.
    let size = code.matrix.len();
    assert!(code.matrix[0][0] && code.matrix[0][size - 1] && code.matrix[size - 1][0]);
    assert!(code.svg.contains("<svg"));
    assert!(qr_code(&"x".repeat(5_000)).is_err());
}
