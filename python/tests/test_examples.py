"""The programs that the documents show, run as they stand there."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import httpx
import pytest

from tillkit.testing import Simulator

EXAMPLES = Path(__file__).parents[1] / "examples"


def environment(simulator: Simulator, provider: str) -> dict[str, str]:
    """The settings of the simulator as an example reads them."""
    settings = {
        f"{provider.upper()}_{name.upper()}": value
        for name, value in vars(simulator.settings(provider)).items()
        if isinstance(value, str)
    }
    return {**settings, "TERMINAL": simulator.desk(provider)["terminal"]}


@pytest.fixture
def shop(
    simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Simulator]:
    """Where an example finds VINR's settings and a folder for its journal."""
    for name, value in environment(simulator, "vinr").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("VINR_WEBHOOK_SECRET", "shh")
    monkeypatch.chdir(tmp_path)
    yield simulator


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_first_payment_prints_a_receipt(simulator: Simulator, tmp_path: Path) -> None:
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, os.fspath(EXAMPLES / "first_payment.py")],
            env={**os.environ, **environment(simulator, "qonto")},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert "13.30" in done.stdout
    assert len(simulator.ledger("qonto")["charges"]) == 1


def test_the_shop_on_fastapi_takes_a_payment(shop: Simulator) -> None:
    app = loaded("fastapi_shop").app

    async def story() -> list[str]:
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
                nobody = await client.post("/hooks/shop-1/", content=b"{}")
                began = await client.post("/orders/order-1/payment")
                ended = began.json()["outcome"]
                while ended == "open":
                    await app.state.till.wait(began.json()["payment"], timeout=1)
                    ended = (await client.get("/orders/order-1/payment")).json()["outcome"]
                return [str(nobody.status_code), ended]

    assert asyncio.run(story()) == ["401", "paid"]


class Threads(socketserver.ThreadingMixIn, WSGIServer):
    """A thread for each request, as servers have."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Says nothing of what it serves."""

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing."""


def test_the_shop_on_flask_is_notified_and_takes_a_payment(shop: Simulator) -> None:
    app = loaded("flask_shop").create_app()
    server = make_server("127.0.0.1", 0, app, server_class=Threads, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        shop.notify("vinr", url=f"{address}/hooks/shop-1", secret="shh")
        with httpx.Client(base_url=address, timeout=60) as client:
            assert client.get("/orders/order-1/payment").json() == {"outcome": "none"}
            assert client.post("/hooks/shop-1", content=b"{}").status_code == 401
            outcome = client.post("/orders/order-1/payment").json()["outcome"]
            while outcome == "open":
                outcome = client.get("/orders/order-1/payment").json()["outcome"]
            assert outcome == "paid"
            again = client.post("/orders/order-1/payment").json()
            assert again["outcome"] == "paid"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
