"""What the language says of itself: the JSON Schema, and a commented plan to begin with."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from .schema import PlanDocument

SCHEMA_ID = "https://exmigrate.example/schema/plan-1.json"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a plan, generated from the models."""
    schema = PlanDocument.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}


def template() -> str:
    """A commented plan that loads as it is, with its editor modeline."""
    return files(__package__).joinpath("template.yaml").read_text("utf-8")
