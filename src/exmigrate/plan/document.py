"""What the language says of itself: the JSON Schema, and a commented plan to begin with."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from exmigrate.model import Refused

from .schema import PlanDocument

SCHEMA_ID = "https://exmigrate.example/schema/plan-1.json"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a plan, generated from the models."""
    schema = PlanDocument.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}


_TEMPLATES = {
    (("2000",), "2007"): "2003-to-2007",
    (("2003",), "2007"): "2003-to-2007",
    (("2000", "2003"), "2007"): "2003-to-2007",
    (("2003",), "2010"): "2003-to-2010",
    (("2007",), "2010"): "2007-to-2010",
    (("2003", "2007"), "2010"): "2003-2007-to-2010",
}
"""The plan to begin with by the versions of a transition; 2000 begins with that of 2003, whose keys it has."""


def template(sources: Iterable[str] = ("2007",), target: str = "2010") -> str:
    """A commented plan of a transition that loads as it is, with its editor modeline.

    Raises:
        Refused: this version has no such transition.
    """
    versions = tuple(sorted({*sources}))
    name = _TEMPLATES.get((versions, target))
    if name is None:
        raise Refused(
            f"There is no transition from {' and '.join(versions)} to {target}.",
            next="choose from 2000, 2003 or both to 2007, or from 2003, 2007 or both to 2010; both: --from 2003 --from 2007",
        )
    return files(__package__).joinpath("templates", f"{name}.yaml").read_text("utf-8")
