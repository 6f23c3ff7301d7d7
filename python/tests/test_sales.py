"""Sales against the simulator: what a till sees of each ending."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

import tillkit
from tillkit import Capture, Error, ErrorCode, Item, Money, Outcome, Status, Till
from tillkit.testing import Simulator

PROVIDERS = ["qonto", "vinr", "dintero", "centrapay"]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_sale_is_paid_once_however_often_it_is_asked_for(
    till: Till, simulator: Simulator, provider: str
) -> None:
    desk = simulator.desk(provider)
    paid = till.pay(provider, amount="13.30", reference="order-1", **desk)
    assert paid.outcome is Outcome.PAID
    assert paid.status is Status.COMPLETED
    assert paid.amounts.captured == Money(1330, "13.30", desk["currency"])
    again = till.pay(provider, amount="13.30", reference="order-1", **desk)
    assert (again.id, again.replayed, again.outcome) == (paid.id, True, "paid")
    assert till.payment_by_reference(provider, "order-1") == till.payment(paid)


@pytest.mark.parametrize("provider", ["qonto", "vinr", "dintero"])
def test_a_decline_is_an_outcome_and_allows_another_attempt(
    till: Till, simulator: Simulator, provider: str
) -> None:
    desk = simulator.desk(provider)
    simulator.next(provider, customer="declines")
    declined = till.pay(provider, amount="13.30", reference="order-1", **desk)
    assert (declined.outcome, declined.status) == (Outcome.NOT_PAID, Status.DECLINED)
    assert declined.next_attempt == 2
    paid = till.pay(provider, amount="13.30", reference="order-1", attempt=2, **desk)
    assert (paid.outcome, paid.attempt) == (Outcome.PAID, 2)


def test_a_lost_answer_is_one_charge(till: Till, simulator: Simulator) -> None:
    desk = simulator.desk("vinr")
    before = len(charges(simulator, "vinr"))
    simulator.fault("vinr", kind="lose", when="after-work", method="POST", times=1)
    paid = till.start("vinr", amount="7.00", reference="order-lost", **desk)
    assert till.wait(paid, timeout=60).outcome is Outcome.PAID
    assert len(charges(simulator, "vinr")) == before + 1


def charges(simulator: Simulator, provider: str) -> list[object]:
    ledger = simulator.ledger(provider)
    return next(value for name, value in ledger.items() if name == "charges")


def test_amounts_go_in_exactly_or_not_at_all(till: Till, simulator: Simulator) -> None:
    desk = simulator.desk("qonto")
    text = till.pay("qonto", amount="13.30", reference="order-1", **desk)
    decimal = till.pay("qonto", amount=Decimal("13.3"), reference="order-1", **desk)
    minor = till.pay("qonto", amount_minor=1330, reference="order-1", **desk)
    assert text.id == decimal.id == minor.id
    for bare in (13.30, 13, True, 1e3, b"13.30"):
        with pytest.raises(tillkit.InvalidRequestError) as refused:
            till.pay("qonto", amount=bare, reference="order-2", **desk)  # type: ignore[arg-type]
        assert refused.value.code is ErrorCode.AMOUNT_NOT_TEXT
        assert refused.value.field == "amount"
        assert type(bare).__name__ in refused.value.message
    for odd in (13.30, True, "1330"):
        with pytest.raises(tillkit.InvalidRequestError) as refused:
            till.pay("qonto", amount_minor=odd, reference="order-2", **desk)  # type: ignore[arg-type]
        assert (refused.value.field, refused.value.rule) == ("amount_minor", "whole-number")
    for huge in (2**70, -(2**70), 0):
        with pytest.raises(tillkit.InvalidRequestError) as refused:
            till.pay("qonto", amount_minor=huge, reference="order-2", **desk)
        assert refused.value.code is ErrorCode.INVALID_AMOUNT
    for odd_text in ("13,30", "1e3", "-1", "NaN"):
        with pytest.raises(tillkit.InvalidRequestError):
            till.pay("qonto", amount=odd_text, reference="order-2", **desk)
    with pytest.raises(tillkit.InvalidRequestError):
        till.pay("qonto", amount=Decimal("NaN"), reference="order-2", **desk)
    assert till.payment_by_reference("qonto", "order-2") is None


def test_another_sale_under_the_same_reference_is_refused(till: Till, simulator: Simulator) -> None:
    desk = simulator.desk("qonto")
    paid = till.pay("qonto", amount="13.30", reference="order-1", **desk)
    with pytest.raises(tillkit.IdempotencyError) as refused:
        till.pay("qonto", amount="13.31", reference="order-1", **desk)
    assert (refused.value.code, refused.value.field) == ("idempotency-conflict", "amount")
    assert refused.value.payment_id == paid.id


def test_what_is_held_is_captured_and_given_back(till: Till, simulator: Simulator) -> None:
    desk = simulator.desk("vinr")
    held = till.pay("vinr", amount="20.00", reference="order-1", capture=Capture.MANUAL, **desk)
    assert held.outcome is Outcome.HELD
    taken = till.capture(held, reference="capture-1")
    taken = settled(till, taken.id, lambda payment: payment.amounts.captured.minor == 2000)
    assert taken.outcome is Outcome.PAID
    part = till.refund(taken, reference="refund-1", amount="5.00")
    part = settled(till, part.id, lambda payment: payment.amounts.returned.minor == 500)
    assert part.amounts.remaining.decimal == Decimal("15.00")
    rest = till.refund(part, reference="refund-2")
    rest = settled(till, rest.id, lambda payment: payment.outcome is Outcome.RETURNED)
    assert [operation.reference for operation in rest.operations] == [
        "capture-1",
        "refund-1",
        "refund-2",
    ]


def settled(till: Till, payment: str, is_so: object) -> tillkit.Payment:
    """The payment once it is as it should be; its story tells when to look again."""
    told = 0
    while True:
        now = till.payment(payment)
        assert now is not None
        if is_so(now):  # type: ignore[operator]
            return now
        told += 1
        assert told < 2_000, now
        till.wait(payment, timeout=0.01)


def test_a_story_is_told_as_it_happens_and_ends(till: Till, simulator: Simulator) -> None:
    desk = simulator.desk("dintero")
    simulator.next("dintero", customer="taps", after_ms=4_000)
    started = till.start("dintero", amount="13.30", reference="order-1", **desk)
    assert started.outcome is Outcome.OPEN
    told = list(till.events(started))
    assert told == list(till.timeline(started))
    assert told[0].name == "created"
    assert told[0].at.tzinfo is timezone.utc
    paid = till.payment(started)
    assert paid is not None and paid.outcome is Outcome.PAID


def test_a_wait_that_runs_out_returns_the_payment_as_it_is(
    till: Till, simulator: Simulator
) -> None:
    desk = simulator.desk("qonto")
    simulator.next("qonto", customer="walks-away")
    started = till.start("qonto", amount="13.30", reference="order-1", **desk)
    assert till.wait(started, timeout=0.02).outcome is Outcome.OPEN
    assert till.wait(started.id, timeout=timedelta(milliseconds=20)).id == started.id
    cancelled = till.cancel(started)
    assert cancelled.truth in set(tillkit.CancelTruth)
    assert cancelled.payment.id == started.id
    busy = {**desk, "amount": "1.00", "reference": "order-2"}
    with pytest.raises(tillkit.IdempotencyError) as refused:
        till.start("qonto", **busy)
    assert refused.value.code is ErrorCode.TERMINAL_BUSY
    assert refused.value.payment_id == started.id
    assert till.start("qonto", screen_clear=[started], **busy).reference == "order-2"


def test_paper_and_lists(till: Till, simulator: Simulator) -> None:
    desk = simulator.desk("centrapay")
    coffee = Item(name="coffee", amount="4.00", quantity=2, tax_percent="15")
    paid = till.pay(
        "centrapay",
        amount="5.00",
        reference="order-1",
        items=[coffee, Item(name="bun", amount_minor=100, quantity=Decimal("0.5"))],
        **desk,
    )
    receipt = till.receipt(paid)
    assert receipt is not None and receipt.is_proof
    assert [item.name for item in receipt.items] == ["coffee", "bun"]
    lines = receipt.text(columns=32, header=["Shop"]).splitlines()
    assert max(map(len, lines)) <= 32 and any("5.00" in line for line in lines)
    assert receipt == till.receipt(paid)
    with pytest.raises(Error) as refused:
        receipt.text(columns=7)
    assert refused.value.field == "columns"

    page = till.payments(account="centrapay", outcome=Outcome.PAID, limit=1)
    assert [payment.reference for payment in page.payments] == ["order-1"]
    now = datetime.now(timezone.utc)
    day = timedelta(days=1)
    report = till.report(since=now - day, until=now + day)
    assert [(total.currency, total.net_minor) for total in report.totals] == [("NZD", 500)]
    with pytest.raises(ValueError, match="time zone"):
        till.report(since=datetime(2026, 1, 1), until=now)
    compared = till.reconcile("centrapay", since=now - day, until=now + day)
    assert compared.unreadable == ()
    assert till.receipt("01976a4e-0000-7000-8000-000000000001") is None


def test_the_desk(till: Till, simulator: Simulator) -> None:
    terminals = till.terminals("dintero")
    assert simulator.desk("dintero")["terminal"] in {terminal.id for terminal in terminals}
    can = till.capabilities("qonto")
    assert (can.refund, can.currencies) == (False, ("EUR",))
    health = till.health()
    assert health.role is tillkit.Role.DRIVES
    assert set(health.connected) == {"qonto", "vinr", "dintero", "centrapay"}
    till.disconnect("qonto")
    assert "qonto" not in till.health().connected
    with pytest.raises(Error) as refused:
        till.terminals("qonto")
    assert refused.value.code is ErrorCode.UNKNOWN_ACCOUNT


def test_a_till_goes_on_where_another_stopped(path: Path, simulator: Simulator) -> None:
    desk = simulator.desk("vinr")
    simulator.next("vinr", customer="taps", after_ms=3_000)
    with Till.open(path, create=True) as first:
        first.connect("vinr", simulator.settings("vinr"), unasked=True)
        started = first.start("vinr", amount="3.00", reference="order-1", **desk)
    with pytest.raises(Error) as refused:
        first.wait(started)
    assert (refused.value.code, refused.value.payment_id) == (ErrorCode.CLOSED, started.id)
    with Till.open(path) as second:
        second.connect("vinr", simulator.settings("vinr"), unasked=True)
        assert second.wait(started, timeout=60).outcome is Outcome.PAID
        second.close()
        with pytest.raises(Error) as refused:
            second.close()
        assert refused.value.code is ErrorCode.CLOSED


def test_a_journal_is_only_made_where_it_was_said(path: Path) -> None:
    with pytest.raises(tillkit.ConfigurationError) as refused:
        Till.open(path)
    assert refused.value.field == "create"
    with pytest.raises(tillkit.ConfigurationError) as refused:
        Till.open(path, create=True, key="short")
    assert refused.value.field == "key"
    Till.open(path, create=True, key=b"k" * 32).close()
    with Till.open(path, observe=True) as observer:
        assert observer.health().role is tillkit.Role.OBSERVES
