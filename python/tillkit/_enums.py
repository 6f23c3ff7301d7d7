"""Closed sets of words. Each member is a ``str``, so it compares with its word and prints as it."""

from __future__ import annotations

from enum import Enum


class _Word(str, Enum):
    """A member that is its word."""

    def __str__(self) -> str:
        return str.__str__(self)

    def __format__(self, format_spec: str) -> str:
        return str.__format__(self, format_spec)


class Outcome(_Word):
    """What a till reads."""

    OPEN = "open"
    PAID = "paid"
    HELD = "held"
    PART_PAID = "part_paid"
    NOT_PAID = "not_paid"
    RETURNED = "returned"
    UNKNOWN = "unknown"


class Status(_Word):
    """What a screen shows."""

    CREATED = "created"
    SENT = "sent"
    PENDING = "pending"
    PROCESSING = "processing"
    AUTHORIZED = "authorized"
    COMPLETED = "completed"
    DECLINED = "declined"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    IN_DOUBT = "in_doubt"
    NEEDS_PERSON = "needs_person"


class Alarm(_Word):
    """Something that a person should know."""

    DUPLICATE_CHARGE = "duplicate_charge"
    CONTRADICTION = "contradiction"
    WRONG_AMOUNT = "wrong_amount"
    PART_PAID_UNASKED = "part_paid_unasked"
    CAPTURE_FAILED = "capture_failed"


class OperationKind(_Word):
    """Which operation."""

    START = "start"
    CAPTURE = "capture"
    REFUND = "refund"
    CANCEL = "cancel"
    ANSWER = "answer"
    WITHDRAW = "withdraw"
    RELEASE = "release"


class Progress(_Word):
    """What became of an operation."""

    WISHED = "wished"
    UNRESOLVED = "unresolved"
    ACCEPTED = "accepted"
    DONE = "done"
    REFUSED = "refused"


class CardEntry(_Word):
    """How the card or code was read."""

    CONTACTLESS = "contactless"
    CHIP = "chip"
    SWIPE = "swipe"
    MANUAL = "manual"
    CODE = "code"


class Holder(_Word):
    """Whose copy of a receipt."""

    CUSTOMER = "customer"
    MERCHANT = "merchant"


class ConditionStatus(_Word):
    """Where a condition stands."""

    AWAITING_CUSTOMER = "awaiting-customer"
    AWAITING_TILL = "awaiting-till"
    ACCEPTED = "accepted"
    VOID = "void"
    DECLINED = "declined"


class Capture(_Word):
    """When the money is taken after the approval."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


class CancelTruth(_Word):
    """What became of a wish to cancel."""

    CANCELLED = "cancelled"
    ALREADY_PAID = "already_paid"
    ALREADY_NOT_PAID = "already_not_paid"
    TOO_LATE = "too_late"
    NOT_SUPPORTED = "not_supported"
    UNKNOWN = "unknown"


class Word(_Word):
    """A person's word on a payment."""

    PAID = "paid"
    NOT_PAID = "not_paid"


class Role(_Word):
    """What a till may do with the journal."""

    DRIVES = "drives"
    OBSERVES = "observes"
    RESTORED = "restored"


class Standing(_Word):
    """Whether an account's requests can leave, and what it takes if not."""

    READY = "ready"
    ASKING = "asking"
    NEEDS_AUTHORIZE = "needs_authorize"
    REFUSED = "refused"
    FAILING = "failing"


class Readiness(_Word):
    """Whether a terminal can take a sale, as far as the provider tells."""

    YES = "yes"
    NO = "no"
    UNSAID = "unsaid"


class Presence(_Word):
    """Whether a field must, may or must not be there."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    REFUSED = "refused"


class Heard(_Word):
    """What became of a notification."""

    NOTHING_FOR_US = "nothing_for_us"
    REPEATED = "repeated"
    KEPT = "kept"
    TAKEN = "taken"


class Agreement(_Word):
    """What has to agree between our payments and the provider's list."""

    AMOUNT = "amount"
    TAKEN = "taken"
    CAPTURED = "captured"
    RETURNED = "returned"
    ONCE = "once"


