//! Every record of the boundary, field by field.

use pyo3::prelude::*;
use tillkit::boundary::{
    AccountHealth, Amounts, Asset, Cancellation, Capabilities, Condition, Consent, Details,
    Difference, Event, Health, MissingRight, Money, News, Operation, Page, Payment, Reason,
    ReceiptItem, ReceiptText, Reconciliation, Recovered, Report, ReportRow, ReportTotal, Store,
    Subscription, Terminal, TerminalOperation, Theirs, Unreadable, WebhookAnswer,
};

use crate::carry::{Carry, moment, moment_or_none, record};

/// The value as it is, under another name.
fn same<T: Carry>(py: Python<'_>, value: T) -> PyResult<Py<PyAny>> {
    value.carry(py)
}

record!(Payment "Payment" {
    id,
    account,
    terminal,
    reference,
    attempt,
    outcome,
    status,
    amounts,
    alarms,
    provisional,
    next_attempt,
    replayed,
    reason,
    operations,
    charges,
    card_scheme,
    card_last_four,
    details,
    created_at_ms as moment => created_at,
    settled_at_ms as moment_or_none => settled_at,
});

record!(Money "Money" { minor, text, currency });

record!(Amounts "Amounts" {
    asked,
    authorized,
    captured,
    tip,
    held,
    remaining,
    returning,
    returned,
});

record!(Operation "Operation" {
    kind,
    reference,
    amount,
    charge,
    condition,
    accept,
    progress,
});

record!(Reason "Reason" { code, detail, trace });

record!(Details "Details" {
    transaction,
    short_code,
    url,
    entry,
    assets,
    receipts,
    conditions,
    capture_failed,
    part_left,
    released,
});

record!(Asset "Asset" { kind, amount });

record!(ReceiptText "ReceiptText" { holder, text });

record!(Condition "Condition" { id, name, message, status });

record!(Event "Event" { at_ms as moment => at, name, sentence, details });

record!(Cancellation "Cancellation" { truth, payment });

record!(Page "Page" { payments, damaged, next });

record!(News "News" { events, payment, over });

record!(Terminal "Terminal" { id, name, serial, store, ready, status });

record!(Store "Store" { id, name });

record!(Subscription "Subscription" { id, url, events, secret });

record!(TerminalOperation "TerminalOperation" { id, succeeded, status });

record!(Consent "Consent" { url, state, redirect_uri });

record!(Recovered "Recovered" { listed, missed, unheard });

record!(WebhookAnswer "WebhookAnswer" { status, body, heard, error });

record!(Capabilities "Capabilities" {
    terminal,
    currencies,
    amount_min_minor,
    amount_max_minor,
    metadata_bytes_max,
    manual_capture,
    part_payment,
    cancel,
    release,
    refund,
    partial_capture,
    partial_refund,
    items,
    customer_absent,
    scanned_code,
    conditions,
    terminals,
    notifications,
    subscriptions,
    reconcile,
    end_of_day,
    recover_hints,
});

record!(Health "Health" { role, connected, accounts, unsettled, orphans, damaged });

record!(AccountHealth "AccountHealth" {
    account,
    standing,
    standing_error,
    missing_scopes,
    missing,
    probe_error,
    hearing_error,
    unheard,
    kept,
});

record!(MissingRight "MissingRight" { right, error });

record!(ReceiptItem "ReceiptItem" {
    name,
    sku,
    quantity,
    amount,
    tax_percent,
    discount,
});

record!(Report "Report" {
    from_ms as moment => since,
    to_ms as moment => until,
    rows,
    totals,
    open,
    in_doubt,
    alarmed,
    unreadable,
});

record!(ReportRow "ReportRow" {
    account,
    currency,
    outcome,
    status,
    paid_with,
    count,
    asked_minor,
    captured_minor,
    tips_minor,
    returned_minor,
});

record!(ReportTotal "ReportTotal" {
    account,
    currency,
    count,
    captured_minor,
    tips_minor,
    returned_minor,
    net_minor,
});

record!(Unreadable "Unreadable" { payment as same => payment_id, why });

record!(Reconciliation "Reconciliation" {
    agreeing,
    missing_here,
    missing_there,
    different,
    unreadable,
});

record!(Theirs "Theirs" {
    charge,
    payment as same => payment_id,
    reference,
    asked_minor,
    taken,
});

record!(Difference "Difference" {
    payment as same => payment_id,
    charge,
    what,
    ours,
    theirs,
});
