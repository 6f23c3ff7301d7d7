"""Take a card payment on a physical terminal, exactly once.

    from tillkit import Outcome, Qonto, Till

    with Till.open("till.db", create=True) as till:
        till.connect("shop-1", Qonto(environment="production", organization_id=…, access_token=…))
        payment = till.pay(
            "shop-1", terminal=terminal, amount="13.30", currency="EUR", reference="order-456"
        )
        match payment.outcome:
            case Outcome.PAID:
                print(till.receipt(payment).text(columns=42))
            case Outcome.NOT_PAID:
                ...  # declined, cancelled, expired: payment.status says which
            case _:
                ...  # unknown: do not charge again, Tillkit goes on looking

``AsyncTill`` has the same methods, awaited. Everything that is refused raises a ``tillkit.Error``.
Log lines go to the logger ``tillkit``, without secrets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._enums import (
    Agreement,
    Alarm,
    CancelTruth,
    Capture,
    CardEntry,
    Cashier,
    Charged,
    ConditionStatus,
    ErrorClass,
    ErrorCode,
    Heard,
    Holder,
    OperationKind,
    Outcome,
    Presence,
    Progress,
    Readiness,
    Retry,
    Role,
    Standing,
    Status,
    Word,
)
from ._errors import (
    AuthenticationError,
    ConfigurationError,
    Error,
    IdempotencyError,
    IllegalStateError,
    InternalError,
    InvalidRequestError,
    JournalError,
    RateLimitedError,
    RejectedError,
    UnreachableError,
    UnsupportedError,
    WebhookRefusedError,
)
from ._settings import Centrapay, Dintero, Item, Qonto, Settings, Vinr
from ._till import Till
from ._tillkit import __version__
from ._types import (
    AccountHealth,
    Amounts,
    Asset,
    Cancellation,
    Capabilities,
    Condition,
    Consent,
    Details,
    Difference,
    Event,
    Health,
    MissingRight,
    Money,
    Operation,
    Page,
    Payment,
    ProviderWords,
    Reason,
    Receipt,
    ReceiptItem,
    ReceiptText,
    Reconciliation,
    Recovered,
    Report,
    ReportRow,
    ReportTotal,
    Store,
    Subscription,
    Terminal,
    TerminalOperation,
    Theirs,
    Unreadable,
    WebhookAnswer,
)

if TYPE_CHECKING:
    from ._async import AsyncTill

__all__ = [
    "AccountHealth",
    "Agreement",
    "Alarm",
    "Amounts",
    "Asset",
    "AsyncTill",
    "AuthenticationError",
    "CancelTruth",
    "Cancellation",
    "Capabilities",
    "Capture",
    "CardEntry",
    "Cashier",
    "Centrapay",
    "Charged",
    "Condition",
    "ConditionStatus",
    "ConfigurationError",
    "Consent",
    "Details",
    "Difference",
    "Dintero",
    "Error",
    "ErrorClass",
    "ErrorCode",
    "Event",
    "Health",
    "Heard",
    "Holder",
    "IdempotencyError",
    "IllegalStateError",
    "InternalError",
    "InvalidRequestError",
    "Item",
    "JournalError",
    "MissingRight",
    "Money",
    "Operation",
    "OperationKind",
    "Outcome",
    "Page",
    "Payment",
    "Presence",
    "Progress",
    "ProviderWords",
    "Qonto",
    "RateLimitedError",
    "Readiness",
    "Reason",
    "Receipt",
    "ReceiptItem",
    "ReceiptText",
    "Reconciliation",
    "Recovered",
    "RejectedError",
    "Report",
    "ReportRow",
    "ReportTotal",
    "Retry",
    "Role",
    "Settings",
    "Standing",
    "Status",
    "Store",
    "Subscription",
    "Terminal",
    "TerminalOperation",
    "Theirs",
    "Till",
    "UnreachableError",
    "Unreadable",
    "UnsupportedError",
    "Vinr",
    "WebhookAnswer",
    "WebhookRefusedError",
    "Word",
    "__version__",
]


def __getattr__(name: str) -> Any:
    """``AsyncTill`` on first use: asyncio takes longer to import than all the rest."""
    if name == "AsyncTill":
        from ._async import AsyncTill

        return AsyncTill
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
