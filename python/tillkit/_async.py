"""The till for programs on an event loop. Its methods are those of ``Till``, awaited; a test
compares them one by one, and their documentation is taken from there.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Generator, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from types import TracebackType
from typing import Any, cast

from . import _calls, _tillkit
from ._calls import Duration
from ._enums import Capture, ErrorCode, Outcome, Word
from ._errors import Error
from ._settings import Item, Settings
from ._till import Till
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

__all__ = ["AsyncTill"]


class AsyncTill:
    """One open journal, and everything that is done with it, for asyncio and uvloop.

    The methods are those of ``Till``, awaited. Cancelling a task, or a timeout, stops waiting and
    nothing else: the payment goes on being tracked, and the same call joins it.

        async with AsyncTill.open("till.db", create=True) as till:
            await till.connect("shop-1", settings)
            payment = await till.start(
                "shop-1", terminal=terminal, amount="13.30", currency="EUR", reference="order-456"
            )
            async for event in till.events(payment):
                print(event.sentence)

    Answers that are ready together wake the loop once.
    """

    def __init__(self, core: _tillkit.Core) -> None:
        """Tills are made by ``AsyncTill.open``."""
        self._core = core
        self._bell: _tillkit.Bell | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        create: bool = False,
        mark: str | os.PathLike[str] | None = None,
        observe: bool = False,
        key: str | bytes | None = None,
    ) -> Opening:
        """As ``Till.open``, to be awaited or used in ``async with``."""
        options = (create, _calls.path_or_none(mark), observe, _calls.key_text(key))
        return Opening(os.fspath(path), options)

    async def __aenter__(self) -> AsyncTill:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self.close()
        except Error as refused:
            if refused.code is not ErrorCode.CLOSED:
                raise

    def _bell_here(self) -> _tillkit.Bell:
        """The bell of the loop that runs; each loop has its own."""
        loop = asyncio.get_running_loop()
        if self._bell is None or self._loop is not loop:
            self._bell, self._loop = _tillkit.Bell(loop), loop
        return self._bell

    async def _answer(self, pending: _tillkit.Pending) -> Any:
        """The answer of a call. Whoever stops waiting leaves it, and nothing else happens."""
        bell = self._bell_here()
        future, number = bell.begin(pending)
        try:
            return await future
        finally:
            bell.leave(number)

    async def connect(
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
        options = _calls.account_options(
            day_begins_hour=day_begins_hour,
            utc_offset=utc_offset,
            replay_window=replay_window,
            public_url=public_url,
            unasked=unasked,
        )
        await self._answer(self._core.connect(account, settings, options))

    async def disconnect(self, account: str) -> None:
        await self._answer(self._core.disconnect(account))

    async def start(
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
        return cast(Payment, await self._answer(self._core.start(sale)))

    async def pay(
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
        return cast(Payment, await self._answer(self._core.pay(sale)))

    async def wait(self, payment: Payment | str, *, timeout: Duration | None = None) -> Payment:
        at_most_ms = _calls.milliseconds_or_none(timeout)
        waited = self._core.wait(_calls.payment_id(payment), at_most_ms)
        return cast(Payment, await self._answer(waited))

    async def payment(self, payment: Payment | str) -> Payment | None:
        return cast(
            "Payment | None", await self._answer(self._core.payment(_calls.payment_id(payment)))
        )

    async def payment_by_reference(self, account: str, reference: str) -> Payment | None:
        found = self._core.payment_by_reference(account, reference)
        return cast("Payment | None", await self._answer(found))

    async def payment_by_short_code(self, account: str, code: str) -> Payment | None:
        found = self._core.payment_by_short_code(account, code)
        return cast("Payment | None", await self._answer(found))

    async def payments(
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
        return cast(Page, await self._answer(listed))

    async def timeline(self, payment: Payment | str) -> tuple[Event, ...]:
        return cast(
            "tuple[Event, ...]", await self._answer(self._core.timeline(_calls.payment_id(payment)))
        )

    async def events(self, payment: Payment | str) -> AsyncIterator[Event]:
        identity, told = _calls.payment_id(payment), 0
        while True:
            news = cast(News, await self._answer(self._core.news(identity, told)))
            for event in news.events:
                yield event
            told += len(news.events)
            if news.over:
                return

    async def cancel(self, payment: Payment | str) -> Cancellation:
        return cast(Cancellation, await self._answer(self._core.cancel(_calls.payment_id(payment))))

    async def capture(
        self,
        payment: Payment | str,
        *,
        reference: str,
        amount: str | Decimal | None = None,
        amount_minor: int | None = None,
        currency: str | None = None,
    ) -> Payment:
        taken = self._core.capture(
            _calls.payment_id(payment), reference, amount, amount_minor, currency
        )
        return cast(Payment, await self._answer(taken))

    async def capture_last(
        self,
        payment: Payment | str,
        *,
        reference: str,
        amount: str | Decimal | None = None,
        amount_minor: int | None = None,
        currency: str | None = None,
    ) -> Payment:
        taken = self._core.capture_last(
            _calls.payment_id(payment), reference, amount, amount_minor, currency
        )
        return cast(Payment, await self._answer(taken))

    async def refund(
        self,
        payment: Payment | str,
        *,
        reference: str,
        amount: str | Decimal | None = None,
        amount_minor: int | None = None,
        currency: str | None = None,
    ) -> Payment:
        given = self._core.refund(
            _calls.payment_id(payment), reference, amount, amount_minor, currency
        )
        return cast(Payment, await self._answer(given))

    async def answer(self, payment: Payment | str, condition: str, *, accept: bool) -> Payment:
        answered = self._core.answer(_calls.payment_id(payment), condition, accept)
        return cast(Payment, await self._answer(answered))

    async def resolve(self, payment: Payment | str, word: Word | str, *, reason: str) -> Payment:
        resolved = self._core.resolve(_calls.payment_id(payment), str(word), reason)
        return cast(Payment, await self._answer(resolved))

    async def resolve_operation(
        self, payment: Payment | str, reference: str, *, took_effect: bool, reason: str
    ) -> Payment:
        resolved = self._core.resolve_operation(
            _calls.payment_id(payment), reference, took_effect, reason
        )
        return cast(Payment, await self._answer(resolved))

    async def acknowledge(self, *, reason: str) -> bool:
        return cast(bool, await self._answer(self._core.acknowledge(reason)))

    async def health(self) -> Health:
        return cast(Health, await self._answer(self._core.health()))

    async def capabilities(self, account: str) -> Capabilities:
        return cast(Capabilities, await self._answer(self._core.capabilities(account)))

    async def probe(self, account: str) -> tuple[MissingRight, ...]:
        return cast("tuple[MissingRight, ...]", await self._answer(self._core.probe(account)))

    async def terminals(self, account: str) -> tuple[Terminal, ...]:
        return cast("tuple[Terminal, ...]", await self._answer(self._core.terminals(account)))

    async def terminal(self, account: str, terminal: str) -> Terminal | None:
        return cast("Terminal | None", await self._answer(self._core.terminal(account, terminal)))

    async def register_terminal(
        self, account: str, serial: str, *, store: str | None = None, model: str | None = None
    ) -> Terminal | None:
        made = self._core.register_terminal(account, serial, store, model)
        return cast("Terminal | None", await self._answer(made))

    async def stores(self, account: str) -> tuple[Store, ...]:
        return cast("tuple[Store, ...]", await self._answer(self._core.stores(account)))

    async def register_store(
        self, account: str, store: str, *, name: str, organization: str | None = None
    ) -> Store | None:
        made = self._core.register_store(account, store, name, organization)
        return cast("Store | None", await self._answer(made))

    async def authorize(self, account: str, *, redirect_uri: str) -> Consent:
        return cast(Consent, await self._answer(self._core.authorize(account, redirect_uri)))

    async def authorized(self, account: str, consent: Consent, *, state: str, code: str) -> None:
        await self._answer(self._core.authorized(account, consent, state, code))

    async def webhook(
        self,
        account: str,
        *,
        body: bytes | bytearray | memoryview,
        headers: Mapping[str, str] | Iterable[tuple[str, str]],
        method: str = "POST",
        url: str = "/",
    ) -> WebhookAnswer:
        heard = self._core.webhook(
            account, method, url, _calls.header_pairs(headers), _calls.exact_bytes(body)
        )
        return cast(WebhookAnswer, await self._answer(heard))

    async def recover_hints(self, account: str, *, past: Duration) -> Recovered:
        return cast(
            Recovered,
            await self._answer(self._core.recover_hints(account, _calls.milliseconds(past))),
        )

    async def subscribe(
        self, account: str, url: str, *, events: Iterable[str] = ()
    ) -> tuple[Subscription, ...]:
        made = self._core.subscribe(account, url, list(events))
        return cast("tuple[Subscription, ...]", await self._answer(made))

    async def subscriptions(self, account: str) -> tuple[Subscription, ...]:
        return cast(
            "tuple[Subscription, ...]", await self._answer(self._core.subscriptions(account))
        )

    async def unsubscribe(self, account: str, subscription: str) -> None:
        await self._answer(self._core.unsubscribe(account, subscription))

    async def callback_secret(self, account: str) -> str:
        return cast(str, await self._answer(self._core.callback_secret(account)))

    async def end_of_day(self, account: str, terminal: str, *, key: str) -> TerminalOperation:
        return cast(
            TerminalOperation, await self._answer(self._core.end_of_day(account, terminal, key))
        )

    async def terminal_operation(
        self, account: str, terminal: str, operation: str, *, key: str
    ) -> TerminalOperation:
        done = self._core.terminal_operation(account, terminal, operation, key)
        return cast(TerminalOperation, await self._answer(done))

    async def terminal_operation_read(
        self, account: str, terminal: str, operation: str
    ) -> TerminalOperation:
        read = self._core.terminal_operation_read(account, terminal, operation)
        return cast(TerminalOperation, await self._answer(read))

    async def receipt(self, payment: Payment | str) -> Receipt | None:
        return cast(
            "Receipt | None", await self._answer(self._core.receipt(_calls.payment_id(payment)))
        )

    async def report(
        self, *, since: datetime, until: datetime, account: str | None = None
    ) -> Report:
        made = self._core.report(account, _calls.wall_ms(since), _calls.wall_ms(until))
        return cast(Report, await self._answer(made))

    async def reconcile(self, account: str, *, since: datetime, until: datetime) -> Reconciliation:
        compared = self._core.reconcile(account, _calls.wall_ms(since), _calls.wall_ms(until))
        return cast(Reconciliation, await self._answer(compared))

    async def close(self) -> None:
        await self._answer(self._core.close())


class Opening:
    """A till that is being opened: await it, or use it in ``async with``."""

    def __init__(self, path: str, options: tuple[bool, str | None, bool, str | None]) -> None:
        self._path = path
        self._options = options
        self._till: AsyncTill | None = None

    async def _open(self) -> AsyncTill:
        loop = asyncio.get_running_loop()
        open_core = _tillkit.Core.open
        return AsyncTill(await loop.run_in_executor(None, open_core, self._path, *self._options))

    def __await__(self) -> Generator[Any, None, AsyncTill]:
        return self._open().__await__()

    async def __aenter__(self) -> AsyncTill:
        self._till = await self._open()
        return self._till

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._till is not None:
            await self._till.__aexit__(kind, error, trace)


def _teach() -> None:
    """``help`` teaches the same of both tills."""
    for name, method in vars(Till).items():
        if callable(method) and not name.startswith("_"):
            getattr(AsyncTill, name).__doc__ = method.__doc__


_teach()