class ErrorClass(_Word):
    """The family of an error."""

    INVALID_REQUEST = "invalid-request"
    IDEMPOTENCY = "idempotency"
    UNSUPPORTED = "unsupported"
    ILLEGAL_STATE = "illegal-state"
    AUTHENTICATION = "authentication"
    REJECTED = "rejected"
    RATE_LIMITED = "rate-limited"
    UNREACHABLE = "unreachable"
    JOURNAL = "journal"
    WEBHOOK_REFUSED = "webhook-refused"
    CONFIGURATION = "configuration"
    INTERNAL = "internal"


class Charged(_Word):
    """Whether money moved under the identity that the call named."""

    NO = "no"
    UNKNOWN = "unknown"
    YES = "yes"


class Retry(_Word):
    """What a repeat of the call may do."""

    NEVER = "never"
    SAME = "same"
    AFTER_LOOKUP = "after-lookup"
    LATER = "later"


class Cashier(_Word):
    """The key of what a till shows to the cashier."""

    CHECK_ENTRY = "check-entry"
    NOT_FOUND = "not-found"
    ALREADY_USED = "already-used"
    DO_NOT_CHARGE_AGAIN = "do-not-charge-again"
    TERMINAL_BUSY = "terminal-busy"
    STEP_RUNNING = "step-running"
    NOT_SUPPORTED = "not-supported"
    NOT_POSSIBLE = "not-possible"
    TOO_MUCH = "too-much"
    SERVICE_REFUSED = "service-refused"
    TRY_LATER = "try-later"
    OPEN_AGAIN = "open-again"
    RECORDS_UNUSABLE = "records-unusable"
    SET_UP = "set-up"
    NOTHING_TO_DO = "nothing-to-do"
    CALL_FOR_HELP = "call-for-help"


class ErrorCode(_Word):
    """The name of an error in the catalogue, the same in every language."""

    INVALID_FIELD = "invalid-field"
    AMOUNT_NOT_TEXT = "amount-not-text"
    INVALID_AMOUNT = "invalid-amount"
    UNKNOWN_ACCOUNT = "unknown-account"
    UNKNOWN_PAYMENT = "unknown-payment"
    ATTEMPT_OUT_OF_ORDER = "attempt-out-of-order"
    IDEMPOTENCY_CONFLICT = "idempotency-conflict"
    REFERENCE_USED = "reference-used"
    OUTCOME_UNKNOWN = "outcome-unknown"
    TERMINAL_BUSY = "terminal-busy"
    OPERATION_UNRESOLVED = "operation-unresolved"
    OPERATION_CONFLICT = "operation-conflict"
    UNSUPPORTED = "unsupported"
    NOT_OPEN = "not-open"
    NOTHING_TO_CAPTURE = "nothing-to-capture"
    NOTHING_TO_REFUND = "nothing-to-refund"
    AMOUNT_EXCEEDS_REMAINING = "amount-exceeds-remaining"
    NOT_YET_RESOLVABLE = "not-yet-resolvable"
    CLOSED = "closed"
    FORK_DETECTED = "fork-detected"
    CREDENTIALS_REFUSED = "credentials-refused"
    REJECTED_BY_PROVIDER = "rejected-by-provider"
    RATE_LIMITED = "rate-limited"
    PROVIDER_UNREACHABLE = "provider-unreachable"
    JOURNAL_FAILED = "journal-failed"
    JOURNAL_MISSING = "journal-missing"
    JOURNAL_RESTORED = "journal-restored"
    JOURNAL_CORRUPT = "journal-corrupt"
    JOURNAL_NEWER = "journal-newer"
    JOURNAL_FULL = "journal-full"
    JOURNAL_READ_ONLY = "journal-read-only"
    JOURNAL_LOCKED = "journal-locked"
    LEASE_LOST = "lease-lost"
    WEBHOOK_SIGNATURE = "webhook-signature"
    WEBHOOK_MALFORMED = "webhook-malformed"
    ACCOUNT_IDENTITY_CHANGED = "account-identity-changed"
    INSECURE_URL = "insecure-url"
    INVALID_CONFIGURATION = "invalid-configuration"
    INTERNAL = "internal"
