"""A shop on Flask: each worker opens its own till, after the fork."""

from __future__ import annotations

# ANCHOR: whole
import os

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from tillkit import Till, Vinr
from tillkit.web import wsgi

SETTINGS = Vinr(
    environment=os.environ["VINR_ENVIRONMENT"],
    merchant_id=os.environ["VINR_MERCHANT_ID"],
    api_key=os.environ["VINR_API_KEY"],
    webhook_scheme="hmac-sha256-timestamped",
    webhook_secrets=[os.environ["VINR_WEBHOOK_SECRET"]],
    base_url=os.environ.get("VINR_BASE_URL"),
)


def create_app() -> Flask:
    till = Till.open("till.db", create=True)
    till.connect("shop-1", SETTINGS)
    app = Flask(__name__)
    hooks = {"/hooks/shop-1": wsgi(till, "shop-1")}
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, hooks)  # type: ignore[method-assign]

    @app.post("/orders/<order>/payment")
    def charge(order: str) -> dict[str, str]:
        payment = till.start(
            "shop-1",
            terminal=os.environ["TERMINAL"],
            amount="13.30",
            currency="EUR",
            reference=order,
        )
        return {"payment": payment.id, "outcome": payment.outcome}

    @app.get("/orders/<order>/payment")
    def show(order: str) -> dict[str, str]:
        payment = till.payment_by_reference("shop-1", order)
        return {"outcome": payment.outcome if payment else "none"}

    return app


# ANCHOR_END: whole
