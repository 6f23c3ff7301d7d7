"""What both tills make of their arguments before they cross."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from . import _tillkit
from ._payment import Payment
from ._settings import Item

Duration = float | timedelta
"""Seconds, or a ``timedelta``. Only waits are told in it, never money."""


def milliseconds(duration: Duration) -> int:
    """A duration in whole milliseconds; what lies before now is none at all."""
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else duration
    return max(0, round(seconds * 1_000))


def milliseconds_or_none(duration: Duration | None) -> int | None:
    """The same, where it is said."""
    return None if duration is None else milliseconds(duration)


def wall_ms(moment: datetime) -> int:
    """A moment in milliseconds since 1970. Without a zone nobody knows when it is."""
    if moment.tzinfo is None:
        raise ValueError(
            "a moment without a time zone may be any of two dozen: "
            "say datetime(…, tzinfo=…), such as zoneinfo.ZoneInfo('Europe/Paris')"
        )
    return round(moment.timestamp() * 1_000)


def payment_id(payment: Payment | str) -> str:
    """A payment's id, from the payment or from the id itself."""
    return payment.id if isinstance(payment, Payment) else payment


def path_or_none(path: str | os.PathLike[str] | None) -> str | None:
    """A path as text, where it is said."""
    return None if path is None else os.fspath(path)


def key_text(key: str | bytes | None) -> str | None:
    """A key as its 64 hexadecimal digits."""
    return key.hex() if isinstance(key, bytes) else key


def sale(
    *,
    metadata: Mapping[str, str] | None,
    items: Iterable[Item],
    screen_clear: Iterable[Payment | str],
    capture: str,
    start_by: Duration | None,
    settle_by: Duration | None,
    **plain: Any,
) -> dict[str, Any]:
    """A sale as it crosses."""
    return {
        **plain,
        "metadata": list((metadata or {}).items()),
        "items": list(items),
        "screen_clear": [payment_id(payment) for payment in screen_clear],
        "capture": str(capture),
        "start_by_ms": milliseconds_or_none(start_by),
        "settle_by_ms": milliseconds_or_none(settle_by),
    }


def payment_query(
    *,
    outcome: str | None,
    since: datetime | None,
    until: datetime | None,
    before: Payment | str | None,
    **plain: Any,
) -> dict[str, Any]:
    """Which payments are listed, as it crosses."""
    return {
        **plain,
        "outcome": None if outcome is None else str(outcome),
        "from_ms": None if since is None else wall_ms(since),
        "to_ms": None if until is None else wall_ms(until),
        "before": None if before is None else payment_id(before),
    }


def account_options(
    *,
    day_begins_hour: int | None,
    utc_offset: timedelta,
    replay_window: Duration | None,
    public_url: str | None,
    unasked: bool,
) -> dict[str, Any]:
    """The terms of an account as they cross."""
    return {
        "day_begins_hour": day_begins_hour,
        "utc_offset_minutes": round(utc_offset.total_seconds() / 60),
        "replay_window_ms": milliseconds_or_none(replay_window),
        "public_url": public_url,
        "unasked": unasked,
    }


def exact_bytes(body: bytes | bytearray | memoryview) -> bytes:
    """A body as it arrived. What was parsed and written again is another one."""
    if not isinstance(body, (bytes, bytearray, memoryview)):
        raise _tillkit.parsed_body()
    return bytes(body)


def header_pairs(
    headers: Mapping[str, str] | Iterable[tuple[str, str]],
) -> list[tuple[str, str]]:
    """Headers as pairs; a mapping that knows a name twice tells it twice."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return [(str(name), str(value)) for name, value in pairs]
