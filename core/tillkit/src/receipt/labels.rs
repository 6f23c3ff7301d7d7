//! The words of a receipt, so that a shop can have them in its own language.

/// Every word that a receipt prints by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// Over a payment that is open or in doubt.
    pub not_known: Box<str>,
    /// Over a payment that was not taken.
    pub not_paid: Box<str>,
    /// Over an approval that was not captured.
    pub held: Box<str>,
    /// Over an approval by the device alone.
    pub provisional: Box<str>,
    /// Before what was asked for.
    pub amount: Box<str>,
    /// Before the tip.
    pub tip: Box<str>,
    /// Before what was taken.
    pub total: Box<str>,
    /// Before what is left of it.
    pub remaining: Box<str>,
    /// Before what was given back.
    pub returned: Box<str>,
    /// Before what is on its way back.
    pub returning: Box<str>,
    /// Before the card.
    pub card: Box<str>,
    /// Before what it was paid with, where that is no card.
    pub paid_with: Box<str>,
    /// Before how it was read.
    pub entry: Box<str>,
    /// Held to the reader, put into it, drawn through it, typed in, scanned: in this order.
    pub entries: [Box<str>; 5],
    /// Before the till's reference.
    pub reference: Box<str>,
    /// Before our own id of the payment.
    pub payment: Box<str>,
    /// Before the short name.
    pub short_code: Box<str>,
    /// Before the provider's id.
    pub transaction: Box<str>,
    /// Before the terminal.
    pub terminal: Box<str>,
    /// Before day and time.
    pub date: Box<str>,
}

impl Default for Labels {
    fn default() -> Self {
        Self {
            not_known: "NOT KNOWN YET - NO PROOF OF PAYMENT".into(),
            not_paid: "NOT PAID".into(),
            held: "APPROVED, NOT YET CHARGED".into(),
            provisional: "Approved offline, may be reversed".into(),
            amount: "Amount".into(),
            tip: "Tip".into(),
            total: "Total".into(),
            remaining: "Remaining".into(),
            returned: "Refunded".into(),
            returning: "Being refunded".into(),
            card: "Card".into(),
            paid_with: "Paid with".into(),
            entry: "Read".into(),
            entries: [
                "contactless".into(),
                "chip".into(),
                "swiped".into(),
                "typed in".into(),
                "code".into(),
            ],
            reference: "Reference".into(),
            payment: "Payment".into(),
            short_code: "Code".into(),
            transaction: "Transaction".into(),
            terminal: "Terminal".into(),
            date: "Date".into(),
        }
    }
}
