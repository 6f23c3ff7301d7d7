"""Endpoints for notifications, for whatever framework you have.

    # FastAPI, Starlette
    app.mount("/hooks/shop-1", asgi(till, "shop-1"))

    # Flask
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/hooks/shop-1": wsgi(till, "shop-1")})

    # Django
    urlpatterns = [path("hooks/shop-1", django(till, "shop-1"))]

Each hands over the exact bytes, and answers what ``till.webhook`` says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from importlib import import_module
from typing import Any
from urllib.parse import quote

from ._async import AsyncTill
from ._till import Till
from ._types import WebhookAnswer

__all__ = ["asgi", "django", "wsgi"]

BODY_BYTES_MAX = 1_048_576
"""One more byte than this is read at the most: the till refuses what is larger."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    413: "Content Too Large",
    503: "Service Unavailable",
}


def asgi(till: AsyncTill | Till, account: str) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """An ASGI application that takes in the notifications of one account."""

    async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = await _read(receive)
        query = scope.get("query_string", b"").decode("latin-1")
        path = scope.get("raw_path", b"").decode("latin-1") or quote(scope["path"])
        given: dict[str, Any] = {
            "method": scope["method"],
            "url": f"{path}?{query}" if query else path,
            "headers": [
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in scope["headers"]
            ],
            "body": body,
        }
        if isinstance(till, AsyncTill):
            answer = await till.webhook(account, **given)
        else:
            answer = await asyncio.to_thread(till.webhook, account, **given)
        headers = [(b"content-type", b"text/plain; charset=utf-8")]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body.encode()})

    return endpoint


async def _read(receive: Receive) -> bytes:
    """The exact bytes; of what is too large one more than there may be."""
    body = b""
    while len(body) <= BODY_BYTES_MAX:
        message = await receive()
        if message["type"] != "http.request":
            break
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return body[: BODY_BYTES_MAX + 1]


def wsgi(
    till: Till, account: str
) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """A WSGI application that takes in the notifications of one account."""

    def endpoint(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        path = quote(environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""), "/%")
        query = environ.get("QUERY_STRING")
        answer = till.webhook(
            account,
            method=environ["REQUEST_METHOD"],
            url=f"{path}?{query}" if query else path,
            headers=_wsgi_headers(environ),
            body=environ["wsgi.input"].read(min(length, BODY_BYTES_MAX + 1)),
        )
        reason = _REASONS.get(answer.status, "Answer")
        content = [("Content-Type", "text/plain; charset=utf-8")]
        start_response(f"{answer.status} {reason}", content)
        return [answer.body.encode()]

    return endpoint


def _wsgi_headers(environ: dict[str, Any]) -> list[tuple[str, str]]:
    headers = [
        (name[5:].replace("_", "-").lower(), value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    if environ.get("CONTENT_TYPE"):
        headers.append(("content-type", environ["CONTENT_TYPE"]))
    return headers


def django(till: Till, account: str) -> Callable[..., Any]:
    """A Django view that takes in the notifications of one account, without a CSRF token."""
    respond: Any = import_module("django.http").HttpResponse
    exempt: Callable[[Callable[..., Any]], Callable[..., Any]] = import_module(
        "django.views.decorators.csrf"
    ).csrf_exempt

    def view(request: Any) -> Any:
        answer: WebhookAnswer = till.webhook(
            account,
            method=request.method,
            url=request.get_full_path(),
            headers=request.headers.items(),
            body=request.body,
        )
        return respond(answer.body, status=answer.status, content_type="text/plain")

    return exempt(view)
