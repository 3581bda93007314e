"""Golden cases of the catalog: topology facts to host, needs and arguments, one YAML file a kind and situation.

A case names a shipped plan, what is altered in its topology, and a step; the rest is what compilation gives.
`UPDATE_GOLDEN=1` writes them anew; a person reads the difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from exmigrate.compile import compile_plan
from exmigrate.model import Change, Topology
from exmigrate.model.topology import AcceptedDomain, CasArray, Certificate, Dag, Secret, SendConnector
from tests.catalog import coexistence_worlds, legacy_worlds, worlds
from tests.catalog.scripts import catalog
from tests.plan.topologies import clustered, domains, legacy_a, legacy_b, legacy_d, single_site, two_site

CASES = Path(__file__).parent / "cases"
PLANS = {
    "single-site": single_site,
    "two-site": two_site,
    "clustered": clustered,
    "clustered-scc": worlds.shared_cluster,
    "domains": domains,
    "legacy-a": legacy_a,
    "legacy-b": legacy_b,
    "legacy-d": legacy_d,
    "2000-2003-to-2007": legacy_worlds.to_2007,
    "2003-to-2010": legacy_worlds.to_2010,
    "2003-2007-to-2010": legacy_worlds.mixed,
    "legacy-a-with-more": coexistence_worlds.to_2007,
    "legacy-b-with-more": coexistence_worlds.to_2010,
    "two-bridgeheads": coexistence_worlds.two_bridgeheads,
}
ENTITIES = {
    "AcceptedDomain": AcceptedDomain,
    "Dag": Dag,
    "SendConnector": SendConnector,
    "CasArray": CasArray,
    "Certificate": Certificate,
    "Secret": Secret,
}


def files() -> list[Path]:
    """All case files."""
    return sorted(CASES.glob("*/*.yaml"))


def read(path: Path) -> dict[str, Any]:
    """One case."""
    data: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return data


def compiled(case: Mapping[str, Any]) -> Change:
    """The change of a case's plan as altered."""
    return _compiled(str(case["plan"]), yaml.safe_dump(case.get("alter") or {}))


@cache
def _compiled(plan: str, alter: str) -> Change:
    topology = altered(PLANS[plan](), yaml.safe_load(alter))
    return compile_plan(
        topology, catalog(), inventory=dict(yaml.safe_load(alter).get("inventory") or {})
    ).change


def altered(topology: Topology, alter: Mapping[str, Any]) -> Topology:
    """A topology with other values: `servers.NAME.key`, `policy.key`, `dags: [...]`."""
    values: dict[str, Any] = {}
    for key, change in alter.items():
        if key == "inventory":
            continue
        now = getattr(topology, key)
        if isinstance(change, bool | str | int):
            values[key] = change
        elif isinstance(change, list):
            values[key] = tuple(now) + tuple(_entity(item) for item in change)
        elif isinstance(now, tuple):
            values[key] = tuple(replace(e, **_values(change.get(_name(e)) or {})) for e in now)
        else:
            values[key] = replace(now, **_values(change, now))
    return replace(topology, **values)


def _name(entity: Any) -> str:
    return str(getattr(entity, "name", "") or getattr(entity, "edge", ""))


def _entity(item: Mapping[str, Any]) -> Any:
    ((kind, values),) = item.items()
    return ENTITIES[kind](**_values(values))


def _values(values: Mapping[str, Any], now: Any = None) -> dict[str, Any]:
    out = {}
    for key, value in values.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            out[key] = tuple(getattr(now, key, ())) + tuple(_entity(v) for v in value)
        elif isinstance(value, list):
            out[key] = tuple(value)
        elif isinstance(value, dict) and set(value) <= set(ENTITIES):
            out[key] = _entity(value)
        else:
            out[key] = value
    return out


def expected(case: Mapping[str, Any]) -> dict[str, Any]:
    """What compilation gives for the case's step."""
    step = compiled(case).by_id[str(case["step"])]
    return {
        "title": step.title,
        "host": step.host,
        "shell": step.vantage,
        "needs": sorted(step.needs),
        "arguments": dict(step.arguments),
        "members": step.members,
    }
