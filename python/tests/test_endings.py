"""Programs that end while a till is open: nothing hangs, nothing crashes, nothing is printed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ENDS = {
    "a till that is open": """
till = opened(Till)
till.start("qonto", amount="1.00", reference="order-1", **desk)
""",
    "a thread that waits": """
import threading
till = opened(Till)
pay = lambda: till.pay("qonto", amount="1.00", reference="order-1", **desk)
threading.Thread(target=pay, daemon=True).start()
while till.payment_by_reference("qonto", "order-1") is None:
    pass
""",
    "a task that was given up": """
async def main():
    global till
    till = await AsyncTill.open(sys.argv[1], create=True)
    await till.connect("qonto", simulator.settings("qonto"))
    task = asyncio.ensure_future(
        till.pay("qonto", amount="1.00", reference="order-1", **desk)
    )
    while await till.payment_by_reference("qonto", "order-1") is None:
        await asyncio.sleep(0)
    assert not task.done()
asyncio.run(main())
""",
}

BEGIN = """
import asyncio, logging, sys
from tillkit import AsyncTill, Till
from tillkit.testing import Simulator
logging.basicConfig(level=logging.DEBUG, filename=sys.argv[1] + ".log")

def opened(kind):
    till = kind.open(sys.argv[1], create=True)
    till.connect("qonto", simulator.settings("qonto"))
    return till

with Simulator.start() as simulator:
    simulator.next("qonto", customer="walks-away")
    desk = simulator.desk("qonto")
    exec(sys.argv[2])
print("end")
"""


@pytest.mark.parametrize("what", list(ENDS))
def test_a_program_ends_cleanly_whatever_is_open(path: Path, what: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BEGIN, os.fspath(path), ENDS[what]],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "end\n", "")
