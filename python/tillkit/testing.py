"""The simulator for your own tests: four providers on this machine, no account and no network.

It starts the program ``till`` (``till simulate``), which it looks for under ``TILLKIT_TILL`` and in
the path.

    from tillkit import Outcome, Till
    from tillkit.testing import Simulator

    with Simulator.start(pace=20) as simulator, Till.open(path, create=True) as till:
        till.connect("shop-1", simulator.settings("qonto"))
        simulator.next("qonto", customer="declines")
        payment = till.pay("shop-1", reference="order-1", amount="13.30", **simulator.desk("qonto"))
        assert payment.outcome is Outcome.NOT_PAID
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from . import _tillkit
from ._errors import Error
from ._settings import Centrapay, Dintero, Qonto, Settings, Vinr

__all__ = ["Simulator", "error"]

_CLASSES: dict[str, type[Settings]] = {
    Qonto.PROVIDER: Qonto,
    Vinr.PROVIDER: Vinr,
    Dintero.PROVIDER: Dintero,
    Centrapay.PROVIDER: Centrapay,
}


def error(code: str) -> Error:
    """An error of this code as it could arrive, with every field: for tests of what you show."""
    example = _tillkit.example_error(code)
    if example is None:
        raise KeyError(f"the catalogue has no error {code!r}")
    return example


class Simulator:
    """A simulator that runs until it is stopped. Its levers are told in ``docs/simulator.md``.

    Providers are ``qonto``, ``vinr``, ``vinr-local``, ``dintero`` and ``centrapay``.
    """

    def __init__(self, process: subprocess.Popen[str], told: Mapping[str, Any]) -> None:
        """Simulators are made by ``Simulator.start``."""
        self._process = process
        self._stands = told["stands"]
        self.address: str = told["address"]
        """Where it listens, such as ``http://127.0.0.1:40123``."""

    @classmethod
    def start(
        cls, *, pace: int = 1, seed: int = 1, program: str | os.PathLike[str] | None = None
    ) -> Simulator:
        """Starts one on a free port; its clock goes ``pace`` times as fast."""
        found = program or os.environ.get("TILLKIT_TILL") or shutil.which("till")
        if found is None:
            raise FileNotFoundError(
                "the program `till` is not in the path: install it, or say where it is in "
                "TILLKIT_TILL"
            )
        words = ["simulate", "--json", "--port=0", f"--pace={pace}", f"--seed={seed}"]
        process = subprocess.Popen(
            [os.fspath(found), *words], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            process.wait()
            raise RuntimeError(f"the simulator ended with exit code {process.returncode}")
        return cls(process, json.loads(line)["simulator"])

    def __enter__(self) -> Simulator:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends it."""
        self._process.terminate()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def settings(self, provider: str, **changes: Any) -> Settings:
        """The settings of a merchant of this provider, for ``till.connect``."""
        stand = self._stands[provider]
        kind = _CLASSES[stand["provider"]]
        lists = {field.name for field in dataclasses.fields(kind) if field.default == ()}
        given = {
            name: text.split(",") if name in lists else text
            for name, text in stand["settings"].items()
        }
        return kind(**{**given, **changes})

    def desk(self, provider: str) -> dict[str, Any]:
        """``terminal`` and ``currency`` of a sale at this provider."""
        stand = self._stands[provider]
        return {"terminal": stand["terminal"], "currency": stand["currency"]}

    def next(self, provider: str, *, customer: str, **how: Any) -> None:
        """What the next customer does: ``taps``, ``declines``, ``walks-away``, ``offline``."""
        self.control(f"{provider}/next", customer=customer, **how)

    def fault(self, provider: str, *, kind: str, **how: Any) -> None:
        """What goes wrong next: ``when`` belongs to the fault, ``times``, ``path`` and ``method``
        say where it strikes.
        """
        where = {name: how.pop(name) for name in ("times", "path", "method") if name in how}
        self.control(f"{provider}/faults", fault={"kind": kind, **how}, **where)

    def notify(self, provider: str, *, url: str, secret: str) -> None:
        """Who is notified from now on, signed as the provider signs."""
        self.control(f"{provider}/webhooks", url=url, secret=secret)

    def ledger(self, provider: str) -> Any:
        """What the provider really did."""
        return self.control(f"{provider}/ledger")

    def control(self, lever: str, **body: Any) -> Any:
        """Any lever below ``/control``: with a body it is pulled, without one it is read."""
        request = urllib.request.Request(
            f"{self.address}/control/{lever}",
            data=json.dumps(body).encode() if body else None,
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            told = answer.read()
        return json.loads(told) if told else None
