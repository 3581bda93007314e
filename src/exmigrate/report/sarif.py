"""Problems and findings as SARIF 2.1.0, which code hosts and editors show at the line they are about.

Source: Static Analysis Results Interchange Format 2.1.0, OASIS Standard, sections 3.13 (log), 3.14 (run), 3.19
(tool component), 3.27 (result), 3.35 (suppression), 3.49 (reporting descriptor).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from exmigrate.model import ExmigrateError, Finding, Location
from exmigrate.plan.problems import CODES
from exmigrate.plan.rules import rules

from .problems import ProblemLike

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
"""Where the published schema is; nothing is fetched from there."""

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


@dataclass(frozen=True, slots=True)
class _Said:
    """A problem, a finding or an error in one form."""

    rule: str
    level: str
    text: str
    where: Location
    snippet: str = ""
    waived: str = ""


def sarif(
    version: str,
    *,
    problems: Iterable[ProblemLike] = (),
    findings: Iterable[Finding] = (),
    errors: Iterable[ExmigrateError] = (),
    file: str = "",
) -> dict[str, Any]:
    """One SARIF log with one run.

    Args:
        version: of exmigrate.
        problems: what is wrong with the plan's language.
        findings: what rules say; a waived one is a suppressed result.
        errors: what refused to compile.
        file: the plan, for an error that has no place of its own.
    """
    said = [*map(_problem, problems), *map(_finding, findings), *(_error(e, file) for e in errors)]
    ids = list(dict.fromkeys(s.rule for s in said))
    descriptors = [_descriptor(id, next(s.level for s in said if s.rule == id)) for id in ids]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "exmigrate", "version": version, "rules": descriptors}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(s, ids.index(s.rule)) for s in said],
            }
        ],
    }


def _problem(problem: ProblemLike) -> _Said:
    text = _sentences(problem.message, problem.why, problem.remedy)
    level = _LEVELS.get(problem.severity, "warning")
    return _Said(problem.code, level, text, problem.location, problem.source_line)


def _finding(finding: Finding) -> _Said:
    waived = finding.waived
    why = f"{waived['who']}, {waived['date']}: {waived['reason']}" if waived else ""
    where = Location(finding.file, finding.line, finding.column)
    text = _sentences(finding.message, "", finding.remedy if finding.remedy not in finding.message else "")
    return _Said(finding.rule, _LEVELS.get(finding.severity, "warning"), text, where, waived=why)


def _error(error: ExmigrateError, file: str) -> _Said:
    text = _sentences(error.message, error.why, error.next)
    return _Said(error.code, "error", text, error.where or Location(file))


def _sentences(message: str, why: str, remedy: str) -> str:
    parts = [message, f"Why: {why}" if why else "", f"Remedy: {remedy}" if remedy else ""]
    return " ".join(p if p.endswith((".", "?", "!")) else f"{p}." for p in parts if p)


def _descriptor(id: str, level: str) -> dict[str, Any]:
    rule = rules().get(id)
    if rule is None:
        short, help = CODES.get(id, "exmigrate refuses the plan"), "See docs/plan.md."
    else:
        level = _LEVELS[rule.severity]
        short = rule.message
        help = (
            _sentences(f"When {rule.when}", "", rule.remedy) + f" Source: {rule.source}. See docs/rules.md."
        )
    return {
        "id": id,
        "shortDescription": {"text": short},
        "help": {"text": help},
        "defaultConfiguration": {"level": level},
    }


def _result(said: _Said, index: int) -> dict[str, Any]:
    out: dict[str, Any] = {
        "ruleId": said.rule,
        "ruleIndex": index,
        "level": said.level,
        "message": {"text": said.text},
        "locations": list(_locations(said)),
    }
    if said.waived:
        out["suppressions"] = [{"kind": "external", "status": "accepted", "justification": said.waived}]
    return out


def _locations(said: _Said) -> Iterator[dict[str, Any]]:
    if said.where.file:
        place: dict[str, Any] = {"artifactLocation": {"uri": uri(said.where.file)}}
        region = _region(said)
        yield {"physicalLocation": {**place, "region": region} if region else place}


def _region(said: _Said) -> Mapping[str, Any]:
    """Lines and columns count from 1 in SARIF; what is unknown is left out."""
    if said.where.line < 1:
        return {}
    out: dict[str, Any] = {"startLine": said.where.line}
    if said.where.column > 0:
        out["startColumn"] = said.where.column
    if said.snippet:
        out["snippet"] = {"text": said.snippet}
    return out


def uri(file: str) -> str:
    """A file name as a URI reference: `plans/plan.yaml`, or `file:///…` where it is absolute."""
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
