"""`exmigrate gates`: what waits for a person, and the person's word."""

from __future__ import annotations

import shlex
from pathlib import Path

import typer

from . import output

_STATE = typer.Option(None, "--state", help="The journal.")
_WHO = typer.Option("", "--who", help="Whose word it is; your account's name otherwise.")
_EVIDENCE = typer.Option("", "--evidence", help="What proves it: a ticket, a file, a test result.")
_ENDPOINTS = typer.Option(None, "--endpoints", help="For the organization time of a twin.")
_SUBJECT = typer.Argument(..., metavar="PLAN|CHANGE", help="A plan, a change file or a journal.")
_STEP = typer.Argument(..., help="The gate's step id.")
_WORDS = ("confirm", "reject", "accept", "decline")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("gates")(command)


def command(
    words: list[str] = typer.Argument(
        ...,
        metavar="[confirm|reject|accept|decline STEP] PLAN|CHANGE",
        help="What to say of which gate; nothing lists.",
    ),
    who: str = _WHO,
    evidence: str = _EVIDENCE,
    every: bool = typer.Option(False, "--all", help="List gates that do not wait now too."),
    state: Path = _STATE,
    endpoints: Path = _ENDPOINTS,
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """List what waits for a person; confirm, reject, accept or decline it with name and evidence."""
    output.guarded(lambda: _run(words, who, evidence, every, state, endpoints, as_json), as_json=as_json)


def _run(
    words: list[str],
    who: str,
    evidence: str,
    every: bool,
    state: Path | None,
    endpoints: Path | None,
    as_json: bool,
) -> None:
    from exmigrate.model import Refused

    if len(words) == 1 and words[0] not in _WORDS:
        _list(Path(words[0]), every, state, endpoints, as_json)
        return
    if len(words) != 3 or words[0] not in _WORDS:
        raise Refused(
            f"'gates {' '.join(words)}' says neither what to list nor what to say.",
            next="exmigrate gates PLAN, or exmigrate gates confirm STEP PLAN --who NAME --evidence TEXT",
        )
    _say(words[0], words[1], Path(words[2]), who, evidence, state, endpoints)


def _list(subject: Path, every: bool, state: Path | None, endpoints: Path | None, as_json: bool) -> None:
    from exmigrate.report.run_status import gate_steps, gates_json, gates_text
    from exmigrate.runner import status

    from .asking import surroundings
    from .naming import Named
    from .runs import opened

    with opened(subject, state) as journal:
        found = status(journal, surroundings(endpoints).ambient.now())
    steps = gate_steps(found, every=every)
    if as_json:
        output.json_data(gates_json(found, steps))
    else:
        output.data(gates_text(found, steps, str(Named(subject, state, endpoints))))


def _say(
    word: str, step: str, subject: Path, who: str, evidence: str, state: Path | None, endpoints: Path | None
) -> None:
    from exmigrate.engine import Request
    from exmigrate.model import Refused

    from .naming import Named
    from .runs import person, request

    named = Named(subject, state, endpoints)
    if not evidence:
        raise Refused(
            "A person's word needs evidence.",
            step=step,
            why="a year later an auditor asks on what it rested",
            next=f'exmigrate gates {word} {shlex.quote(step)} {named} --evidence "ticket, file or test result"',
        )
    request(subject, state, Request(word, step, person(who), evidence), endpoints)
