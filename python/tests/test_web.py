"""Notifications: exact bytes, and the endpoints of each framework mounted as its users do."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
import httpx
import pytest
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import RequestFactory
from fastapi import FastAPI
from flask import Flask
from starlette.applications import Starlette
from starlette.routing import Mount
from werkzeug.middleware.dispatcher import DispatcherMiddleware

import tillkit
from tillkit import AsyncTill, Heard, Outcome, Till
from tillkit.testing import Simulator
from tillkit.web import asgi, wsgi
from tillkit.web import django as django_view

SECRET = "shh"
"""What the simulator's VINR signs with, by the settings that it hands out."""


def signed(body: bytes) -> dict[str, str]:
    at = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Vinr-Signature": f"t={at},v1={digest}", "Content-Type": "application/json"}


BODY = json.dumps({"id": "evt_1", "type": "something.else", "data": {}}).encode()


class Quiet(WSGIRequestHandler):
    """Says nothing of what it serves."""

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing."""


@pytest.fixture
def served(till: Till) -> Iterator[str]:
    """The WSGI endpoint behind a real socket."""
    server = make_server("127.0.0.1", 0, wsgi(till, "vinr"), handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hooks/vinr"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_notification_of_the_simulator_brings_its_payment_on(
    till: Till, simulator: Simulator, served: str
) -> None:
    simulator.notify("vinr", url=served, secret=SECRET)
    desk = simulator.desk("vinr")
    simulator.next("vinr", customer="taps", after_ms=3_000)
    started = till.start("vinr", amount="1.00", reference="order-1", **desk)
    names = [event.name for event in till.events(started)]
    paid = till.payment(started)
    assert paid is not None and paid.outcome is Outcome.PAID
    assert "created" in names
    delivered = [one for one in exchanges(simulator) if "/hooks/vinr" in json.dumps(one)]
    assert delivered


def exchanges(simulator: Simulator) -> list[Any]:
    told = simulator.control("vinr/exchanges")
    return told if isinstance(told, list) else [one for value in told.values() for one in value]


def test_a_forged_notification_learns_nothing(till: Till) -> None:
    answer = till.webhook(
        "vinr", body=BODY, headers={"X-Vinr-Signature": "t=1,v1=00"}, url="/hooks"
    )
    assert (answer.status, answer.heard) == (401, None)
    assert answer.error is not None
    assert answer.error.code is tillkit.ErrorCode.WEBHOOK_SIGNATURE
    assert isinstance(answer.error, tillkit.WebhookRefusedError)


def test_only_exact_bytes_are_taken(till: Till) -> None:
    for parsed in (BODY.decode(), json.loads(BODY), None):
        with pytest.raises(tillkit.WebhookRefusedError) as refused:
            till.webhook("vinr", body=parsed, headers={})  # type: ignore[arg-type]
        assert (refused.value.field, refused.value.rule) == ("body", "exact-bytes")
    for exact in (BODY, bytearray(BODY), memoryview(BODY)):
        answer = till.webhook("vinr", body=exact, headers=list(signed(BODY).items()))
        assert answer.status == 200
    assert answer.heard in {Heard.NOTHING_FOR_US, Heard.REPEATED}
    assert till.webhook("nobody", body=BODY, headers={}).status == 503


def test_starlette_and_fastapi_mount_it(till: Till) -> None:
    starlette = Starlette(routes=[Mount("/hooks/vinr", asgi(till, "vinr"))])
    fastapi = FastAPI()
    fastapi.mount("/hooks/vinr", asgi(till, "vinr"))
    for app in (starlette, fastapi):
        good, bad, large = asyncio.run(three_posts(app))
        assert (good.status_code, good.text) == (200, "ok")
        assert (bad.status_code, bad.text) == (401, "not believed")
        assert large.status_code == 413


async def three_posts(app: Any) -> list[httpx.Response]:
    """One that is signed, one that was changed on its way, and one that nobody sends."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        return [
            await client.post("/hooks/vinr/", content=body, headers=signed(BODY))
            for body in (BODY, BODY + b" ", b"x" * (2**20 + 7))
        ]


def test_an_awaited_till_serves_asgi_too(simulator: Simulator, path: Path) -> None:
    async def story() -> int:
        async with AsyncTill.open(path, create=True) as till:
            await till.connect("vinr", simulator.settings("vinr"), unasked=True)
            transport = httpx.ASGITransport(asgi(till, "vinr"))  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
                answer = await client.post("/?a=b", content=BODY, headers=signed(BODY))
                return answer.status_code

    assert asyncio.run(story()) == 200


def test_flask_mounts_it(till: Till) -> None:
    app = Flask("shop")
    app.wsgi_app = DispatcherMiddleware(  # type: ignore[method-assign]
        app.wsgi_app, {"/hooks/vinr": wsgi(till, "vinr")}
    )
    client = app.test_client()
    good = client.post("/hooks/vinr", data=BODY, headers=signed(BODY))
    assert (good.status_code, good.text) == (200, "ok")
    assert client.post("/hooks/vinr", data=b"{", headers=signed(BODY)).status_code == 401
    assert client.post("/elsewhere", data=BODY).status_code == 404


def test_django_has_it_as_a_view(till: Till) -> None:
    if not django_settings.configured:
        django_settings.configure(DEBUG=False, ALLOWED_HOSTS=["*"], SECRET_KEY="x")
        django.setup()
    view = django_view(till, "vinr")
    assert view.csrf_exempt  # type: ignore[attr-defined]
    headers = {
        f"HTTP_{name.upper().replace('-', '_')}": text for name, text in signed(BODY).items()
    }
    requests = RequestFactory()
    good = view(requests.post("/hooks/vinr", BODY, "application/json", **headers))
    assert isinstance(good, HttpResponse)
    assert (good.status_code, good.content) == (200, b"ok")
    bad = view(requests.post("/hooks/vinr", b"{}", "application/json", **headers))
    assert bad.status_code == 401
