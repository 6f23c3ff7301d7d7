"""The till on an event loop: awaited, cancelled, in hundreds, on asyncio and on uvloop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop

import tillkit
from tillkit import AsyncTill, Outcome, _tillkit
from tillkit.testing import Simulator

LOOPS: list[Callable[[], asyncio.AbstractEventLoop]] = [
    asyncio.new_event_loop,
    uvloop.new_event_loop,
]


@pytest.fixture(params=LOOPS, ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Callable[[Awaitable[Any]], Any]:
    """Runs a coroutine on a loop of each kind."""

    def run(coroutine: Awaitable[Any]) -> Any:
        loop = request.param()
        try:
            return loop.run_until_complete(coroutine)
        finally:
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()

    return run


Run = Callable[[Awaitable[Any]], Any]


@asynccontextmanager
async def opened(simulator: Simulator, path: Path) -> AsyncIterator[AsyncTill]:
    async with AsyncTill.open(path, create=True) as till:
        for provider in ("qonto", "vinr", "dintero"):
            await till.connect(provider, simulator.settings(provider), unasked=True)
        yield till


def test_a_sale_is_awaited_and_followed(run: Run, simulator: Simulator, path: Path) -> None:
    async def story() -> None:
        async with opened(simulator, path) as till:
            desk = simulator.desk("dintero")
            simulator.next("dintero", customer="taps", after_ms=3_000)
            started = await till.start("dintero", amount="1.00", reference="order-1", **desk)
            assert started.outcome is Outcome.OPEN
            names = [event.name async for event in till.events(started)]
            assert names[0] == "created"
            paid = await till.payment(started)
            assert paid is not None and paid.outcome is Outcome.PAID
            assert names == [event.name for event in await till.timeline(started)]
            receipt = await till.receipt(paid)
            assert receipt is not None and receipt.is_proof
            with pytest.raises(tillkit.InvalidRequestError):
                await till.pay("dintero", amount=1.0, reference="order-2", **desk)  # type: ignore[arg-type]

    run(story())


def test_cancelling_stops_waiting_and_nothing_else(
    run: Run, simulator: Simulator, path: Path
) -> None:
    async def story() -> None:
        async with opened(simulator, path) as till:
            desk = simulator.desk("qonto")
            simulator.next("qonto", customer="taps", after_ms=6_000)
            paying = asyncio.create_task(
                till.pay("qonto", amount="1.00", reference="order-1", **desk)
            )
            while (found := await till.payment_by_reference("qonto", "order-1")) is None:
                await asyncio.sleep(0)
            paying.cancel()
            with pytest.raises(asyncio.CancelledError):
                await paying
            assert till._bell is not None and till._bell.waiting() == 0
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(till.wait(found), 0.01)
            joined = await till.pay("qonto", amount="1.00", reference="order-1", **desk)
            assert (joined.id, joined.outcome) == (found.id, Outcome.PAID)

    run(story())


def test_hundreds_of_calls_wait_together(run: Run, simulator: Simulator, path: Path) -> None:
    async def story() -> None:
        async with opened(simulator, path) as till:
            desk = {"terminal": None, "currency": "NZD"}
            await till.connect("centrapay", simulator.settings("centrapay"), unasked=True)
            paid = await till.pay("centrapay", amount="1.00", reference="order-1", **desk)
            found = await asyncio.gather(*(till.payment(paid) for _ in range(500)))
            assert {one.id for one in found if one is not None} == {paid.id}
            same = await asyncio.gather(
                *(
                    till.pay("centrapay", amount="1.00", reference="order-1", **desk)
                    for _ in range(50)
                )
            )
            assert {one.id for one in same} == {paid.id}

    run(story())


def test_answers_that_are_ready_together_wake_the_loop_once(
    simulator: Simulator, path: Path
) -> None:
    """The loop does not come while it is busy: all that became ready meanwhile is one call."""

    async def story() -> int:
        loop = asyncio.get_running_loop()
        told, tell = 0, loop.call_soon_threadsafe

        def count(*arguments: Any, **options: Any) -> Any:
            nonlocal told
            told += 1
            return tell(*arguments, **options)

        async with opened(simulator, path) as till:
            loop.call_soon_threadsafe = count  # type: ignore[method-assign,assignment]
            till._bell = till._loop = None
            calls = [asyncio.ensure_future(till.health()) for _ in range(100)]
            await asyncio.sleep(0)
            assert till._bell is not None
            # Busy until every answer is there; some were there at the first look.
            while till._bell.ready() < till._bell.waiting():
                pass
            await asyncio.gather(*calls)
            loop.call_soon_threadsafe = tell  # type: ignore[method-assign]
            return told

    assert asyncio.run(story()) <= 1


def test_a_panic_and_a_refusal_arrive_in_the_task(
    run: Run, simulator: Simulator, path: Path
) -> None:
    async def story() -> None:
        async with opened(simulator, path) as till:
            with pytest.raises(tillkit.InternalError):
                await till._answer(_tillkit.falling())
            with pytest.raises(tillkit.InvalidRequestError) as refused:
                await till.wait("no id")
            assert refused.value.field == "payment"

    run(story())


def test_one_till_serves_one_loop_after_another(simulator: Simulator, path: Path) -> None:
    async def look(till: AsyncTill) -> tillkit.Role:
        return (await till.health()).role

    async def make() -> AsyncTill:
        return await AsyncTill.open(path, create=True)

    till = asyncio.run(make())
    assert asyncio.run(look(till)) is asyncio.run(look(till)) is tillkit.Role.DRIVES
    asyncio.run(till.close())


def test_a_loop_that_ends_first_leaves_nobody_hanging(simulator: Simulator, path: Path) -> None:
    async def begin() -> AsyncTill:
        till = await AsyncTill.open(path, create=True)
        await till.connect("qonto", simulator.settings("qonto"), unasked=True)
        simulator.next("qonto", customer="taps", after_ms=2_000)
        desk = simulator.desk("qonto")
        paying = asyncio.ensure_future(
            till.pay("qonto", amount="1.00", reference="order-1", **desk)
        )
        while await till.payment_by_reference("qonto", "order-1") is None:
            await asyncio.sleep(0)
        assert not paying.done()
        return till

    async def end(till: AsyncTill) -> Outcome:
        found = await till.payment_by_reference("qonto", "order-1")
        assert found is not None
        paid = await till.wait(found, timeout=60)
        await till.close()
        return paid.outcome

    assert asyncio.run(end(asyncio.run(begin()))) is Outcome.PAID
