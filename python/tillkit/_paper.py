"""What is printed: receipts, reports, and how they compare with a provider's list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ._enums import Agreement, CardEntry, Holder, Outcome, Status
from ._payment import Amounts, Asset, Money, Operation, ReceiptText

if TYPE_CHECKING:
    from ._tillkit import Paper


@dataclass(frozen=True, slots=True)
class ReceiptItem:
    """One line of what was bought."""

    name: str
    """What it is."""
    sku: str | None
    """The shop's own number for it."""
    quantity: str
    """How many, as decimal text."""
    amount: Money
    """The whole line, tax and discount included."""
    tax_percent: str | None
    """The tax within, in percent, as decimal text."""
    discount: Money | None
    """What was taken off, already subtracted."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a customer is handed."""

    payment_id: str
    """Our id of the payment."""
    account: str
    """The host's name for the account."""
    provider: str
    """Through which provider."""
    terminal: str | None
    """The device, where the flow has one."""
    reference: str
    """The till's own name for the sale."""
    attempt: int
    """Which try it was."""
    outcome: Outcome
    """How it ended, as far as is known."""
    is_proof: bool
    """Whether it proves that money was taken."""
    amounts: Amounts
    """How much of what."""
    provisional: bool
    """The approval may yet be reversed."""
    items: tuple[ReceiptItem, ...]
    """What was bought, where the till said so."""
    scheme: str | None
    """The card's scheme, as the provider spells it."""
    last_four: str | None
    """The card's last four digits."""
    entry: CardEntry | None
    """How the card or code was read."""
    assets: tuple[Asset, ...]
    """What it was paid with, in the provider's own kinds."""
    charges: tuple[str, ...]
    """The provider's ids of it."""
    transaction: str | None
    """The provider's second id, by which it is refunded."""
    short_code: str | None
    """A short name that a customer can read out when asking for a refund."""
    operations: tuple[Operation, ...]
    """Captures and refunds."""
    texts: tuple[ReceiptText, ...]
    """The provider's own receipt texts."""
    created_at: datetime
    """When the till called."""
    _paper: Paper = field(repr=False, compare=False)

    def text(
        self,
        *,
        columns: int = 42,
        holder: Holder | str = Holder.CUSTOMER,
        header: Iterable[str] = (),
        footer: Iterable[str] = (),
        utc_offset: timedelta = timedelta(),
    ) -> str:
        """The receipt in lines for a paper roll, each at most ``columns`` wide (32 to 48).

        ``holder`` says whose copy it is, which decides the provider's wording; ``header`` and
        ``footer`` are the shop's own lines, and ``utc_offset`` is the shop's clock. Anything but a
        payment that is known to be paid says so in its first line.
        """
        offset_minutes = round(utc_offset.total_seconds() / 60)
        return self._paper.text(columns, str(holder), list(header), list(footer), offset_minutes)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """Payments that are alike. Sums are whole minor units."""

    account: str
    """The host's name for the account."""
    currency: str
    """The ISO 4217 code."""
    outcome: Outcome
    """How they ended."""
    status: Status
    """What a screen shows."""
    paid_with: str
    """What they were paid with; empty where it is not said."""
    count: int
    """How many."""
    asked_minor: int
    """What was asked for."""
    captured_minor: int
    """What was captured, tips included."""
    tips_minor: int
    """Of it, tips."""
    returned_minor: int
    """Of it, given back."""


@dataclass(frozen=True, slots=True)
class ReportTotal:
    """What an account took in one currency. Sums are whole minor units."""

    account: str
    """The host's name for the account."""
    currency: str
    """The ISO 4217 code."""
    count: int
    """How many payments took money."""
    captured_minor: int
    """What was captured, tips included."""
    tips_minor: int
    """Of it, tips."""
    returned_minor: int
    """Of it, given back."""
    net_minor: int
    """What is left of it."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A payment that is stored and cannot be read."""

    payment_id: str | None
    """Its id, where the error names it."""
    why: str
    """Why."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was taken in a period."""

    since: datetime
    """From when on."""
    until: datetime
    """Until when; not part of it."""
    rows: tuple[ReportRow, ...]
    """By account, currency, outcome, status and kind of money, in this order."""
    totals: tuple[ReportTotal, ...]
    """What was taken, by account and currency."""
    open: tuple[str, ...]
    """Not decided yet."""
    in_doubt: tuple[str, ...]
    """Not known: a person may have to look."""
    alarmed: tuple[str, ...]
    """With an alarm."""
    unreadable: tuple[Unreadable, ...]
    """Stored, and cannot be read."""


@dataclass(frozen=True, slots=True)
class Theirs:
    """A payment on the provider's list."""

    charge: str
    """The provider's id of it."""
    payment_id: str | None
    """Our payment id, where it carries one."""
    reference: str | None
    """The till's reference, where it carries one."""
    asked_minor: int | None
    """What was asked for there, in minor units."""
    taken: bool | None
    """Whether money was taken there; none where the list does not tell."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Both have it, and say different things."""

    payment_id: str
    """Our id of it."""
    charge: str
    """The provider's id of it."""
    what: Agreement
    """In what."""
    ours: str
    """What we say."""
    theirs: str
    """What the provider says."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How our payments of a period compare with the provider's own list."""

    agreeing: int
    """How many agree."""
    missing_here: tuple[Theirs, ...]
    """The provider has them, and we do not."""
    missing_there: tuple[str, ...]
    """We say that money was taken, and the provider does not list it."""
    different: tuple[Difference, ...]
    """Both have them, and say different things."""
    unreadable: tuple[Unreadable, ...]
    """Ours that are stored and cannot be read."""
