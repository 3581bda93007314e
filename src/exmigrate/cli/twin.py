"""`exmigrate twin`: a simulated organization to rehearse on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from . import output, stays

if TYPE_CHECKING:
    from exmigrate.twin.serve import Twin

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="A simulated organization behind real WinRM endpoints."
)
TURN_S = 0.02
"""How long one simulated process may compute while others wait; the usual 5 ms have dozens of them take turns all the time."""

_ENDPOINTS = typer.Option(Path("twin.json"), "--endpoints", help="The endpoints file.")


def register(root: typer.Typer) -> None:
    """Add the commands to the application."""
    root.add_typer(app, name="twin")


@app.command("serve")
def serve(
    plan: Path = typer.Option(..., "--plan", help="The plan whose source organization is simulated."),
    endpoints: Path = _ENDPOINTS,
    speed: float = typer.Option(
        60.0, "--speed", min=0.1, max=100_000.0, help="Organization seconds per second."
    ),
    seed: int = typer.Option(1, "--seed", help="Of everything that looks random."),
) -> None:
    """Serve the source organization of a plan on loopback until Ctrl-C, and tell how to point at it."""
    output.guarded(lambda: _serve(plan, endpoints, speed, seed))


@app.command("person")
def person(
    action: str = typer.Argument(..., help="Such as point-name, publish, back-up; a wrong one lists them."),
    values: list[str] = typer.Argument(
        None, metavar="NAME=VALUE", help="Its arguments; JSON values are allowed."
    ),
    endpoints: Path = _ENDPOINTS,
) -> None:
    """Do in the simulated organization what a person does outside of PowerShell: DNS, firewall, backup, certificates."""
    output.guarded(lambda: _person(action, values or [], endpoints))


@app.command("persons")
def persons(
    subject: Path = typer.Argument(..., metavar="PLAN", help="The plan."),
    endpoints: Path = _ENDPOINTS,
    state: Path = typer.Option(None, "--state", help="The journal."),
    follow: bool = typer.Option(False, "--follow", help="Go on until the run has ended."),
) -> None:
    """Play the persons: do in the twin what each open gate asks for, and confirm it with evidence."""
    output.guarded(lambda: _persons(subject, endpoints, state, follow))


@app.command("state")
def state(endpoints: Path = _ENDPOINTS) -> None:
    """Print the whole state of the simulated organization as JSON."""
    output.guarded(lambda: _state(endpoints))


def _serve(plan: Path, endpoints: Path, speed: float, seed: int) -> None:
    from exmigrate.rehearse import world_spec
    from exmigrate.rehearse.secrets_for import environment_file, secrets_for
    from exmigrate.twin.serve import serve as run

    from .inputs import load_plan

    topology, _ = load_plan(plan)
    found = secrets_for(topology, os.environ.get, _resolver(plan))
    spec = world_spec(topology, found.passwords, seed=seed)
    variables = endpoints.with_suffix(".env")
    if found.made_up:
        _write_private(variables, environment_file(found.made_up))

    def ready(twin: Twin) -> None:
        stays()
        sys.setswitchinterval(TURN_S)
        count = len(twin.world.servers)
        output.note(
            f"{topology.organization} is up: {count} machines at speed {speed:g}, endpoints in {endpoints}"
        )
        _tell(plan, endpoints, variables if found.made_up else None)

    try:
        run(spec, endpoints, speed, ready)
    finally:
        if found.made_up:
            variables.unlink(missing_ok=True)


def _resolver(plan: Path) -> Callable[[str], str]:
    from exmigrate.runner import SecretStore, SystemAmbient

    from .asking import prompt

    return SecretStore(SystemAmbient(), prompt(), plan.resolve().parent).resolve


def _write_private(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)


def _tell(plan: Path, endpoints: Path, variables: Path | None) -> None:
    output.note("In another terminal:")
    if variables is not None:
        # without a slash a shell looks for it on its path
        file = variables if len(variables.parts) > 1 else f"./{variables}"
        output.note(f"  . {file}                    # passwords that only this twin accepts")
    output.note(f"  exmigrate plan {plan} --endpoints {endpoints} -o rehearsal.change")
    output.note(f"  exmigrate apply rehearsal.change --endpoints {endpoints} --wait")
    output.note(
        f"  exmigrate twin persons {plan} --endpoints {endpoints} --follow   # plays the persons at the gates"
    )
    output.note("Ctrl-C ends it; nothing of it is kept.")


def _person(action: str, values: list[str], endpoints: Path) -> None:
    from exmigrate.model import Refused
    from exmigrate.rehearse.door import Door

    arguments = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals:
            raise Refused(f"{value!r} is not NAME=VALUE.", next=f"exmigrate twin person {action} name=value")
        arguments[name] = _value(text)
    found = Door(endpoints).act(action, arguments)
    if isinstance(found, bytes):
        output.note(f"{len(found)} bytes; 'exmigrate twin persons' would keep them as a file")
    else:
        output.json_data(found)


def _value(text: str) -> object:
    import json

    try:
        return json.loads(text)
    except ValueError:
        return text


def _persons(subject: Path, endpoints: Path, state: Path | None, follow: bool) -> None:
    from exmigrate.rehearse.persons import play

    from .asking import surroundings
    from .inputs import load_plan
    from .runs import journal_path

    topology, _ = load_plan(subject)
    path = journal_path(subject, state)
    around = surroundings(endpoints)
    play(
        topology,
        path,
        endpoints,
        around.ambient,
        files_to=subject.resolve().parent,
        follow=follow,
        tell=output.note,
    )


def _state(endpoints: Path) -> None:
    from exmigrate.rehearse.door import Door

    output.json_data(Door(endpoints).state())
