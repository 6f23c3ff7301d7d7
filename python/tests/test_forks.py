"""Forks: a till of the parent's fails in the child at once, one opened in the child works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tillkit.testing import Simulator

PRELUDE = """
import asyncio, json, os, sys, time
import tillkit
from tillkit import AsyncTill, Till
path, told = sys.argv[1], json.loads(sys.argv[2])
settings = getattr(tillkit, told["kind"])(**told["settings"])
desk = dict(terminal=told["terminal"], currency=told["currency"])

def connected(path, **options):
    till = Till.open(path, **options)
    till.connect("vinr", settings, unasked=True)
    return till

def forked(work):
    "The child's exit code: 0 where its work ends without an exception."
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            import traceback
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def refused(call):
    began = time.monotonic()
    try:
        call()
    except tillkit.IllegalStateError as error:
        assert error.code is tillkit.ErrorCode.FORK_DETECTED, error
        assert "open it again in the child" in error.message
    else:
        raise AssertionError("it was not refused")
    assert time.monotonic() - began < 5
"""


def run(simulator: Simulator, path: Path, story: str, provider: str = "vinr") -> str:
    """What a program of its own prints. Its account is called vinr, whoever the provider is."""
    settings = simulator.settings(provider)
    told = {
        "kind": type(settings).__name__,
        "settings": vars(settings),
        **simulator.desk(provider),
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PRELUDE + story, os.fspath(path), json.dumps(told)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


EVERY_CALL = """
till = connected(path, create=True)
paid = till.pay("vinr", amount="1.00", reference="order-1", **desk)
now = __import__("datetime").datetime.now(__import__("datetime").timezone.utc)
calls = [
    lambda: till.connect("vinr", settings),
    lambda: till.disconnect("vinr"),
    lambda: till.start("vinr", amount="1.00", reference="order-2", **desk),
    lambda: till.pay("vinr", amount="1.00", reference="order-1", **desk),
    lambda: till.wait(paid),
    lambda: till.payment(paid),
    lambda: till.payment_by_reference("vinr", "order-1"),
    lambda: till.payment_by_short_code("vinr", "AB12"),
    lambda: till.payments(),
    lambda: till.timeline(paid),
    lambda: list(till.events(paid)),
    lambda: till.cancel(paid),
    lambda: till.capture(paid, reference="c"),
    lambda: till.capture_last(paid, reference="c"),
    lambda: till.refund(paid, reference="r", amount="0.50"),
    lambda: till.answer(paid, "c", accept=True),
    lambda: till.resolve(paid, "paid", reason="seen"),
    lambda: till.resolve_operation(paid, "r", took_effect=True, reason="seen"),
    lambda: till.acknowledge(reason="seen"),
    lambda: till.health(),
    lambda: till.capabilities("vinr"),
    lambda: till.probe("vinr"),
    lambda: till.terminals("vinr"),
    lambda: till.terminal("vinr", "t"),
    lambda: till.register_terminal("vinr", "s"),
    lambda: till.stores("vinr"),
    lambda: till.register_store("vinr", "s", name="n"),
    lambda: till.authorize("vinr", redirect_uri="https://shop.test"),
    lambda: till.authorized("vinr", tillkit.Consent("u", "s", "r"), state="s", code="c"),
    lambda: till.recover_hints("vinr", past=60),
    lambda: till.subscribe("vinr", "https://shop.test"),
    lambda: till.subscriptions("vinr"),
    lambda: till.unsubscribe("vinr", "s"),
    lambda: till.callback_secret("vinr"),
    lambda: till.end_of_day("vinr", "t", key="k"),
    lambda: till.terminal_operation("vinr", "t", "o", key="k"),
    lambda: till.terminal_operation_read("vinr", "t", "o"),
    lambda: till.receipt(paid),
    lambda: till.report(since=now, until=now),
    lambda: till.reconcile("vinr", since=now, until=now),
    lambda: till.close(),
]
public = {name for name in vars(Till) if name[0] != "_"} - {"open", "webhook"}
assert len(calls) == len(public), public

def child():
    for call in calls:
        refused(call)
    answer = till.webhook("vinr", body=b"{}", headers={})
    assert (answer.status, answer.error.code) == (503, "fork-detected")

assert forked(child) == 0
assert till.payment(paid) == paid or till.payment(paid).outcome == "paid"
till.close()
print("well")
"""


def test_every_call_on_the_parent_s_till_fails_in_the_child_at_once(
    simulator: Simulator, path: Path
) -> None:
    assert run(simulator, path, EVERY_CALL) == "well\n"


DROPPED = """
import gc
till = connected(path, create=True)
told["settings"]["merchant_id"] = "merchant-1"
started = till._core.wait("no id", None)

def child():
    global till, started
    # The interpreter's own end, with all of its destructors, and not only the process's.
    del till, started
    gc.collect()

