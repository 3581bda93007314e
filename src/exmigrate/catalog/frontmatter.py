"""Reads one `.ps1` file of the catalog into a `StepKind`; every fault names file, line and remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

import yaml

from exmigrate.model import LEVELS, Location, Refused
from exmigrate.model.step import KnownFailure

from .compiled import code_cache
from .expressions import ExpressionFault, expression, template
from .kind import FUNCTIONS, GateText, Need, StepKind

_FUNCTION = re.compile(r"^function\s+(Check|Apply|Verify|Rollback|Collect)\b", re.MULTILINE)
_NEED = re.compile(r"^(?P<kind>[a-z0-9-]+)(?:@(?P<at>[a-z-]+))?$")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "scope": LEVELS,
    "effect": ("read", "convergent", "once", "gate"),
    "reversibility": ("reversible", "forward-only", "point-of-no-return"),
    "identity": ("local", "delegated"),
    "run": ("inline", "job"),
    "check": ("anytime", "when-ready"),
    "unit": ("step", "member"),
    "reboot": ("never", "maybe", "always"),
}
_KEYS = frozenset(
    "title scope when effect reversibility point_of_no_return reason needs before vantage identity run check acceptance "
    "window priority limits arguments unit members estimate resumes ends_unseen reboot rights impact failures gate tags libraries order item".split()
)
INVENTORY = "inventory"
"""The phase of collectors: read-only scripts in the form of step kinds, with one function `Collect`."""
_VANTAGES = ("target", "AD", "E07", "E10", "shell", "EDGE", "external")


class CatalogError(Refused):
    """A step kind file of the catalog is not as it must be."""

    code = "EXM-C001"


def split(text: str, file: str) -> tuple[str, str, int]:
    """Split a kind's file into front matter, script and the line at which the front matter begins.

    Raises:
        CatalogError: there is no front matter between a line `<#` and a line `#>`.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    if not lines or lines[0].strip() != "<#" or "#>" not in (line.strip() for line in lines):
        raise CatalogError(
            "The file has no front matter.",
            where=Location(file, 1),
            why="a step kind begins with a line '<#', YAML, and a line '#>'",
            next="exmigrate catalog --help shows the form of a step kind",
        )
    end = next(n for n, line in enumerate(lines) if line.strip() == "#>")
    return "\n".join(lines[1:end]), "\n".join(lines[end + 1 :]).lstrip("\n"), 2


def read_yaml(matter: str, file: str, first_line: int) -> tuple[dict[str, Any], dict[str, int]]:
    """Front matter as a mapping, with the line of each key. Parsed once for all commands.

    Raises:
        CatalogError: it is no YAML mapping, or a key stands twice.
    """
    return code_cache().get(
        f"front matter {first_line}", matter, lambda: _parse_yaml(matter, file, first_line)
    )


