"""Forks: a till of the parent's fails in the child at once, one opened in the child works."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tillkit.testing import Simulator

PRELUDE = """
import asyncio, json, os, sys, time
import tillkit
from tillkit import AsyncTill, Till
path, told = sys.argv[1], json.loads(sys.argv[2])
settings = tillkit.Vinr(**told["settings"])
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


def run(simulator: Simulator, path: Path, story: str) -> str:
    import json

    told = {
        "settings": {**vars(simulator.settings("vinr"))},
        **simulator.desk("vinr"),
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
