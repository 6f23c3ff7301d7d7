"""A shop on FastAPI; with Starlette instead the same, but for the name of the class."""

from __future__ import annotations

# ANCHOR: whole
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from tillkit import AsyncTill, Vinr
from tillkit.web import asgi

SETTINGS = Vinr(
    environment=os.environ["VINR_ENVIRONMENT"],
    merchant_id=os.environ["VINR_MERCHANT_ID"],
    api_key=os.environ["VINR_API_KEY"],
    webhook_scheme="hmac-sha256-timestamped",
    webhook_secrets=[os.environ["VINR_WEBHOOK_SECRET"]],
    base_url=os.environ.get("VINR_BASE_URL"),
)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncTill.open("till.db", create=True) as till:
        await till.connect("shop-1", SETTINGS)
        app.state.till = till
        app.mount("/hooks/shop-1", asgi(till, "shop-1"))
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/orders/{order}/payment")
async def charge(order: str) -> dict[str, str]:
    """Returns at once; the notification brings the payment on, and `show` tells how it ended."""
    payment = await app.state.till.start(
        "shop-1",
        terminal=os.environ["TERMINAL"],
        amount="13.30",
        currency="EUR",
        reference=order,
    )
    return {"payment": payment.id, "outcome": payment.outcome}


@app.get("/orders/{order}/payment")
async def show(order: str) -> dict[str, str]:
    payment = await app.state.till.payment_by_reference("shop-1", order)
    return {"outcome": payment.outcome if payment else "none"}


# ANCHOR_END: whole