assert forked(child) == 0
paid = till.pay("vinr", amount="1.00", reference="order-1", **desk)
assert paid.outcome == "paid"
till.close()
print("well")
"""


def test_dropping_the_parent_s_till_in_the_child_closes_nothing(
    simulator: Simulator, path: Path
) -> None:
    assert run(simulator, path, DROPPED) == "well\n"


ASYNC = """
async def parent():
    till = await AsyncTill.open(path, create=True)
    await till.connect("vinr", settings, unasked=True)
    await till.health()
    return till

till = asyncio.run(parent())

def child():
    refused(lambda: asyncio.run(till.health()))

assert forked(child) == 0
asyncio.run(till.close())
print("well")
"""


def test_an_awaited_till_of_the_parent_s_is_refused_too(simulator: Simulator, path: Path) -> None:
    assert run(simulator, path, ASYNC) == "well\n"


OWN = """
till = connected(path, create=True)
paid = till.pay("vinr", amount="1.00", reference="order-1", **desk)

def child():
    with connected(path) as own:
        again = own.pay("vinr", amount="1.00", reference="order-1", **desk)
        assert again.id == paid.id, again
        other = own.pay("vinr", amount="2.00", reference="order-child", **desk)
        assert other.outcome == "paid", other

assert forked(child) == 0
seen = till.payment_by_reference("vinr", "order-child")
assert seen is not None and seen.outcome == "paid", seen
assert till.pay("vinr", amount="3.00", reference="order-2", **desk).outcome == "paid"
till.close()
with connected(path) as later:
    references = {payment.reference for payment in later.payments().payments}
    assert references == {"order-1", "order-child", "order-2"}, references
print("well")
"""


def test_a_till_opened_in_the_child_works_beside_the_parent_s(
    simulator: Simulator, path: Path
) -> None:
    assert run(simulator, path, OWN) == "well\n"


CLOSED = """
till = connected(path, create=True)
read, write = os.pipe()

def child():
    os.close(write)
    with connected(path) as own:
        first = own.pay("vinr", amount="1.00", reference="order-1", **desk)
        print("first", flush=True)
        # Until the parent has closed its till, and with it the journal's file.
        os.read(read, 1)
        second = own.pay("vinr", amount="2.00", reference="order-2", **desk)
        assert (first.outcome, second.outcome) == ("paid", "paid")
        assert own.payment(first).outcome == "paid"

sys.stdout.flush()
child_id = os.fork()
if child_id == 0:
    code = 1
    try:
        child()
        code = 0
    finally:
        sys.stdout.flush()
        os._exit(code)
os.close(read)
while till.payment_by_reference("vinr", "order-1") is None:
    pass
till.close()
del till
os.close(write)
assert os.waitstatus_to_exitcode(os.waitpid(child_id, 0)[1]) == 0
with connected(path) as later:
    assert later.health().role is tillkit.Role.DRIVES
    references = {payment.reference for payment in later.payments().payments}
    assert references == {"order-1", "order-2"}, references
print("well")
"""


def test_nothing_is_lost_where_the_parent_closes_first(simulator: Simulator, path: Path) -> None:
    assert run(simulator, path, CLOSED) == "first\nwell\n"


@pytest.mark.parametrize("times", range(3))
def test_children_forked_in_the_middle_of_work_do_not_hang(
    simulator: Simulator, path: Path, times: int
) -> None:
    story = """
import threading
till = connected(path, create=True)
over = threading.Event()

def look():
    while not over.is_set():
        till.payments(limit=10)

lookers = [threading.Thread(target=look) for _ in range(3)]
for looker in lookers:
    looker.start()

def child():
    refused(lambda: till.payments())
    with connected(path) as own:
        own.payments()
        assert own.pay("vinr", amount="1.00", reference="order-1", **desk).outcome == "paid"

try:
    for _ in range(5):
        assert forked(child) == 0
finally:
    over.set()
    for looker in lookers:
        looker.join()
till.close()
print("well")
"""
    assert run(simulator, path, story) == "well\n"


POOL = """
import multiprocessing

def pay(number):
    "Each worker opens its own till, on first use."
    global own
    if "own" not in globals():
        own = connected(path)
    return own.pay("vinr", amount="1.00", reference=f"order-{number % 10}", **desk).id

till = connected(path, create=True)
with multiprocessing.get_context("fork").Pool(3) as pool:
    ids = pool.map(pay, range(30))
assert len(set(ids)) == 10, ids
assert {payment.outcome for payment in till.payments().payments} == {"paid"}
till.close()
print("well")
"""


def test_a_pool_of_forked_workers_charges_each_reference_once(
    simulator: Simulator, path: Path
) -> None:
    before = len(simulator.ledger("centrapay")["charges"])
    assert run(simulator, path, POOL, "centrapay") == "well\n"
    assert len(simulator.ledger("centrapay")["charges"]) == before + 10
