"""The preview of a change as Markdown, for a ticket or a wiki page."""

from __future__ import annotations

from collections.abc import Iterator

from exmigrate.model import Change, Step

from .words import against_phases, count, duration, flags, gates, points_of_no_return, verdict


def markdown(change: Change, effect_digest: str, basis_digest: str) -> str:
    """The change as one Markdown document; ends with a line feed."""
    return "\n".join(_document(change, effect_digest, basis_digest)) + "\n"


def cell(text: str) -> str:
    """A text made safe for a table cell."""
    return (
        text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "<br>").replace("<script", "&lt;script")
    )


def _document(change: Change, effect_digest: str, basis_digest: str) -> Iterator[str]:
    source = " + ".join(change.transition["from"])
    yield f"# {change.name}: {change.organization}, Exchange {source} to {change.transition['to']}"
    yield ""
    yield f"**{verdict(change)}**"
    yield ""
    if change.reference:
        yield f"- Change: {change.reference}"
    if change.makespan_s:
        yield (
            f"- Working time: about {duration(change.makespan_s['p50'])}, "
            f"nine times out of ten under {duration(change.makespan_s['p90'])}"
        )
    yield f"- To approve (effect): `{effect_digest}`"
    yield f"- Rests on (basis): `{basis_digest}`"
    yield from _one_way(change)
    yield from _gates(change)
    yield from _findings(change)
    for phase in change.phases:
        yield ""
        yield f"## {phase.title} ({count(len(phase.steps), 'step')})"
        yield ""
        yield "| step | where | state | expected | what to know |"
        yield "|---|---|---|---|---|"
        for id in phase.steps:
            yield _row(change.by_id[id])
    pairs = against_phases(change)
    if pairs:
        yield ""
        yield "## Runs against the order of the phases"
        yield ""
        for first, then in pairs:
            yield f"- `{then.id}` waits for `{first.id}` ({first.phase})"
    yield ""
    yield "## Critical path"
    yield ""
    for n, id in enumerate(change.critical_path, 1):
        yield f"{n}. `{id}`"


def _row(step: Step) -> str:
    where = step.host or "a person"
    because = f": {step.because}" if step.because else ""
    know = "; ".join([*flags(step), *([step.impact] if step.impact not in ("", "none") else [])])
    cells = (
        f"`{step.id}`<br>{cell(step.title)}",
        cell(where),
        cell(step.state + because),
        f"{duration(step.estimate.p50)} to {duration(step.estimate.p90)}",
        cell(know),
    )
    return f"| {' | '.join(cells)} |"


def _one_way(change: Change) -> Iterator[str]:
    steps = points_of_no_return(change)
    if steps:
        yield ""
        yield "## Cannot be undone"
        yield ""
        for step in steps:
            yield f"- `{step.id}`: {step.reason}"


def _gates(change: Change) -> Iterator[str]:
    steps = gates(change)
    if steps:
        yield ""
        yield "## Waits for a person"
        yield ""
        for step in steps:
            yield f"- `{step.id}`: {step.title}"


def _findings(change: Change) -> Iterator[str]:
    if change.findings:
        yield ""
        yield "## Findings"
        yield ""
        yield "| rule | severity | what | remedy | where |"
        yield "|---|---|---|---|---|"
        for f in change.findings:
            waived = f" (waived by {f.waived['who']}: {f.waived['reason']})" if f.waived else ""
            place = f"{f.file}:{f.line}:{f.column}" if f.line else f.file
            yield f"| {f.rule} | {f.severity}{cell(waived)} | {cell(f.message)} | {cell(f.remedy)} | {cell(place)} |"
