"""A payment and its parts. All of them are frozen, and compare by what they say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from ._enums import (
    Alarm,
    CancelTruth,
    CardEntry,
    ConditionStatus,
    Holder,
    OperationKind,
    Outcome,
    Progress,
    Status,
)

if TYPE_CHECKING:
    from ._errors import Error


@dataclass(frozen=True, slots=True)
class Money:
    """An amount as a whole number and as text, so that no reader has to place a decimal point."""

    minor: int
    """Whole minor units."""
    text: str
    """The same as decimal text."""
    currency: str
    """The ISO 4217 code."""

    @property
    def decimal(self) -> Decimal:
        """The amount as an exact ``Decimal``."""
        return Decimal(self.text)

    def __str__(self) -> str:
        return f"{self.text} {self.currency}"


@dataclass(frozen=True, slots=True)
class Amounts:
    """The amounts of a payment, all in the currency of its sale."""

    asked: Money
    """What the till asked for."""
    authorized: Money
    """What was approved, tip included."""
    captured: Money
    """Of it, captured."""
    tip: Money
    """Of it, the tip."""
    held: Money
    """What a capture may still take, as far as is seen; it may have lapsed."""
    remaining: Money
    """Captured or held, and not given back."""
    returning: Money
    """On its way back."""
    returned: Money
    """Given back."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is as it is."""

    code: str
    """A short machine-readable code: the provider's, or ours in kebab-case."""
    detail: str | None
    """The provider's sentence."""
    trace: str | None
    """The provider's own id of the exchange, for a support ticket."""


@dataclass(frozen=True, slots=True)
class ProviderWords:
    """A provider's own words about a refusal, as they came."""

    code: str | None
    """Its error code."""
    detail: str | None
    """Its text."""
    trace: str | None
    """The id under which its support finds the request."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A capture, a refund, a cancel or another operation after the start."""

    kind: OperationKind
    """Which of them."""
    reference: str | None
    """The till's own name for it; a cancel has none."""
    amount: Money | None
    """How much; a cancel is of everything."""
    charge: str | None
    """The provider's id of the charge that it is for, where one was chosen."""
    condition: str | None
    """The provider's id of the condition that it answers."""
    accept: bool | None
    """Whether it accepts that condition."""
    progress: Progress
    """What became of it."""


@dataclass(frozen=True, slots=True)
class Asset:
    """How much was paid with one kind of asset."""

    kind: str
    """The provider's name of the kind."""
    amount: Money | None
    """How much, where it is shown."""


@dataclass(frozen=True, slots=True)
class ReceiptText:
    """A receipt as the provider words it."""

    holder: Holder
    """For whom."""
    text: str
    """The text."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that has to be answered before the customer may pay."""

    id: str
    """The provider's id of it, by which it is answered."""
    name: str
    """Its name, for programs."""
    message: str
    """What to ask at the counter."""
    status: ConditionStatus
    """Where it stands."""


@dataclass(frozen=True, slots=True)
class Details:
    """What else a provider shows of a charge."""

    transaction: str | None
    """The provider's second id of it, by which captures and refunds go."""
    short_code: str | None
    """A short name that a customer can read out."""
    url: str | None
    """Where the customer pays, shown as a QR code."""
    entry: CardEntry | None
    """How the card or code was read."""
    assets: tuple[Asset, ...]
    """What it was paid with, in the provider's own kinds."""
    receipts: tuple[ReceiptText, ...]
    """The provider's own receipt texts."""
    conditions: tuple[Condition, ...]
    """What has to be answered before the customer may pay."""
    capture_failed: bool
    """The provider says that its automatic capture failed."""
    part_left: bool
    """It ended with a part of it paid, and nothing in it tells whether that went back."""
    released: bool
    """It holds nothing more than what was captured: the rest was let go of, or lapsed."""


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as a till sees it."""

    id: str
    """Its id, which never changes."""
    account: str
    """The host's name for the account."""
    terminal: str | None
    """The device, where the flow has one."""
    reference: str
    """The till's own name for the sale."""
    attempt: int
    """Which try it is."""
    outcome: Outcome
    """What a till reads."""
    status: Status
    """What a screen shows."""
    amounts: Amounts
    """How much of what."""
    alarms: tuple[Alarm, ...]
    """What a person should know."""
    provisional: bool
    """The approval may yet be reversed."""
    next_attempt: int | None
    """The attempt that may come next; none while this one is not known or was paid."""
    replayed: bool
    """It existed before the call that this answers."""
    reason: Reason | None
    """Why it is as it is, in the provider's words where there are any."""
    operations: tuple[Operation, ...]
    """Everything after the start, in the order of the wishes, the cancel last."""
    charges: tuple[str, ...]
    """The provider's ids of it."""
    card_scheme: str | None
    """The card's scheme, as the provider spells it."""
    card_last_four: str | None
    """The card's last four digits."""
    details: Details | None
    """What else the provider showed of it."""
    created_at: datetime
    """When the till called."""
    settled_at: datetime | None
    """When it first became settled."""


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What became of a wish to cancel."""

    truth: CancelTruth
    """The one truth."""
    payment: Payment
    """The payment as it is now."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a payment."""

    at: datetime
    """When."""
    name: str
    """Its name, as it is stored."""
    sentence: str
    """What happened, in one plain sentence."""
    details: tuple[tuple[str, str], ...]
    """More of it, as pairs of a name and a text."""


@dataclass(frozen=True, slots=True)
class News:
    """What has happened since the last look."""

    events: tuple[Event, ...]
    """What was not told before, in order; empty only where it is over."""
    payment: Payment
    """The payment as it is now."""
    over: bool
    """Nothing more is waited for: it is settled, or a person has to look."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some payments, and where to go on."""

    payments: tuple[Payment, ...]
    """Newest first."""
    damaged: tuple[Error, ...]
    """Those of the page that are stored and cannot be read: told, never left out."""
    next: str | None
    """What to say as ``before`` for the next page; none after the last."""
