"""What the tests stand on: the simulator, and tills on journals of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tillkit import Till
from tillkit.testing import Simulator


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    """One simulator for the tests of a file, twenty times as fast as the wall's clock."""
    with Simulator.start(pace=20) as simulator:
        yield simulator


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a journal may be made."""
    return tmp_path / "till.db"


@pytest.fixture
def till(simulator: Simulator, path: Path) -> Iterator[Till]:
    """A till that is connected to every provider of the simulator under its own name."""
    with Till.open(path, create=True) as till:
        for provider in ("qonto", "vinr", "dintero", "centrapay"):
            till.connect(provider, simulator.settings(provider), unasked=True)
        yield till
