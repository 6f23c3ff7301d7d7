"""Settings of the providers, and the lines of a sale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

__all__ = ["Centrapay", "Dintero", "Item", "Qonto", "Settings", "Vinr"]


@dataclass(frozen=True, kw_only=True)
class Qonto:
    """A merchant's settings for Qonto.

    In a backend ``client_id`` and ``client_secret``, and then ``till.authorize`` once; elsewhere an
    ``access_token`` that the backend handed out. Secrets are not printed.
    """

    PROVIDER: ClassVar[str] = "qonto"

    environment: str
    """``production`` or ``sandbox``."""
    organization_id: str
    """The merchant's organization."""
    access_token: str | None = field(default=None, repr=False)
    """A token that the merchant's backend handed out."""
    client_id: str | None = None
    """The app's name, in a backend."""
    client_secret: str | None = field(default=None, repr=False)
    """The app's secret, in a backend."""
    staging_token: str | None = field(default=None, repr=False)
    """What the sandbox asks for beside them."""
    webhook_secrets: Sequence[str] = field(default=(), repr=False)
    """What notifications are signed with; several while one is being replaced."""
    base_url: str | None = None
    """A simulator's address."""
    oauth_url: str | None = None
    """A simulator's address for tokens."""


@dataclass(frozen=True, kw_only=True)
class Vinr:
    """A merchant's settings for VINR: in the cloud an ``api_key``; straight at a terminal
    ``mode="local"``, its ``base_url`` and ``device_certificate``. Secrets are not printed.
    """

    PROVIDER: ClassVar[str] = "vinr"

    environment: str
    """``production`` or ``sandbox``."""
    merchant_id: str
    """The merchant, as you name it."""
    mode: str | None = None
    """``cloud`` unless it says ``local``."""
    api_key: str | None = field(default=None, repr=False)
    """The cloud's secret or restricted key."""
    device_certificate: str | None = field(default=None, repr=False)
    """The terminal's certificate."""
    pinned_sha256: str | None = None
    """The SHA-256 of the terminal's TLS certificate."""
    base_url: str | None = None
    """The terminal's address, or a simulator's."""
    tips: str | None = None
    """Where a tip stands: ``included`` or ``on-top``."""
    own_id: str | None = None
    """Which field carries our payment id: ``reference`` or ``metadata``."""
    refund_at_terminal: bool | None = None
    """Whether the customer shows the card again for a refund."""
    webhook_scheme: str | None = None
    """How notifications are signed: ``none`` or ``hmac-sha256-timestamped``."""
    webhook_secrets: Sequence[str] = field(default=(), repr=False)
    """What they are signed with; several while one is being replaced."""
    location_id: str | None = None
    """The shop, where one key opens several."""


@dataclass(frozen=True, kw_only=True)
class Dintero:
    """A merchant's settings for Dintero. Secrets are not printed."""

    PROVIDER: ClassVar[str] = "dintero"

    account_id: str
    """The account, such as ``T12345678``."""
    client_id: str
    """The name of the API client."""
    client_secret: str = field(repr=False)
    """Its secret."""
    profile_id: str
    """The payment profile that offers in-person payments."""
    store_id: str
    """The merchant's own id of the store."""
    payout_destination_id: str
    """Who receives the money."""
    callback_url: str | None = None
    """Where Dintero calls when a session is decided."""
    callback_secrets: Sequence[str] = field(default=(), repr=False)
    """What callbacks are signed with."""
    webhook_secrets: Sequence[str] = field(default=(), repr=False)
    """What webhooks are signed with."""
    publish: str | None = None
    """Whether a session is pushed to its terminal in so many words: ``terminal`` or ``none``."""
    return_url: str | None = None
    """What the schema wants as the page to return to."""
    base_url: str | None = None
    """A simulator's address for sessions."""
    core_url: str | None = None
    """A simulator's address for accounts and terminals."""


@dataclass(frozen=True, kw_only=True)
class Centrapay:
    """A merchant's settings for Centrapay. The key belongs in a backend, and is not printed."""

    PROVIDER: ClassVar[str] = "centrapay"

    environment: str
    """``production`` or ``sandbox``."""
    api_key: str = field(repr=False)
    """The key of the role ``merchant-terminal``."""
    config_id: str
    """The merchant config, which says what a request may be paid with."""
    merchant_id: str | None = None
    """The merchant, for the list of activities."""
    merchant_account_id: str | None = None
    """The account that owns the merchant, for the list by reference."""
    look_up_right: str | None = None
    """Whether the key was seen to list this account's requests: ``yes`` or ``no``."""
    terminal_id: str | None = None
    """The till's logical name, where a sale names none."""
    device_id: str | None = None
    """The till's serial number."""
    conditions: str | None = None
    """Whether somebody at the till answers conditions: ``answered`` or ``refused``."""
    base_url: str | None = None
    """A simulator's address."""
    auth_url: str | None = None
    """A simulator's address for signing keys."""


Settings = Qonto | Vinr | Dintero | Centrapay
"""A merchant's settings for one of the providers."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of a sale: what a receipt lists. The lines of a sale add up to its amount."""

    name: str
    """What it is."""
    amount: str | Decimal | None = None
    """The whole line, tax and discount included, as decimal text."""
    amount_minor: int | None = None
    """The same in whole minor units."""
    sku: str | None = None
    """The shop's own number for it."""
    quantity: str | int | Decimal = 1
    """How many; a float holds no exact number."""
    tax_percent: str | None = None
    """The tax within, in percent, as decimal text."""
    discount: str | Decimal | None = None
    """What was taken off, already subtracted."""
    discount_minor: int | None = None
    """The same in whole minor units."""
