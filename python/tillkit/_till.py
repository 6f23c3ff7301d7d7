"""The till for programs that wait."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from types import TracebackType
from typing import cast

from . import _calls, _tillkit
from ._calls import Duration
from ._enums import Capture, ErrorCode, Outcome, Word
from ._errors import Error
from ._settings import Item, Settings
from ._types import (
    Cancellation,
    Capabilities,
    Consent,
    Event,
    Health,
    MissingRight,
    News,
    Page,
    Payment,
    Receipt,
    Reconciliation,
    Recovered,
    Report,
    Store,
    Subscription,
    Terminal,
    TerminalOperation,
    WebhookAnswer,
)

__all__ = ["Till"]

if hasattr(os, "register_at_fork"):
    # No file of the journal's is open while the process forks: SQLite's locks would be copied.
    os.register_at_fork(
        before=_tillkit.before_fork,
        after_in_parent=_tillkit.after_fork_in_parent,
        after_in_child=_tillkit.after_fork_in_child,
    )


class Till:
    """One open journal, and everything that is done with it. Threads may share it.

    Every call releases the interpreter's lock while it waits, and heeds Ctrl-C at once: whoever
    stops waiting changes nothing, the payment goes on being tracked, and the same call joins it.

        with Till.open("till.db", create=True) as till:
            till.connect("shop-1", settings)
            payment = till.pay(
                "shop-1", terminal=terminal, amount="13.30", currency="EUR", reference="order-456"
            )

    After a ``fork`` every call on a till that was opened before fails with ``fork-detected``: open
    it in the child.
    """

    def __init__(self, core: _tillkit.Core) -> None:
        """Tills are made by ``Till.open``."""
        self._core = core

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        create: bool = False,
        mark: str | os.PathLike[str] | None = None,
        observe: bool = False,
        key: str | bytes | None = None,
    ) -> Till:
        """Opens the journal at ``path``, and goes on with what is open in it.

        ``create`` makes a new journal where there is neither journal nor mark. ``mark`` says where
        the mark lives, beside the journal unless said: it belongs where backups of the journal do
        not reach. ``observe`` only looks, starts nothing and holds nothing. ``key`` seals stored
        tokens: 32 random bytes, or their 64 hexadecimal digits, kept apart from the journal.

        Raises ``ConfigurationError`` where there is no journal and ``create`` was not said, and
        ``JournalError`` where the journal cannot be used.
        """
        opened = _tillkit.Core.open(
            os.fspath(path), create, _calls.path_or_none(mark), observe, _calls.key_text(key)
        )
        return cls(opened)

    def __enter__(self) -> Till:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.close()
        except Error as refused:
            if refused.code is not ErrorCode.CLOSED:
                raise

    def connect(
        self,
        account: str,
        settings: Settings,
        *,
        day_begins_hour: int | None = None,
        utc_offset: timedelta = timedelta(),
        replay_window: Duration | None = None,
        public_url: str | None = None,
        unasked: bool = False,
    ) -> None:
        """Makes an account known under your own name for it; its open payments are taken up again.

        ``settings`` are a ``Qonto``, ``Vinr``, ``Dintero`` or ``Centrapay``. References are unique
        for an account forever, or restart each business day at ``day_begins_hour`` by a clock that
        is ``utc_offset`` from UTC. A repeat returns the settled payment for ``replay_window`` (ten
        minutes), and is an error later. ``public_url`` is where notifications arrive from outside,
        where they are signed together with it. ``unasked`` asks the provider for nothing but what
        is called for.

        Raises ``ConfigurationError`` for a setting that breaks a rule, and
        ``account-identity-changed`` where the name stands for another merchant.
        """
        options = _calls.account_options(
            day_begins_hour=day_begins_hour,
            utc_offset=utc_offset,
            replay_window=replay_window,
            public_url=public_url,
            unasked=unasked,
        )
        self._core.connect(account, settings, options).wait()

    def disconnect(self, account: str) -> None:
        """Forgets an account; its payments rest until it is connected again."""
        self._core.disconnect(account).wait()

    def start(
        self,
        account: str,
        *,
        currency: str,
        reference: str,
        amount: str | Decimal | None = None,
        amount_minor: int | None = None,
        terminal: str | None = None,
        attempt: int = 1,
        capture: Capture | str = Capture.AUTOMATIC,
        allow_part: bool = False,
        metadata: Mapping[str, str] | None = None,
        items: Iterable[Item] = (),
        customer_absent: bool = False,
        code: str | None = None,
        screen_clear: Iterable[Payment | str] = (),
        start_by: Duration | None = None,
        settle_by: Duration | None = None,
    ) -> Payment:
        """Records a sale durably and starts it; returns at the provider's first answer, or after
        ten seconds.

        The payment may still be open then: ``wait`` for it, follow its ``events``, or let a webhook
        bring it on. Servers use this one. Arguments and errors are those of ``pay``.
        """
        sale = _calls.sale(
            account=account,
            currency=currency,
            reference=reference,
            amount=amount,
            amount_minor=amount_minor,
            terminal=terminal,
            attempt=attempt,
            capture=capture,
            allow_part=allow_part,
            metadata=metadata,
            items=items,
            customer_absent=customer_absent,
            code=code,
            screen_clear=screen_clear,
            start_by=start_by,
            settle_by=settle_by,
        )
        return cast(Payment, self._core.start(sale).wait())

    def pay(
        self,
        account: str,
        *,
        currency: str,
        reference: str,
        amount: str | Decimal | None = None,
        amount_minor: int | None = None,
        terminal: str | None = None,
        attempt: int = 1,
        capture: Capture | str = Capture.AUTOMATIC,
        allow_part: bool = False,
        metadata: Mapping[str, str] | None = None,
        items: Iterable[Item] = (),
        customer_absent: bool = False,
        code: str | None = None,
        screen_clear: Iterable[Payment | str] = (),
        start_by: Duration | None = None,
        settle_by: Duration | None = None,
    ) -> Payment:
        """Takes a payment on a terminal, and waits until its outcome is not open.

        One reference is one charge, however often this is called: a repeat joins the open payment
        or returns the settled one. A decline is no error but ``Outcome.NOT_PAID``. With
        ``Outcome.UNKNOWN`` do not charge again: Tillkit goes on looking.

        ``amount`` is decimal text such as ``"13.30"`` or a ``Decimal``; or ``amount_minor`` whole
        minor units. Floats and bare numbers are refused. ``reference`` is your own name for the
        sale, such as the order number; another try after ``NOT_PAID`` says ``attempt=2``.
        ``capture="manual"`` holds the money until ``capture``. ``allow_part`` lets less be paid.
        ``items`` are what a receipt lists. ``code`` is what was scanned from the customer's device.
        ``screen_clear`` names payments whose terminal's screen the cashier has looked at.
        ``start_by`` and ``settle_by`` are other times than the provider's usual ones.

        Raises an ``Error`` for whatever is wrong with the sale, before anything is sent; once it is
        recorded everything is an outcome.
        """
        sale = _calls.sale(
            account=account,
            currency=currency,
            reference=reference,
            amount=amount,
            amount_minor=amount_minor,
            terminal=terminal,
            attempt=attempt,
            capture=capture,
            allow_part=allow_part,
            metadata=metadata,
            items=items,
            customer_absent=customer_absent,
            code=code,
            screen_clear=screen_clear,
            start_by=start_by,
            settle_by=settle_by,
        )
        return cast(Payment, self._core.pay(sale).wait())

    def wait(self, payment: Payment | str, *, timeout: Duration | None = None) -> Payment:
        """Waits until a payment's outcome is not open, or for ``timeout`` seconds; then returns it
        as it is. A wait that runs out changes nothing.
        """
        at_most_ms = _calls.milliseconds_or_none(timeout)
        waited = self._core.wait(_calls.payment_id(payment), at_most_ms)
        return cast(Payment, waited.wait())

    def payment(self, payment: Payment | str) -> Payment | None:
        """A payment as it is now, or ``None`` where there is none with this id."""
        return cast("Payment | None", self._core.payment(_calls.payment_id(payment)).wait())

    def payment_by_reference(self, account: str, reference: str) -> Payment | None:
        """The latest attempt under a reference, or ``None``."""
        found = self._core.payment_by_reference(account, reference)
        return cast("Payment | None", found.wait())

    def payment_by_short_code(self, account: str, code: str) -> Payment | None:
        """The newest payment with this short code on its receipt, or ``None``."""
        found = self._core.payment_by_short_code(account, code)
        return cast("Payment | None", found.wait())

    def payments(
        self,
        *,
        account: str | None = None,
        unsettled: bool | None = None,
        outcome: Outcome | str | None = None,
        reference: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        before: Payment | str | None = None,
        limit: int = 100,
    ) -> Page:
        """Payments, newest first, a page at a time: ``before=page.next`` goes on.

        ``unsettled`` lists only those that are, or only those that are not; ``reference`` all its
        attempts, on whatever day; ``since`` and ``until`` when the till called. Payments that are
        stored and cannot be read stand in ``damaged``.
        """
        query = _calls.payment_query(
            account=account,
            unsettled=unsettled,
            outcome=outcome,
            reference=reference,
            since=since,
            until=until,
            before=before,
            limit=limit,
        )
        listed = self._core.payments(query)
        return cast(Page, listed.wait())

    def timeline(self, payment: Payment | str) -> tuple[Event, ...]:
        """What has happened to a payment so far, line by line."""
        return cast("tuple[Event, ...]", self._core.timeline(_calls.payment_id(payment)).wait())

    def events(self, payment: Payment | str) -> Iterator[Event]:
        """What happens to a payment, from its beginning on, as it happens.

        It ends when the payment is settled or a person has to look.
        """
        identity, told = _calls.payment_id(payment), 0
        while True:
            news = cast(News, self._core.news(identity, told).wait())
            yield from news.events
            told += len(news.events)
            if news.over:
                return

    def cancel(self, payment: Payment | str) -> Cancellation:
        """Wishes a cancel, and tells one truth within ten seconds.

        The wish is recorded at once and never lost. A paid sale is never refunded by it: that is
        ``refund``.
        """
        return cast(Cancellation, self._core.cancel(_calls.payment_id(payment)).wait())

    def capture(
        self,
        payment: Payment | str,
        *,
        reference: str,
        amount: str | Decimal | None = None,
        amount_minor: int | None = None,
        currency: str | None = None,
    ) -> Payment:
        """Takes what is held: all that is left of it, unless an amount is given.

        ``reference`` is your own name for this capture; the same one never acts twice.
        """
        taken = self._core.capture(
            _calls.payment_id(payment), reference, amount, amount_minor, currency
        )
        return cast(Payment, taken.wait())

    def capture_last(
        self,
        payment: Payment | str,
        *,
        reference: str,
        amount: str | Decimal | None = None,
        amount_minor: int | None = None,
        currency: str | None = None,
    ) -> Payment:
        """Takes what is held for the last time, and lets go of what that leaves."""
        taken = self._core.capture_last(
            _calls.payment_id(payment), reference, amount, amount_minor, currency
        )
        return cast(Payment, taken.wait())

    def refund(
        self,
        payment: Payment | str,
        *,
        reference: str,
        amount: str | Decimal | None = None,
        amount_minor: int | None = None,
        currency: str | None = None,
    ) -> Payment:
        """Gives money back: all that is left of it, unless an amount is given.

        ``reference`` is your own name for this refund; the same one never acts twice.
        """
        given = self._core.refund(
            _calls.payment_id(payment), reference, amount, amount_minor, currency
        )
        return cast(Payment, given.wait())

    def answer(self, payment: Payment | str, condition: str, *, accept: bool) -> Payment:
        """Accepts or declines a condition that the provider puts before the payment, by the id that
        ``payment.details.conditions`` tells. Declining cancels it at the provider.
        """
        answered = self._core.answer(_calls.payment_id(payment), condition, accept)
        return cast(Payment, answered.wait())

    def resolve(self, payment: Payment | str, word: Word | str, *, reason: str) -> Payment:
        """Records a person's word on a payment of which nothing else can be known.

        ``reason`` says how they know; it is kept, and all that an auditor will find.
        """
        resolved = self._core.resolve(_calls.payment_id(payment), str(word), reason)
        return cast(Payment, resolved.wait())

    def resolve_operation(
        self, payment: Payment | str, reference: str, *, took_effect: bool, reason: str
    ) -> Payment:
        """Records a person's word on a capture or refund whose fate is not known."""
        resolved = self._core.resolve_operation(
            _calls.payment_id(payment), reference, took_effect, reason
        )
        return cast(Payment, resolved.wait())

    def acknowledge(self, *, reason: str) -> bool:
        """A person acknowledges that the journal went back in time: from here on it sells again.

        ``False`` where there is nothing to acknowledge.
        """
        return cast(bool, self._core.acknowledge(reason).wait())

    def health(self) -> Health:
        """How the till and its accounts stand, and what is left open."""
        return cast(Health, self._core.health().wait())

    def capabilities(self, account: str) -> Capabilities:
        """What an account's provider can do, and within which limits."""
        return cast(Capabilities, self._core.capabilities(account).wait())

    def probe(self, account: str) -> tuple[MissingRight, ...]:
        """Asks the provider which rights the account lacks."""
        return cast("tuple[MissingRight, ...]", self._core.probe(account).wait())

    def terminals(self, account: str) -> tuple[Terminal, ...]:
        """All of an account's terminals."""
        return cast("tuple[Terminal, ...]", self._core.terminals(account).wait())

    def terminal(self, account: str, terminal: str) -> Terminal | None:
        """One terminal as it is now."""
        return cast("Terminal | None", self._core.terminal(account, terminal).wait())

    def register_terminal(
        self, account: str, serial: str, *, store: str | None = None, model: str | None = None
    ) -> Terminal | None:
        """Registers a terminal by the number on it, or by the code that it shows."""
        made = self._core.register_terminal(account, serial, store, model)
        return cast("Terminal | None", made.wait())

    def stores(self, account: str) -> tuple[Store, ...]:
        """All of an account's stores or locations."""
        return cast("tuple[Store, ...]", self._core.stores(account).wait())

    def register_store(
        self, account: str, store: str, *, name: str, organization: str | None = None
    ) -> Store | None:
        """Registers a store under the merchant's own id."""
        made = self._core.register_store(account, store, name, organization)
        return cast("Store | None", made.wait())

    def authorize(self, account: str, *, redirect_uri: str) -> Consent:
        """Where to send the merchant for consent. Keep it with their session until the code comes
        back, then call ``authorized``.
        """
        return cast(Consent, self._core.authorize(account, redirect_uri).wait())

    def authorized(self, account: str, consent: Consent, *, state: str, code: str) -> None:
        """Takes the code of a consent; returns once its tokens are kept."""
        self._core.authorized(account, consent, state, code).wait()

    def webhook(
        self,
        account: str,
        *,
        body: bytes | bytearray | memoryview,
        headers: Mapping[str, str] | Iterable[tuple[str, str]],
        method: str = "POST",
        url: str = "/",
    ) -> WebhookAnswer:
        """Takes in a notification exactly as it arrived, and says what to answer.

        ``body`` is the raw bytes, before anything parsed them; ``url`` is the path and query, or
        the whole address. ``tillkit.web`` has endpoints that do all of this.
        """
        heard = self._core.webhook(
            account, method, url, _calls.header_pairs(headers), _calls.exact_bytes(body)
        )
        return cast(WebhookAnswer, heard.wait())

    def recover_hints(self, account: str, *, past: Duration) -> Recovered:
        """Makes up for notifications that were missed in the last while."""
        return cast(Recovered, self._core.recover_hints(account, _calls.milliseconds(past)).wait())

    def subscribe(
        self, account: str, url: str, *, events: Iterable[str] = ()
    ) -> tuple[Subscription, ...]:
        """Has the provider notify an address; of everything that a till needs, unless events are
        named. The secret, if one comes back, is told this once.
        """
        made = self._core.subscribe(account, url, list(events))
        return cast("tuple[Subscription, ...]", made.wait())

    def subscriptions(self, account: str) -> tuple[Subscription, ...]:
        """Whom the provider notifies."""
        return cast("tuple[Subscription, ...]", self._core.subscriptions(account).wait())

    def unsubscribe(self, account: str, subscription: str) -> None:
        """Ends a subscription."""
        self._core.unsubscribe(account, subscription).wait()

    def callback_secret(self, account: str) -> str:
        """The secret by which the provider signs callbacks, for you to keep in its settings."""
        return cast(str, self._core.callback_secret(account).wait())

    def end_of_day(self, account: str, terminal: str, *, key: str) -> TerminalOperation:
        """Lets a terminal end its day; the same key never does so twice."""
        return cast(TerminalOperation, self._core.end_of_day(account, terminal, key).wait())

    def terminal_operation(
        self, account: str, terminal: str, operation: str, *, key: str
    ) -> TerminalOperation:
        """Lets a terminal do what its provider calls so; the same key never acts twice."""
        done = self._core.terminal_operation(account, terminal, operation, key)
        return cast(TerminalOperation, done.wait())

    def terminal_operation_read(
        self, account: str, terminal: str, operation: str
    ) -> TerminalOperation:
        """What became of an operation of a terminal, by its id."""
        read = self._core.terminal_operation_read(account, terminal, operation)
        return cast(TerminalOperation, read.wait())

    def receipt(self, payment: Payment | str) -> Receipt | None:
        """The receipt of a payment, or ``None`` where there is none with this id."""
        return cast("Receipt | None", self._core.receipt(_calls.payment_id(payment)).wait())

    def report(self, *, since: datetime, until: datetime, account: str | None = None) -> Report:
        """What was taken in a period, at one account or at all of them."""
        made = self._core.report(account, _calls.wall_ms(since), _calls.wall_ms(until))
        return cast(Report, made.wait())

    def reconcile(self, account: str, *, since: datetime, until: datetime) -> Reconciliation:
        """Compares an account's payments of a period with the provider's own list."""
        compared = self._core.reconcile(account, _calls.wall_ms(since), _calls.wall_ms(until))
        return cast(Reconciliation, compared.wait())

    def close(self) -> None:
        """Sells nothing more, waits up to five seconds for what is under way, and gives the journal
        back. Nothing is cancelled: open payments go on when it is opened again.
        """
        self._core.close().wait()
