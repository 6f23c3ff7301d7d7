"""The programs that the documents show, run as they stand there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tillkit.testing import Simulator

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_the_first_payment_prints_a_receipt(simulator: Simulator, tmp_path: Path) -> None:
    settings = {
        f"QONTO_{name.upper()}": value
        for name, value in vars(simulator.settings("qonto")).items()
        if isinstance(value, str)
    }
    terminal = simulator.desk("qonto")["terminal"]
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, os.fspath(EXAMPLES / "first_payment.py")],
            env={**os.environ, **settings, "TERMINAL": terminal},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert "13.30" in done.stdout
    assert len(simulator.ledger("qonto")["charges"]) == 1
