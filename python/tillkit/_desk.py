"""Terminals, subscriptions, capabilities, and how a till stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ._enums import Heard, Presence, Readiness, Role, Standing

if TYPE_CHECKING:
    from ._errors import Error


@dataclass(frozen=True, slots=True)
class Terminal:
    """A device that takes cards."""

    id: str
    """The provider's id of it, which a sale names."""
    name: str | None
    """What people call it."""
    serial: str | None
    """Its serial number."""
    store: str | None
    """Where it stands."""
    ready: Readiness
    """Whether it can take a sale, as far as the provider tells: ``yes``, ``no`` or ``unsaid``."""
    status: str | None
    """The provider's own word for that."""


@dataclass(frozen=True, slots=True)
class Store:
    """A store or location."""

    id: str
    """The id that settings and terminals name."""
    name: str | None
    """What people call it."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who is notified of what."""

    id: str
    """The provider's id of it."""
    url: str | None
    """Where notifications go."""
    events: tuple[str, ...]
    """Of what."""
    secret: str | None = field(repr=False)
    """The secret by which they are signed; told once, when it is made."""


@dataclass(frozen=True, slots=True)
class TerminalOperation:
    """What became of an operation of a terminal."""

    id: str
    """The provider's id of it."""
    succeeded: bool | None
    """Whether it is over, and how; none while it runs."""
    status: str
    """The provider's own words for it."""


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent that was asked for."""

    url: str
    """Where to send the merchant."""
    state: str
    """What has to come back with the code, unchanged."""
    redirect_uri: str
    """Where the merchant comes back to."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was made up for from a provider's list of notifications."""

    listed: int
    """How many notifications it showed."""
    missed: int
    """How many of them had not been heard before, and are about a payment."""
    unheard: int
    """How many of them are about a payment whose record cannot be read."""


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What to answer to a notification, and what became of it."""

    status: int
    """The HTTP status."""
    body: str
    """The body, as plain text."""
    heard: Heard | None
    """What became of it, where it was believed; for the host, and no part of the answer."""
    error: Error | None
    """Why it was refused, likewise."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an account's provider can do, and within which limits."""

    terminal: Presence
    """Whether a sale names a terminal."""
    currencies: tuple[str, ...]
    """The currencies that it takes; empty means any."""
    amount_min_minor: int | None
    """The least amount, in minor units of each listed currency."""
    amount_max_minor: int | None
    """The most, likewise."""
    metadata_bytes_max: int | None
    """How many bytes of metadata; none where it takes none."""
    manual_capture: bool
    """A sale may be approved now and captured later."""
    part_payment: bool
    """Less than the amount may be paid."""
    cancel: bool
    """An undecided payment can be cancelled."""
    release: bool
    """What is held can be let go by a cancel."""
    refund: bool
    """Money can be given back."""
    partial_capture: bool
    """Less than what was approved may be captured."""
    partial_refund: bool
    """Less than what was captured may be given back."""
    items: bool
    """A sale may list its items."""
    customer_absent: bool
    """A customer may be elsewhere."""
    scanned_code: bool
    """The till may scan a customer's code."""
    conditions: bool
    """There may be conditions that the till has to answer."""
    terminals: bool
    """Its terminals can be listed."""
    notifications: bool
    """It notifies of what happens to payments."""
    subscriptions: bool
    """Notifications can be subscribed to through its API."""
    reconcile: bool
    """It lists payments of a period, to be compared with ours."""
    end_of_day: bool
    """Terminals can be told to end their day."""
    recover_hints: bool
    """It lists what it notified."""


@dataclass(frozen=True, slots=True)
class MissingRight:
    """A right that an account lacks."""

    right: str
    """What is missing, in the provider's words."""
    error: Error | None
    """What the provider said, where it refused to tell."""


@dataclass(frozen=True, slots=True)
class AccountHealth:
    """How one account stands with its provider."""

    account: str
    """The account."""
    standing: Standing
    """Whether requests can leave, and what it takes if not."""
    standing_error: Error | None
    """Why not, where there is more to say."""
    missing_scopes: tuple[str, ...]
    """Rights that its tokens lack, as the provider names them."""
    missing: tuple[MissingRight, ...] | None
    """Which rights it lacked when its provider was last asked; none before that."""
    probe_error: Error | None
    """Why not all of its rights are known."""
    hearing_error: Error | None
    """Why the provider's list of notifications was not read to its end the last time."""
    unheard: int
    """How many that it listed are about a payment whose record cannot be read."""
    kept: int
    """How many that arrived early cannot be passed on, for the same reason; they are kept."""


@dataclass(frozen=True, slots=True)
class Health:
    """How a till stands."""

    role: Role
    """What it may do with the journal."""
    connected: tuple[str, ...]
    """The accounts that are connected."""
    accounts: tuple[AccountHealth, ...]
    """How each of them stands with its provider."""
    unsettled: int
    """How many payments of connected accounts are not settled."""
    orphans: tuple[str, ...]
    """Unsettled payments of accounts that are not connected: they rest until these are."""
    damaged: tuple[str, ...]
    """Payments whose records are damaged; nothing is done for them."""
