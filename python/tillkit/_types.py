"""Every record that a till answers with, in one place."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from ._desk import (
    AccountHealth,
    Capabilities,
    Consent,
    Health,
    MissingRight,
    Recovered,
    Store,
    Subscription,
    Terminal,
    TerminalOperation,
    WebhookAnswer,
)
from ._paper import (
    Difference,
    Receipt,
    ReceiptItem,
    Reconciliation,
    Report,
    ReportRow,
    ReportTotal,
    Theirs,
    Unreadable,
)
from ._payment import (
    Amounts,
    Asset,
    Cancellation,
    Condition,
    Details,
    Event,
    Money,
    News,
    Operation,
    Page,
    Payment,
    ProviderWords,
    Reason,
    ReceiptText,
)

__all__ = [
    "AccountHealth",
    "Amounts",
    "Asset",
    "Cancellation",
    "Capabilities",
    "Condition",
    "Consent",
    "Details",
    "Difference",
    "Event",
    "Health",
    "MissingRight",
    "Money",
    "News",
    "Operation",
    "Page",
    "Payment",
    "ProviderWords",
    "Reason",
    "Receipt",
    "ReceiptItem",
    "ReceiptText",
    "Reconciliation",
    "Recovered",
    "Report",
    "ReportRow",
    "ReportTotal",
    "Store",
    "Subscription",
    "Terminal",
    "TerminalOperation",
    "Theirs",
    "Unreadable",
    "WebhookAnswer",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def moment(ms: int) -> datetime:
    """Milliseconds since 1970 as a datetime in UTC; what no calendar reaches is its end."""
    try:
        return _EPOCH + timedelta(milliseconds=ms)
    except OverflowError:
        latest = datetime.max if ms > 0 else datetime.min
        return latest.replace(tzinfo=timezone.utc)
