"""Threads, signals, panics and log lines."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import tillkit
from tillkit import Outcome, Till, _tillkit
from tillkit.testing import Simulator

INTERRUPTED = """
import sys, time
from tillkit import Till
from tillkit.testing import Simulator
simulator = Simulator.start()
try:
    with Till.open(sys.argv[1], create=True) as till:
        till.connect("qonto", simulator.settings("qonto"), unasked=True)
        simulator.next("qonto", customer="walks-away")
        print("paying", flush=True)
        try:
            till.pay("qonto", amount="1.00", reference="order-1", **simulator.desk("qonto"))
        except KeyboardInterrupt:
            print("interrupted", time.time(), flush=True)
        payment = till.payment_by_reference("qonto", "order-1")
        print(payment.outcome, flush=True)
finally:
    simulator.stop()
"""


def test_ctrl_c_during_pay_is_heeded_at_once_and_the_payment_goes_on(path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, os.fspath(path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    with child, child.stdout as told:
        assert told.readline() == "paying\n"
        while not recorded(path):
            pass
        sent = time.time()
        child.send_signal(signal.SIGINT)
        word, at = told.readline().split()
        assert word == "interrupted"
        # Far below what any provider's answer takes, and far above a slice on a busy machine.
        assert float(at) - sent < 5
        assert told.readline() == "open\n"
    assert child.returncode == 0


def recorded(path: Path) -> bool:
    """Whether the sale is in the journal, as an observer sees it."""
    try:
        with Till.open(path, observe=True) as observer:
            return bool(observer.payments(account="qonto").payments)
    except tillkit.Error:
        return False


def test_a_panic_arrives_as_an_exception_and_the_process_lives() -> None:
    with pytest.raises(tillkit.InternalError) as fallen:
        _tillkit.falling().wait()
    assert fallen.value.charged is tillkit.Charged.UNKNOWN
    assert "falling was called" in fallen.value.message
    assert isinstance(fallen.value, Exception)


def test_a_call_is_waited_for_once() -> None:
    falling = _tillkit.falling()
    with pytest.raises(tillkit.InternalError):
        falling.wait()
    with pytest.raises(RuntimeError, match="waited for already"):
        falling.wait()


def test_other_threads_run_while_one_waits(till: Till, simulator: Simulator) -> None:
    desk = simulator.desk("dintero")
    simulator.next("dintero", customer="taps", after_ms=3_000)
    counted, done = 0, threading.Event()

    def count() -> None:
        nonlocal counted
        while not done.is_set():
            counted += 1

    counting = threading.Thread(target=count)
    counting.start()
    try:
        paid = till.pay("dintero", amount="1.00", reference="order-1", **desk)
    finally:
        done.set()
        counting.join()
    assert paid.outcome is Outcome.PAID
    assert counted > 1_000


def test_threads_share_a_till_and_a_reference_is_one_charge(
    till: Till, simulator: Simulator
) -> None:
    desk = simulator.desk("vinr")

    def pay(_: int) -> str:
        return till.pay("vinr", amount="2.00", reference="order-1", **desk).id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(pay, range(16)))) == 1


def test_log_lines_come_to_python_s_logging_without_secrets(
    simulator: Simulator, path: Path
) -> None:
    lines: list[str] = []
    came = threading.Event()

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.levelname} {record.name} {record.getMessage()}")
            if "/v1/terminal/payments" in lines[-1]:
                came.set()

    logger, keep = logging.getLogger("tillkit"), Keep()
    logger.addHandler(keep)
    logger.setLevel(logging.DEBUG)
    try:
        with Till.open(path, create=True) as till:
            till.connect("vinr", simulator.settings("vinr"), unasked=True)
            desk = simulator.desk("vinr")
            till.pay("vinr", amount="1.00", reference="order-1", **desk)
            assert came.wait(30), lines
    finally:
        logger.removeHandler(keep)
        logger.setLevel(logging.NOTSET)
    assert any(line.startswith("INFO tillkit journal ") for line in lines), lines
    settings = simulator.settings("vinr")
    assert isinstance(settings, tillkit.Vinr) and settings.api_key
    assert not any(settings.api_key in line for line in lines)
