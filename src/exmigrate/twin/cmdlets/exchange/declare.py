"""Declaring Exchange cmdlets: Python functions under the signatures of a version."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from exmigrate.facts import cmdlets as signature_facts
from exmigrate.twin.cmdlets.exchange.shell import ADMINISTRATORS, READERS, SNAPINS, TASKS, Shell, TaskError
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.world.directory import DirectoryError

Body = Callable[[Shell], None]

_TYPES = {
    "SwitchParameter": "switch",
    "Boolean": "bool",
    "String": "string",
    "String[]": "string[]",
    "Byte[]": "byte[]",
    "Int32": "int",
    "SecureString": "System.Security.SecureString",
}
_PIPELINE_VALUE = frozenset({"identity", "server", "instance", "thumbprint"})
_PIPELINE_NAME = frozenset({"thumbprint"})


@dataclass(frozen=True)
class Task:
    """A cmdlet of Exchange: what it does and who may call it."""

    name: str
    body: Body
    versions: tuple[str, ...]
    allowed: frozenset[str]
    namespace: str
    end: bool = False
    default_set: str = ""


_TASKS: list[Task] = []


def task(
    name: str,
    *versions: str,
    allowed: frozenset[str] | None = None,
    namespace: str = TASKS,
    end: bool = False,
    default_set: str = "",
) -> Callable[[Body], Body]:
    """Declare a cmdlet for versions (both by default).

    Args:
        allowed: groups whose members may call it; by default readers for Get and Test, else administrators.
        end: run once after all pipeline input instead of for each object.
        default_set: the parameter set of a call that fits several, where the published page names none.
    """

    def declare(body: Body) -> Body:
        reads = name.partition("-")[0] in ("Get", "Test")
        rights = allowed or (READERS if reads else ADMINISTRATORS)
        _TASKS.append(Task(name, body, versions or ("2007", "2010"), rights, namespace, end, default_set))
        return body

    return declare


def cmdlets_of(version: str) -> Iterator[Cmdlet]:
    """All declared cmdlets of a version, their parameters from that version's signatures.

    Raises:
        KeyError: a cmdlet is declared for a version whose signatures do not have it.
    """
    known = signature_facts.signatures("2007" if version == "2007" else "2010")
    for item in _TASKS:
        if version in item.versions:
            yield _cmdlet(item, known[item.name], version)


RENAMED = {"clientauthenticationmethod": "ExternalAuthenticationMethod"}
LATER = frozenset({"iisauthenticationmethods", "defaultauthenticationmethod"})
_SETTING_ANYWHERE = frozenset({"enable-outlookanywhere", "set-outlookanywhere"})


def first_release(cmdlet: Cmdlet) -> Cmdlet:
    """A cmdlet as 2007 without a service pack has it: Outlook Anywhere has one method, under another name.

    The published signatures are those of the service packs.
    """
    if cmdlet.name.lower() not in _SETTING_ANYWHERE:
        return cmdlet
    kept = [p for p in cmdlet.parameters if p.name.lower() not in LATER]
    enables = cmdlet.name.lower().startswith("enable")
    parameters = tuple(
        replace(
            p,
            name=RENAMED.get(p.name.lower(), p.name),
            sets=() if enables else p.sets,
            mandatory=bool(p.mandatory) if enables else p.mandatory,
        )
        for p in kept
    )
    return replace(cmdlet, parameters=parameters, default_set="" if enables else cmdlet.default_set)


def _cmdlet(item: Task, signature: signature_facts.Cmdlet, version: str) -> Cmdlet:
    verb, _, noun = item.name.partition("-")
    process = _process(item, version)
    return Cmdlet(
        signature.name,
        parameters=tuple(
            _parameter(p, signature) for p in signature.parameters.values() if not _common(p.name)
        ),
        process=None if item.end else process,
        end=process if item.end else None,
        should_process=any(_common(p.name) for p in signature.parameters.values()),
        impact="High" if verb in ("Remove", "Disable", "Dismount") else "Medium",
        source=SNAPINS[version],
        class_name=f"{item.namespace}.{verb}{noun}",
        default_set=item.default_set or _default_set(signature),
    )


def _default_set(signature: signature_facts.Cmdlet) -> str:
    # where the page names none: the set of the identity, as the shell behaves, else one that asks for nothing
    if signature.default_set:
        return signature.default_set
    if len(signature.sets) < 2:
        return ""
    named = [one.name for one in signature.sets if one.name.lower() == "identity"]
    free = [one.name for one in signature.sets if not one.mandatory]
    return (named or free or [signature.sets[0].name])[0]


def _common(name: str) -> bool:
    return name in ("Confirm", "WhatIf")


def _parameter(fact: signature_facts.Parameter, signature: signature_facts.Cmdlet) -> Parameter:
    key = fact.name.lower()
    everywhere = all(key in one.members for one in signature.sets)
    sets = () if everywhere else tuple(one.name for one in signature.sets if key in one.members)
    mandatory_in = tuple(one.name for one in signature.sets if key in one.mandatory and key in one.members)
    mandatory: bool | tuple[str, ...] = mandatory_in
    if everywhere and len(mandatory_in) == len(signature.sets):
        mandatory = bool(mandatory_in)
    return Parameter(
        fact.name,
        _TYPES.get(fact.type, "object"),
        sets=sets,
        mandatory=mandatory or False,
        position=fact.position - 1 if fact.position else None,
        pipeline=key in _PIPELINE_VALUE
        and fact.type not in ("SwitchParameter",)
        and _takes_pipeline(key, signature),
        pipeline_by_name=key in _PIPELINE_NAME,
        aliases=fact.aliases,
        allow_null=True,
        allow_empty=True,
    )


def _takes_pipeline(key: str, signature: signature_facts.Cmdlet) -> bool:
    # one parameter takes the pipeline's object: the identity, else the server, else the template instance
    order = [
        name for name in ("identity", "thumbprint", "server", "instance") if name in signature.parameters
    ]
    return bool(order) and key == order[0] and key != "thumbprint"


class _Held:
    """A call whose outputs wait: what comes after in the pipeline must not run while the world is held."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self.output: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._call, name)

    def write(self, value: Any) -> None:
        """Keep an output."""
        self.output.append(value)


def _process(item: Task, version: str) -> Callable[[Call], None]:
    def process(call: Call) -> None:
        held = _Held(call)
        shell = Shell(held, version)
        failure: TaskError | None = None
        with shell.world.access():
            try:
                shell.authorize(item.allowed)
                item.body(shell)
            except TaskError as error:
                failure = error
            except DirectoryError as error:
                failure = _directory_error(shell, error)
        for value in held.output:
            call.write(value)
        if failure is not None:
            shell.fail(failure)

    return process


def _directory_error(shell: Shell, error: DirectoryError) -> TaskError:
    if error.code == "noSuchObject":
        kind = "Microsoft.Exchange.Data.Directory.ADNoSuchObjectException"
    elif error.code == "entryAlreadyExists":
        kind = "Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException"
    else:
        kind = "Microsoft.Exchange.Data.Directory.ADOperationException"
    text = f"Active Directory operation failed on {shell.controller.fqdn}. This error is not retriable. Additional information: {error}"
    return TaskError(text, "NotSpecified", kind)
