"""A first payment: the README shows this program, and the tests run it against the simulator."""

from __future__ import annotations

# ANCHOR: whole
import os

from tillkit import Outcome, Qonto, Till


def main() -> None:
    settings = Qonto(
        environment=os.environ["QONTO_ENVIRONMENT"],
        organization_id=os.environ["QONTO_ORGANIZATION_ID"],
        access_token=os.environ["QONTO_ACCESS_TOKEN"],
        staging_token=os.environ.get("QONTO_STAGING_TOKEN"),
        base_url=os.environ.get("QONTO_BASE_URL"),
    )
    with Till.open("till.db", create=True) as till:
        till.connect("shop-1", settings)
        payment = till.pay(
            "shop-1",
            terminal=os.environ["TERMINAL"],
            amount="13.30",
            currency="EUR",
            reference="order-456",
        )
        match payment.outcome:
            case Outcome.PAID:
                receipt = till.receipt(payment)
                print(receipt.text(columns=42) if receipt else "paid")
            case Outcome.NOT_PAID:
                print(f"not paid: {payment.status}")
            case _:
                # Do not charge again: Tillkit goes on looking, and the same call joins it.
                print(f"not known yet: {payment.status}")


if __name__ == "__main__":
    main()
# ANCHOR_END: whole
