"""`exmigrate retry`, `skip` and `resolve`: an operator's word about a step that stopped."""

from __future__ import annotations

import shlex
from pathlib import Path

import typer

from . import output

_STEP = typer.Argument(..., help="The step id.")
_SUBJECT = typer.Argument(..., metavar="PLAN|CHANGE", help="A plan, a change file or a journal.")
_WHO = typer.Option("", "--who", help="Whose word it is; your account's name otherwise.")
_STATE = typer.Option(None, "--state", help="The journal.")
_ENDPOINTS = typer.Option(None, "--endpoints", help="For the organization time of a twin.")
_MEMBER = typer.Option([], "--member", help="Only this member of a batch; may be repeated.")


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("retry")(retry)
    app.command("skip")(skip)
    app.command("resolve")(resolve)


def retry(
    step: str = _STEP,
    subject: Path = _SUBJECT,
    member: list[str] = _MEMBER,
    reason: str = typer.Option("", "--reason", help="What was cured."),
    who: str = _WHO,
    state: Path = _STATE,
    endpoints: Path = _ENDPOINTS,
) -> None:
    """Let a failed or blocked step, or failed members of a batch, be tried again."""
    output.guarded(lambda: _ask("retry", step, subject, who, reason, member, "", state, endpoints))


def skip(
    step: str = _STEP,
    subject: Path = _SUBJECT,
    reason: str = typer.Option(..., "--reason", help="Why it may be left out."),
    member: list[str] = _MEMBER,
    who: str = _WHO,
    state: Path = _STATE,
    endpoints: Path = _ENDPOINTS,
) -> None:
    """Leave a step, or members of a batch, out: what needs it goes on as if it were done."""
    output.guarded(lambda: _ask("skip", step, subject, who, reason, member, "", state, endpoints))


def resolve(
    step: str = _STEP,
    subject: Path = _SUBJECT,
    done: bool = typer.Option(False, "--done", help="It was done; the Check still has to agree."),
    redo: bool = typer.Option(False, "--redo", help="It was not done, or stopped half-way: a new attempt."),
    failed: bool = typer.Option(False, "--failed", help="It failed."),
    evidence: str = typer.Option("", "--evidence", help="What was seen on the server."),
    who: str = _WHO,
    state: Path = _STATE,
    endpoints: Path = _ENDPOINTS,
) -> None:
    """Say what became of a step whose outcome is unknown, after a look at the server."""
    output.guarded(lambda: _resolve(step, subject, done, redo, failed, evidence, who, state, endpoints))


def _resolve(
    step: str,
    subject: Path,
    done: bool,
    redo: bool,
    failed: bool,
    evidence: str,
    who: str,
    state: Path | None,
    endpoints: Path | None,
) -> None:
    from exmigrate.model import Refused

    from .naming import Named

    chosen = [name for name, given in {"done": done, "redo": redo, "failed": failed}.items() if given]
    if len(chosen) != 1:
        raise Refused(
            "Say exactly one of --done, --redo and --failed.",
            step=step,
            next=f"exmigrate history {Named(subject, state).recorded} --step {shlex.quote(step)} shows the evidence",
        )
    if not evidence:
        raise Refused("A resolution needs --evidence: what was seen on the server.", step=step)
    _ask("resolve", step, subject, who, evidence, [], chosen[0], state, endpoints)


def _ask(
    kind: str,
    step: str,
    subject: Path,
    who: str,
    evidence: str,
    members: list[str],
    how: str,
    state: Path | None,
    endpoints: Path | None,
) -> None:
    from exmigrate.engine import Request

    from .runs import person, request

    request(subject, state, Request(kind, step, person(who), evidence, tuple(members), how), endpoints)