def _parse_yaml(matter: str, file: str, first_line: int) -> tuple[dict[str, Any], dict[str, int]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(matter)
    try:
        node = loader.get_single_node()
        data = loader.construct_document(node) if node is not None else None
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        line = mark.line + first_line if mark else first_line
        raise CatalogError(
            "The front matter is no YAML.",
            where=Location(file, line, mark.column + 1 if mark else 0),
            why=str(getattr(fault, "problem", None) or fault),
            next="correct the line and run the command again",
        ) from None
    if not isinstance(node, yaml.MappingNode) or not isinstance(data, dict):
        raise CatalogError("The front matter is no mapping.", where=Location(file, first_line))
    lines: dict[str, int] = {}
    for key, _ in node.value:
        if key.value in lines:
            raise CatalogError(
                f"The key {key.value!r} stands twice.",
                where=Location(file, key.start_mark.line + first_line),
                next="keep one of them",
            )
        lines[key.value] = key.start_mark.line + first_line
    return data, lines


def parse_kind(text: str, *, id: str, phase: str, file: str) -> StepKind:
    """A step kind from its file's text.

    Args:
        text: the whole file.
        id: the kind's id, by its file name.
        phase: by its folder.
        file: as named in errors.

    Raises:
        CatalogError: with the place and the reason of the first fault.
    """
    matter, script, first_line = split(text, file)
    data, lines = read_yaml(matter, file, first_line)
    reader = _Reader(data, lines, file)
    reader.refuse_unknown()
    effect = reader.choice("effect", "read" if phase == INVENTORY else None)
    vantage, host = reader.vantage()
    functions = tuple(name for name in FUNCTIONS if name in set(_FUNCTION.findall(script)))
    kind = StepKind(
        id=id,
        phase=phase,
        title=reader.text("title", id, template),
        scope=reader.choice("scope", None),
        when=reader.text("when", "true", expression),
        effect=effect,
        reversibility=reader.choice("reversibility", "reversible"),
        point_of_no_return=reader.text("point_of_no_return", "", expression),
        reason=reader.text("reason", "", template),
        needs=reader.needs("needs"),
        before=reader.needs("before"),
        vantage=vantage,
        host=host,
        identity=reader.choice("identity", "delegated"),
        run="job" if effect == "once" else reader.run(),
        check=reader.choice("check", "anytime"),
        acceptance=str(data.get("acceptance") or ""),
        window=str(data.get("window") or "any"),
        priority=int(data.get("priority", 100)),
        limits=reader.strings("limits"),
        arguments=MappingProxyType(reader.arguments()),
        unit=reader.choice("unit", "step"),
        members=reader.text("members", "", expression),
        estimate=reader.estimate(),
        resumes=bool(data.get("resumes", False)),
        ends_unseen=bool(data.get("ends_unseen", False)),
        reboot=reader.choice("reboot", "never"),
        rights=reader.strings("rights"),
        impact=reader.text("impact", "none", template),
        failures=reader.failures(),
        gate=reader.gate(),
        tags=reader.strings("tags"),
        libraries=reader.strings("libraries"),
        order=int(data.get("order", 100)),
        text=script,
        functions=functions,
        file=file,
        lines=MappingProxyType(lines),
    )
    _require_whole(kind)
    return kind


def _require_whole(kind: StepKind) -> None:
    """A kind that changes something has a Check, an Apply and a Verify; a gate tells a person what to do."""
    required: tuple[str, ...] = ()
    if kind.phase == INVENTORY:
        required = ("Collect",)
    elif kind.effect in ("convergent", "once"):
        required = ("Check", "Apply", "Verify")
    elif kind.effect == "read" or (kind.gate is not None and kind.gate.closes != "person"):
        required = ("Check",)
    missing = [name for name in required if name not in kind.functions]
    if missing:
        raise CatalogError(
            f"The step kind {kind.id} has no function {', '.join(missing)}.",
            where=kind.where("effect"),
            why=f"a kind of effect {kind.effect} needs {', '.join(required)}",
            next="add the function below the front matter",
        )
    if kind.effect == "gate" and kind.gate is None:
        raise CatalogError(f"The gate {kind.id} has no 'gate' block.", where=kind.where("effect"))
    if (kind.reversibility != "reversible" or kind.point_of_no_return) and not kind.reason:
        final = kind.point_of_no_return and kind.reversibility == "reversible"
        raise CatalogError(
            f"The step kind {kind.id} is {'point-of-no-return' if final else kind.reversibility} and gives no reason.",
            where=kind.where("point_of_no_return" if final else "reversibility"),
            next="add 'reason:' for the change board",
        )


class _Reader:
    """Typed access to one front matter; each method refuses by name what it cannot read."""

    def __init__(self, data: dict[str, Any], lines: dict[str, int], file: str) -> None:
        self.data, self.lines, self.file = data, lines, file

    def fail(self, key: str, message: str, why: str = "") -> CatalogError:
        return CatalogError(message, where=Location(self.file, self.lines.get(key, 1)), why=why)

    def refuse_unknown(self) -> None:
        for key in self.data:
            if key not in _KEYS:
                raise self.fail(key, f"Unknown key {key!r}.", f"known keys: {', '.join(sorted(_KEYS))}")

    def choice(self, key: str, default: str | None) -> str:
        value = self.data.get(key, default)
        if value is None:
            raise self.fail(key, f"The key {key!r} is missing.", f"one of {', '.join(_CHOICES[key])}")
        if value not in _CHOICES[key]:
            raise self.fail(key, f"{key}: {value!r} is not known.", f"one of {', '.join(_CHOICES[key])}")
        return str(value)

    def text(self, key: str, default: str, compiler: Any) -> str:
        value = self.data.get(key, default)
        value = ("true" if value else "false") if isinstance(value, bool) else str(value or default)
        # Only templates and expressions that are used get compiled: start-up is paid by everyone.
        if value.count("{{") != value.count("}}"):
            raise self.fail(key, f"{key}: the braces of the template do not match.")
        return value

    def strings(self, key: str) -> tuple[str, ...]:
        value = self.data.get(key) or []
        if not isinstance(value, list):
            raise self.fail(key, f"{key} must be a list.")
        return tuple(str(v) for v in value)

    def run(self) -> str:
        """`inline`, `job`, or the condition under which it is a job: `{job: EXPRESSION}`."""
        value = self.data.get("run")
        if isinstance(value, dict) and set(value) == {"job"}:
            return str(value["job"])
        return self.choice("run", "inline")

    def needs(self, key: str) -> tuple[Need, ...]:
        return tuple(self.need(key, item) for item in self.data.get(key) or [])

    def need(self, key: str, item: object) -> Need:
        if isinstance(item, dict):
            unknown = set(item) - {"kind", "at", "when"}
            if unknown or "kind" not in item:
                raise self.fail(key, f"{key}: {item!r} is no need.", "keys are kind, at, when")
            base = self.need(key, str(item["kind"]))
            at = item.get("at")
            return Need(base.kind, str(at) if at else base.at, bool(at), str(item.get("when") or ""))
        match = _NEED.match(str(item))
        if match is None:
            raise self.fail(key, f"{key}: {item!r} is no need.", "form: kind or kind@level")
        at = match["at"] or ""
        if at and at not in (*LEVELS, "all", "first", "host"):
            raise self.fail(key, f"{key}: unknown binding @{at}.", "a scope level, all, first or host")
        return Need(match["kind"], at)

    def vantage(self) -> tuple[str, str]:
        value = self.data.get("vantage", "target")
        if isinstance(value, dict):
            return str(value.get("shell", "target")), str(value.get("host") or "")
        if value in _VANTAGES:
            return str(value), ""
        return "target", str(value)

    def arguments(self) -> dict[str, Any]:
        value = self.data.get("arguments") or {}
        if not isinstance(value, dict):
            raise self.fail("arguments", "arguments must be a mapping of names to expressions.")
        return cast("dict[str, Any]", value)

    def estimate(self) -> tuple[str, str]:
        value = self.data.get("estimate") or {"p50": 60, "p90": 180}
        if not isinstance(value, dict) or set(value) != {"p50", "p90"}:
            raise self.fail("estimate", "estimate has the keys p50 and p90, in seconds.")
        return str(value["p50"]), str(value["p90"])

    def failures(self) -> tuple[KnownFailure, ...]:
        found = []
        for item in self.data.get("failures") or []:
            try:
                re.compile(item["match"])
                found.append(
                    KnownFailure(str(item["match"]), str(item["class"]), str(item["means"]), str(item["do"]))
                )
            except (KeyError, TypeError, re.error) as fault:
                raise self.fail(
                    "failures", f"failures: {item!r} is not whole.", f"match, class, means, do ({fault})"
                ) from None
        return tuple(found)

    def gate(self) -> GateText | None:
        value = self.data.get("gate")
        if value is None:
            return None
        closes = value.get("closes", "person")
        if closes not in ("probe", "person", "both"):
            raise self.fail("gate", f"gate.closes: {closes!r} is not known.", "probe, person or both")
        return GateText(
            closes,
            int(value.get("every", 300)),
            str(value.get("instructions", "")),
            str(value.get("undo", "")),
        )


def check_texts(kind: StepKind) -> None:
    """Compile every expression and template of a kind; for tests and `exmigrate catalog --check`.

    Raises:
        CatalogError: one does not compile.
    """
    texts = [
        ("title", kind.title, template),
        ("when", kind.when, expression),
        ("reason", kind.reason, template),
        ("impact", kind.impact, template),
        ("estimate", kind.estimate[0], expression),
        ("estimate", kind.estimate[1], expression),
    ]
    texts += [("point_of_no_return", kind.point_of_no_return, expression)] if kind.point_of_no_return else []
    texts += [("members", kind.members, expression)] if kind.members else []
    texts += [("run", kind.run, expression)] if kind.run not in ("inline", "job") else []
    texts += [("vantage", kind.host, expression)] if kind.host else []
    texts += [(k, n.at, expression) for k in ("needs", "before") for n in getattr(kind, k) if n.computed]
    texts += [(k, n.when, expression) for k in ("needs", "before") for n in getattr(kind, k) if n.when]
    texts += [
        ("arguments", str(next(iter(v.values())) if isinstance(v, dict) else v), expression)
        for v in kind.arguments.values()
    ]
    texts += [("gate", t, template) for t in (kind.gate.instructions, kind.gate.undo)] if kind.gate else []
    for key, text, compiler in texts:
        try:
            compiler(text)
        except ExpressionFault as fault:
            raise CatalogError(
                f"{kind.id}: {key} does not compile.", where=kind.where(key), why=str(fault)
            ) from None
