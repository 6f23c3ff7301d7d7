"""The types: exactly the core's words and fields, frozen, comparable, printable, picklable."""

from __future__ import annotations

import ast
import copy
import dataclasses
import enum
import inspect
import json
import pickle
import subprocess
import sys
from datetime import timezone
from pathlib import Path

import pytest

import tillkit
from tillkit import AsyncTill, Error, ErrorClass, ErrorCode, Money, Till, _enums, _tillkit, _types
from tillkit.testing import error

RENAMED = {"Stage": "Status", "Entry": "CardEntry", "Code": "ErrorCode", "Class": "ErrorClass"}
CATALOGUE = Path(__file__).parents[2] / "docs" / "errors.json"


def test_every_closed_set_has_exactly_the_core_s_words() -> None:
    sets = {RENAMED.get(name, name): words for name, words in _tillkit.named_sets().items()}
    ours = {
        name: [member.value for member in kind]
        for name, kind in vars(_enums).items()
        if inspect.isclass(kind) and issubclass(kind, enum.Enum) and not name.startswith("_")
    }
    ours.pop("Enum", None)
    assert ours == sets
    for name in ours:
        assert getattr(tillkit, name) is getattr(_enums, name)


def test_words_are_texts_and_made_for_match() -> None:
    outcome = tillkit.Outcome("paid")
    assert outcome is tillkit.Outcome.PAID
    assert (f"{outcome}", str(outcome), outcome) == ("paid", "paid", "paid")
    match outcome:
        case tillkit.Outcome.PAID:
            pass
        case _:
            pytest.fail("a member does not match itself")


@pytest.mark.parametrize("provider", list(_tillkit.setting_names()))
def test_settings_are_exactly_the_provider_s(provider: str) -> None:
    kinds = (tillkit.Qonto, tillkit.Vinr, tillkit.Dintero, tillkit.Centrapay)
    kind = next(kind for kind in kinds if provider == kind.PROVIDER)
    fields = {field.name for field in dataclasses.fields(kind)}
    assert fields == set(_tillkit.setting_names()[provider])
    assert provider == kind.PROVIDER


def test_secrets_are_not_printed() -> None:
    settings = tillkit.Qonto(
        environment="sandbox",
        organization_id="org-1",
        access_token="tok-4711",
        client_secret="sec-4711",
        staging_token="stage-4711",
        webhook_secrets=["hook-4711"],
    )
    assert "org-1" in repr(settings)
    assert "4711" not in repr(settings)


@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_error_arrives_with_all_its_fields(code: ErrorCode) -> None:
    row = next(row for row in json.loads(CATALOGUE.read_text())["errors"] if row["name"] == code)
    failure = error(code)
    assert isinstance(failure, Error)
    assert type(failure) is not Error
    assert failure.code is code
    assert (failure.number, failure.message) == (row["number"], row["message"])
    assert failure.error_class == row["class"]
    assert (failure.charged, failure.retry) == (row["charged"], row["retry"])
    assert failure.cashier == row["cashier"]
    assert failure.cashier_text
    assert (failure.field, failure.rule, failure.limit) == ("reference", "an-example", "64")
    assert failure.payment_id == "00000000-0000-0000-0000-000000000000"
    assert failure.retry_after_ms == 1_500
    assert failure.provider == tillkit.ProviderWords(
        code="E-4711", detail="an example of a provider's own words", trace="trace-4711"
    )
    assert str(failure).startswith(f"{code}: ")
    again = pickle.loads(pickle.dumps(failure))
    assert (type(again), again) == (type(failure), failure)
    assert copy.copy(failure) == failure
    with pytest.raises(type(failure)):
        raise failure


def test_each_family_has_a_class_and_the_base_catches_all() -> None:
    families = {type(error(code)) for code in ErrorCode}
    assert {error(code).error_class for code in ErrorCode} == set(ErrorClass)
    assert len(families) == len(ErrorClass)
    for family in families:
        assert family.__bases__ == (Error,)
        assert getattr(tillkit, family.__name__) is family
    assert issubclass(Error, Exception)
    with pytest.raises(KeyError):
        error("no-such-error")


def test_records_are_frozen_and_compare_by_what_they_say() -> None:
    ten = Money(minor=1000, text="10.00", currency="EUR")
    assert ten == Money(1000, "10.00", "EUR") != Money(1001, "10.01", "EUR")
    assert (str(ten), ten.decimal * 2) == ("10.00 EUR", 20)
    assert {ten: "ten"}[Money(1000, "10.00", "EUR")] == "ten"
    with pytest.raises(dataclasses.FrozenInstanceError):
        ten.minor = 2  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(ten)) == ten
    for name in _types.__all__:
        record = getattr(_types, name)
        assert dataclasses.is_dataclass(record)
        assert record.__dataclass_params__.frozen  # type: ignore[attr-defined]
        assert record.__doc__


def test_moments_have_a_zone_however_far_they_are() -> None:
    assert _types.moment(0).tzinfo is timezone.utc
    assert _types.moment(1_500).microsecond == 500_000
    assert _types.moment(2**62).year == 9999
    assert _types.moment(-(2**62)).year == 1


def test_both_tills_have_the_same_methods_and_teach_the_same() -> None:
    def face(kind: type) -> dict[str, inspect.Signature]:
        methods = {name: method for name, method in vars(kind).items() if name[0] != "_"}
        return {
            name: inspect.signature(getattr(kind, name))
            for name in methods
            if name not in {"open", "events"}
        }

    assert face(Till) == face(AsyncTill)
    for name in (*face(Till), "open", "events"):
        assert getattr(Till, name).__doc__, name
        assert getattr(AsyncTill, name).__doc__, name
    for name in face(Till):
        method = getattr(AsyncTill, name)
        assert inspect.iscoroutinefunction(method), name
        assert method.__doc__ == getattr(Till, name).__doc__


def test_the_stubs_are_those_of_the_built_module() -> None:
    stubs = ast.parse((Path(tillkit.__file__).parent / "_tillkit.pyi").read_text())
    functions = {node.name for node in stubs.body if isinstance(node, ast.FunctionDef)}
    classes = {node.name: node for node in stubs.body if isinstance(node, ast.ClassDef)}
    built = {name for name in dir(_tillkit) if not name.startswith("__")}
    assert built == functions | set(classes)
    for name, node in classes.items():
        said = {
            method.name: [argument.arg for argument in method.args.args]
            for method in node.body
            if isinstance(method, ast.FunctionDef) and not method.name.startswith("__")
        }
        kind = getattr(_tillkit, name)
        there = {
            method: [name for name in inspect.signature(getattr(kind, method)).parameters]
            for method in dir(kind)
            if not method.startswith("__")
        }
        assert there == said, name


def test_a_program_that_waits_imports_no_asyncio() -> None:
    look = "import sys, tillkit; print('asyncio' in sys.modules, 'AsyncTill' in dir(tillkit))"
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert told.stdout == "False True\n"
    assert tillkit.AsyncTill is AsyncTill
    with pytest.raises(AttributeError):
        tillkit.NoSuchName  # type: ignore[attr-defined]  # noqa: B018


def test_every_public_name_is_exported_and_documented() -> None:
    for name in tillkit.__all__:
        value = getattr(tillkit, name)
        if inspect.isclass(value):
            assert value.__doc__, name
