"""A bench for step kinds: one simulated organization in memory, each function run as the host loop runs it.

No wire and no engine: the scripts, their arguments as compiled, and the twin's own PowerShell. Organization time stands
still until somebody sleeps, so a whole transition takes as long as its scripts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from exmigrate.compile import Compiled, compile_plan
from exmigrate.model import Step, Topology
from exmigrate.rehearse import world_spec
from exmigrate.rehearse.acts import acts_for
from exmigrate.rehearse.secrets_for import secrets_for
from exmigrate.remote.literals import literal
from exmigrate.twin.console import LEVELS, packs_of
from exmigrate.twin.powershell.collections_ import DictionaryBase, ListBase
from exmigrate.twin.powershell.host import Host, Runspace
from exmigrate.twin.powershell.values import PSObject
from exmigrate.twin.serve import build_world
from exmigrate.twin.world.exchange.people import PersonError
from exmigrate.twin.world.server import Server
from tests.catalog.scripts import catalog

Result = dict[str, Any]
LONGEST_WAIT = 400


class ScriptFailed(AssertionError):
    """A function ended with an error or returned no result."""


@dataclass
class Bench:
    """One organization with one compiled plan."""

    topology: Topology
    inventory: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.secrets = secrets_for(self.topology, lambda _: None, lambda ref: ref)
        self.world = build_world(world_spec(self.topology, self.secrets.passwords))
        self.facts: dict[str, Any] = {}
        self.outputs: dict[str, dict[str, Any]] = {}
        self.before: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.log: list[str] = []
        self.calls: set[tuple[str, str, str]] = set()
        self._runspaces: dict[tuple[str, bool], tuple[Any, Runspace]] = {}
        self.compiled: Compiled = compile_plan(self.topology, catalog(), inventory=self.inventory)
        self.change = self.compiled.change

    # running functions

    def run(self, step: str | Step, function: str, members: Sequence[str] | None = None) -> Result:
        """Call one function of a step on its host."""
        found = self.change.by_id[step] if isinstance(step, str) else step
        argument = {k: self._value(found, v) for k, v in found.arguments.items()}
        argument["before"] = self.before.get(found.id, {})
        if found.members:
            argument["members"] = list(members if members is not None else self.change.sets[found.members])
        texts = [self.change.scripts[d].text for d in found.libraries] + [
            self.change.scripts[found.script].text
        ]
        result = self.call(found.host, texts, function, argument, job=found.run == "job")
        self.calls.add((found.kind, function, str(result["state"])))
        if function == "Check" and result.get("before") and found.id not in self.before:
            self.before[found.id] = result["before"]
        if function in ("Check", "Verify"):
            self.outputs[found.id] = result.get("facts") or {}
        return result

    def call(
        self, host: str, texts: Sequence[str], function: str, argument: Mapping[str, Any], job: bool = False
    ) -> Result:
        """Run a function of scripts on a server; an inline call shares its process with those before it."""
        text = (
            "& {\n$ErrorActionPreference = 'Stop'\n"
            + "\n".join(texts)
            + f"\n{function} {literal(dict(argument))}\n}}"
        )
        server = self.world.server(host)
        assert server is not None, f"no machine {host}"
        with self.world.lock:
            self.world.clock.tick()
        done = self._runspace(server, fresh=job).run(text)
        if done.terminated is not None or done.errors:
            error = done.terminated or done.errors[0]
            raise ScriptFailed(f"{function} on {host}: {describe(error)}\n{done.host_text[-1500:]}")
        found = [plain(o) for o in done.output]
        if len(found) != 1 or not isinstance(found[0], dict) or "state" not in found[0]:
            raise ScriptFailed(f"{function} on {host} returned {found!r}")
        return found[0]

    def administer(self, host: str, text: str, shell: str = "") -> str:
        """What an administrator types on a server, in the shell of a version; gives what it prints."""
        server = self.world.server(host)
        assert server is not None
        library = catalog().libraries[shell] if shell else ""
        done = self._runspace(server, fresh=True).run(f"{library}\n{text}")
        if done.terminated is not None or done.errors:
            raise ScriptFailed(f"{text}: {describe(done.terminated or done.errors[0])}")
        return done.host_text

    def _runspace(self, server: Server, fresh: bool) -> Runspace:
        key = (server.name, server.processes is not None)
        kept = self._runspaces.get(key)
        mark = (
            server.booted_at,
            server.exchange and tuple(sorted(server.exchange.roles)),
            tuple(sorted(server.features)),
        )
        if not fresh and kept is not None and kept[0] == mark:
            return kept[1]
        machine = self.world.machine(server, self.token(server), self._process(server))
        runspace = Host(LEVELS[server.spec.powershell], machine, packs=list(packs_of(server))).runspace()
        if not fresh:
            self._runspaces[key] = (mark, runspace)
        return runspace

    def _process(self, server: Server) -> Any:
        path = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"
        return server.processes.register("powershell", path, [], self.token(server))

    def token(self, server: Server) -> Any:
        """The logon that scripts run under on a server."""
        connection = self.topology.server_by_name[server.name].connection
        assert connection is not None
        credential = next(
            c for c in self.topology.credentials if c.name == (connection.run_as or connection.credential)
        )
        return self.world.accounts.logon(
            server, credential.username, self.secrets.passwords[credential.name], "batch"
        )

    # references

    def _value(self, step: Step, value: Any) -> Any:
        match value:
            case {"$fact": item} if len(value) == 1:
                return self.fact(item)
            case {"$output": target} if len(value) == 1:
                source, _, key = target.rpartition(".")
                return self.outputs[source][key]
            case {"$secret": ref} if len(value) == 1:
                return self.resolve(ref)
            case {"$file": path} if len(value) == 1:
                return self._stream(step, path)
            case dict():
                return {k: self._value(step, v) for k, v in value.items()}
            case list() | tuple():
                return [self._value(step, v) for v in value]
            case _:
                return value

    def resolve(self, ref: str) -> str:
        """A secret's value."""
        return self.secrets.made_up[ref.removeprefix("env:")] if ref.startswith("env:") else ref

    def fact(self, item: str) -> Any:
        """An inventory item, read by its collector when first asked for."""
        if item not in self.facts:
            from exmigrate.discover.collectors import queries

            (asked,), _ = queries(self.topology, catalog(), [item])
            texts = [text for _, text in asked.libraries] + [asked.text]
            self.facts[item] = self.call(asked.host, texts, "Collect", asked.arguments)["facts"]["value"]
        return self.facts[item]

    def _stream(self, step: Step, path: str) -> str:
        """What `$file` does: bring a file of the controller or of another step to the step's host."""
        source, _, key = path.rpartition(".")
        target = self.world.server(step.host)
        assert target is not None
        if source in self.change.by_id:
            origin = self.world.server(self.change.by_id[source].host)
            assert origin is not None
            data = bytes(origin.files.read(self.outputs[source][key]))
        else:
            data = self.files.get(path, b"")
        place = rf"C:\ProgramData\exmigrate\{path.rpartition('/')[2].replace(':', '-').replace('@', '-')}"
        if target.files.stat(r"C:\ProgramData\exmigrate") is None:
            target.files.make_directory(r"C:\ProgramData\exmigrate")
        target.files.write(place, data)
        return place

    # a step from its Check to its end

    def carry_out_thoroughly(self, id: str) -> str:
        """A step, and then: Check sees it done; Rollback takes it back; Check sees that; done again."""
        step = self.change.by_id[id]
        outcome = self.carry_out(id)
        if step.effect not in ("convergent", "once") or outcome == "satisfied":
            return outcome
        self._expect(id, "satisfied")
        if step.effect == "convergent":
            # What was interrupted after its work is applied again: nothing may stand in the way, nothing may change.
            self._apply(step)
            self._expect(id, "satisfied")
        if "Rollback" in step.functions:
            first = self.before.get(id) or {}
            found = self.undo(id)
            assert step.members or _same(found["before"], first), f"{id}: {found['before']} was {first}"
            self._apply(step)
            self.wait_for(step)
            self._expect(id, "satisfied")
        return outcome

    def _expect(self, id: str, state: str) -> None:
        seen = self.run(id, "Check")
        assert seen["state"] == state, f"{id}: {seen['state']}: {seen['message']}"

    def carry_out(self, id: str) -> str:
        """Do a step as the engine would: Check, then Apply and Verify, or the person's part of a gate."""
        step = self.change.by_id[id]
        if step.effect == "gate":
            return self._gate(step)
        check = self.run(step, "Check")
        self.log.append(f"{id}: {check['state']}: {check['message']}")
        if check["state"] == "satisfied":
            return "satisfied"
        assert check["state"] == "needed", f"{id}: {check['state']}: {check['message']}"
        if step.effect != "read":
            self._apply(step)
        self.wait_for(step)
        return "done"

    def _apply(self, step: Step) -> None:
        applied = self.run(step, "Apply")
        self.log.append(f"{step.id}: {applied['message']}")
        bad = {n: m for n, m in (applied.get("members") or {}).items() if m["state"] != "applied"}
        assert applied["state"] == "applied", applied
        assert not bad, f"{step.id}: {bad}"
        if applied.get("reboot"):
            assert step.reboot != "never", (
                f"{step.id} asks for a restart that its front matter does not announce"
            )
            self.restart(step.host)

    def wait_for(self, step: Step) -> None:
        """Verify until it is no longer pending, letting organization time pass."""
        for tries in range(LONGEST_WAIT):
            seen = self.run(step, "Verify")
            if seen["state"] != "pending":
                break
            # What takes long is looked at less often, so that a large batch ends in a test.
            self.pass_time(int(seen["pending"]["next_s"]) * (1 + tries // 10))
        self.log.append(f"{step.id}: {seen['state']}: {seen['message']}")
        assert seen["state"] == "verified", (
            f"{step.id}: {seen['state']}: {seen['message']} {seen.get('members')}"
        )

    def _gate(self, step: Step) -> str:
        for act in acts_for(self.topology, step, self.resolve):
            given = self._act(act.action, act.arguments)
            if act.keep and isinstance(given, bytes):
                self.files[act.keep] = given
        if step.functions:
            for _ in range(LONGEST_WAIT):
                seen = self.run(step, "Check")
                if seen["state"] == "satisfied":
                    break
                self.pass_time(600)
            self.log.append(f"{step.id}: {seen['state']}: {seen['message']}")
            assert seen["state"] == "satisfied", f"{step.id}: {seen['message']}"
        return "done"

    def _act(self, action: str, arguments: Mapping[str, Any]) -> Any:
        """A person's act; one whose tool refuses tries again for two hours: another controller may know more."""
        for _ in range(12):
            try:
                return self.world.exchange.people.act(action, arguments)
            except PersonError as refusal:
                self.log.append(f"{action}: {refusal}")
                self.pass_time(600)
        return self.world.exchange.people.act(action, arguments)

    def undo(self, id: str) -> Result:
        """Rollback, and its proof: Check says needed again."""
        self.run(id, "Rollback")
        for _ in range(LONGEST_WAIT):
            seen = self.run(id, "Check")
            if seen["state"] == "needed" and all(m["state"] == "needed" for m in seen["members"].values()):
                return seen
            self.pass_time(120)
        raise AssertionError(f"{id} after its Rollback: {seen['state']}: {seen['message']}")

    def pass_time(self, seconds: int) -> None:
        """Let organization time pass."""
        self.world.clock.advance(seconds)

    def restart(self, host: str) -> None:
        """Restart a machine and wait until it is up."""
        server = self.world.server(host)
        assert server is not None
        server.restart()
        for _ in range(100):
            self.pass_time(60)
            if server.up:
                return
        raise AssertionError(f"{host} does not come up")

    def order(self) -> list[str]:
        """Steps in an order that their needs allow."""
        return self.compiled.graph.order({id: n for n, id in enumerate(self.change.by_id)})

    def up_to(self, id: str) -> None:
        """Carry out everything that a step needs, directly or not, that was not done yet."""
        import networkx as nx

        wanted = nx.ancestors(self.compiled.graph.to_networkx(), id) - self.done
        for step in self.order():
            if step in wanted:
                self.carry_out(step)
                self.done.add(step)

    @property
    def done(self) -> set[str]:
        """Steps carried out."""
        return self.__dict__.setdefault("_done", set())


def _same(now: Any, then: Any) -> bool:
    """Whether two before-images say the same; lists of names have no order."""
    if isinstance(now, dict) and isinstance(then, dict):
        return now.keys() == then.keys() and all(_same(now[k], then[k]) for k in now)
    if isinstance(now, list) and isinstance(then, list):
        return sorted(map(str, now)) == sorted(map(str, then))
    return bool(now == then)


def describe(error: Any) -> str:
    """An error record in one line."""
    position = getattr(getattr(error, "position", None), "text", "")
    return f"{getattr(error, 'message', error)} [{getattr(error, 'error_id', '')}] {position}"


def plain(value: Any) -> Any:
    """A value of the interpreter as Python's."""
    if isinstance(value, DictionaryBase):
        return {str(plain(k)): plain(v) for k, v in value.items()}
    if isinstance(value, PSObject) and hasattr(value, "base"):
        return plain(value.base)
    if isinstance(value, ListBase):
        return [plain(v) for v in value]
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    items = getattr(value, "items", None)
    if isinstance(items, list):
        return [plain(v) for v in items]
    return value
