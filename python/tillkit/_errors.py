"""The exceptions: one base, and a class for each family of the catalogue."""

from __future__ import annotations

from typing import Any

from ._enums import Cashier, Charged, ErrorClass, ErrorCode, Retry
from ._types import ProviderWords

__all__ = [
    "AuthenticationError",
    "ConfigurationError",
    "Error",
    "IdempotencyError",
    "IllegalStateError",
    "InternalError",
    "InvalidRequestError",
    "JournalError",
    "RateLimitedError",
    "RejectedError",
    "UnreachableError",
    "UnsupportedError",
    "WebhookRefusedError",
]

_FIELDS = (
    "code",
    "number",
    "error_class",
    "message",
    "cashier",
    "cashier_text",
    "charged",
    "retry",
    "retry_after_ms",
    "field",
    "rule",
    "limit",
    "payment_id",
    "provider",
    "text",
)


class Error(Exception):
    """A call that was refused, or could not be answered.

    A decline is no error, and neither is doubt: both are outcomes of a payment. Everything here
    comes from one catalogue, the same in every language (``docs/errors.md``).
    """

    code: ErrorCode
    """Its name in the catalogue."""
    number: int
    """Its number there, never given to another error."""
    error_class: ErrorClass
    """The family that it belongs to; each has an exception class of its own."""
    message: str
    """What is wrong and the way out, for developers."""
    cashier: Cashier
    """The key of what a till shows to the cashier."""
    cashier_text: str
    """The same in English, to be translated."""
    charged: Charged
    """Whether money may have moved."""
    retry: Retry
    """What a repeat of the call may do."""
    retry_after_ms: int | None
    """How long to wait before a repeat, where that is known."""
    field: str | None
    """The field at fault, or the first one that differs."""
    rule: str | None
    """The rule that the field breaks."""
    limit: str | None
    """The limit that the rule sets."""
    payment_id: str | None
    """The payment that the error is about."""
    provider: ProviderWords | None
    """What the provider said."""
    text: str
    """All of it in one line, as it prints."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(fields["text"])
        for name in _FIELDS:
            setattr(self, name, fields[name])

    def __reduce__(self) -> tuple[Any, ...]:
        return of_pairs, (tuple((name, getattr(self, name)) for name in _FIELDS),)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Error):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in _FIELDS)

    def __hash__(self) -> int:
        return hash((self.code, self.text))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class InvalidRequestError(Error):
    """A field of the request breaks a rule: ``field``, ``rule`` and ``limit`` say which."""


class IdempotencyError(Error):
    """The reference, the operation or the terminal is taken by another one."""


class UnsupportedError(Error):
    """The provider, the account or the terminal cannot do this."""


class IllegalStateError(Error):
    """The payment or the till is not in a state for this."""


class AuthenticationError(Error):
    """The provider refuses the account's credentials."""


class RejectedError(Error):
    """The provider refused, and did nothing."""


class RateLimitedError(Error):
    """Too many requests: ``retry_after_ms`` says when to come again."""


class UnreachableError(Error):
    """The provider cannot be reached, and nothing that moves money was sent."""


class JournalError(Error):
    """The journal cannot be used."""


class WebhookRefusedError(Error):
    """A notification is not believed."""


class ConfigurationError(Error):
    """The till is set up in a way that is refused."""


class InternalError(Error):
    """Tillkit itself failed; whether money moved is not known."""


CLASSES: dict[str, type[Error]] = {
    ErrorClass.INVALID_REQUEST: InvalidRequestError,
    ErrorClass.IDEMPOTENCY: IdempotencyError,
    ErrorClass.UNSUPPORTED: UnsupportedError,
    ErrorClass.ILLEGAL_STATE: IllegalStateError,
    ErrorClass.AUTHENTICATION: AuthenticationError,
    ErrorClass.REJECTED: RejectedError,
    ErrorClass.RATE_LIMITED: RateLimitedError,
    ErrorClass.UNREACHABLE: UnreachableError,
    ErrorClass.JOURNAL: JournalError,
    ErrorClass.WEBHOOK_REFUSED: WebhookRefusedError,
    ErrorClass.CONFIGURATION: ConfigurationError,
    ErrorClass.INTERNAL: InternalError,
}


def of(**fields: Any) -> Error:
    """The exception of these fields, in the class of its family."""
    return CLASSES[fields["error_class"]](**fields)


def of_pairs(pairs: tuple[tuple[str, Any], ...]) -> Error:
    """The same from pairs, as a pickle has them."""
    return of(**dict(pairs))
