"""The Mailbox Replication service: move requests, their queue, their limits and what they do.

A request lives in attributes of the user (which every controller sees in its time) and in the service's own
job. Copying takes organization time by the mailbox's size; the limits are those of the service's
configuration file.
"""

from __future__ import annotations

import re
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.state import MailboxState
from exmigrate.twin.world.exchange.store import Store
from exmigrate.twin.world.forest import DomainController

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization

STATUS = {
    "None": 0, "Queued": 1, "InProgress": 2, "AutoSuspended": 3, "CompletionInProgress": 4,
    "Completed": 10, "CompletedWithWarning": 11, "Suspended": 98, "Failed": 99,
}  # fmt: skip
STATUS_NAME = {number: name for name, number in STATUS.items()}

ATTRIBUTES = (
    "msExchMailboxMoveStatus", "msExchMailboxMoveFlags", "msExchMailboxMoveBatchName",
    "msExchMailboxMoveTargetMDBLink", "msExchMailboxMoveSourceMDBLink",
)  # fmt: skip
INTRA_ORG, PULL, OFFLINE, READY_SUSPEND = 2, 8, 16, 512
MB_PER_SECOND = 1.6
SETTLE_S, FINISH_S, PICKUP_S = 20.0, 25.0, 4.0
SERVICE = "MSExchangeMailboxReplication"


@dataclass(frozen=True)
class Limits:
    """Concurrency limits of one service instance, by their names in its configuration file (defaults of SP1)."""

    per_source_database: int = 5
    per_target_database: int = 2
    per_source_server: int = 50
    per_target_server: int = 5
    total: int = 100

    @classmethod
    def read(cls, text: str) -> Limits:
        """The limits of a configuration file; what it does not name, or not as a number, is the default."""
        found = {}
        for name, field_name in CONFIG_NAMES.items():
            match = re.search(rf'\b{name}\s*=\s*"(\d+)"', text)
            if match:
                found[field_name] = int(match[1])
        return cls(**found)


CONFIG_FILE = "MSExchangeMailboxReplication.exe.config"
CONFIG_NAMES = {
    "MaxActiveMovesPerSourceMDB": "per_source_database",
    "MaxActiveMovesPerTargetMDB": "per_target_database",
    "MaxActiveMovesPerSourceServer": "per_source_server",
    "MaxActiveMovesPerTargetServer": "per_target_server",
    "MaxTotalMovesPerMRS": "total",
}


def default_config() -> str:
    """The configuration file as Setup writes it."""
    limits = Limits()
    lines = "\r\n".join(f'    {name}="{getattr(limits, key)}"' for name, key in CONFIG_NAMES.items())
    head = '<?xml version="1.0" encoding="utf-8" ?>\r\n<configuration>\r\n  <MRSConfiguration\r\n'
    return f"{head}{lines} />\r\n</configuration>\r\n"


@dataclass
class MoveJob:
    """One request as the service works on it."""

    identity: uuid.UUID
    owner: uuid.UUID
    alias: str
    name: str
    mailbox: uuid.UUID
    source: uuid.UUID
    target: uuid.UUID
    queued: datetime
    batch: str = ""
    bad_item_limit: int = 0
    suspend_when_ready: bool = False
    offline: bool = False
    requested_by: str = ""
    controller: str = ""
    status: str = "Queued"
    detail: str = "Queued"
    percent: int = 0
    bad_items: int = 0
    message: str = ""
    failure_type: str = ""
    started: datetime | None = None
    ready: datetime | None = None
    completed: datetime | None = None
    failed: datetime | None = None
    suspended: datetime | None = None
    updated: datetime | None = None
    copy_seconds: float = 0.0
    running: bool = False
    copied: bool = False
    generation: int = 0
    server: str = ""
    report: list[str] = field(default_factory=list)


class MoveService:
    """All move requests of the organization."""

    def __init__(self, org: ExchangeOrganization) -> None:
        self._org = org
        self.jobs: dict[uuid.UUID, MoveJob] = {}

    # the service itself

    def instances(self) -> list[str]:
        """Names of 2010 Client Access servers on which the service runs."""
        return [
            server.name
            for server in self._org.world.servers.values()
            if server.up and self._org.product_of(server) == "2010" and server.services.is_running(SERVICE)
        ]

    def job(self, entry: Entry) -> MoveJob | None:
        """The job of a user's request."""
        return self.jobs.get(entry.guid)

    @staticmethod
    def status_of(entry: Entry) -> str:
        """The status that the directory has for a user."""
        return STATUS_NAME.get(entry.number("msExchMailboxMoveStatus"), "None")

    # commands

    def submit(
        self, controller: DomainController, entry: Entry, box: MailboxState, target: Entry, job: MoveJob
    ) -> None:
        """Queue a request: mark the user and start when there is room."""
        flags = (
            INTRA_ORG
            | PULL
            | (READY_SUSPEND if job.suspend_when_ready else 0)
            | (OFFLINE if job.offline else 0)
        )
        job.controller = controller.name
        job.updated = job.queued
        source = self._database_dn(controller, job.source)
        controller.modify(
            entry.dn,
            {
                "msExchMailboxMoveStatus": STATUS[job.status],
                "msExchMailboxMoveFlags": flags,
                "msExchMailboxMoveBatchName": job.batch or None,
                "msExchMailboxMoveTargetMDBLink": target.dn,
                "msExchMailboxMoveSourceMDBLink": source,
            },
        )
        job.copy_seconds = (SETTLE_S + box.size_mb / MB_PER_SECOND) * self._org.scale
        self._say(job, f"'{job.requested_by}' created move request.")
        self.jobs[job.owner] = job
        if job.status == "Queued":
            self._soon()

    def _soon(self) -> None:
        # the service looks at its queue every few seconds; the caller sees the request queued
        self._org.world.clock.schedule(PICKUP_S * self._org.scale, self.pump)

    def resume(self, job: MoveJob) -> None:
        """Let a suspended, failed or ready request go on."""
        job.generation += 1
        job.running = False
        job.message, job.failure_type, job.failed = "", "", None
        if job.copied:
            job.suspend_when_ready = False
        self._say(job, "The move was resumed.")
        self._set(job, "Queued", "Queued")
        self._soon()

    def suspend(self, job: MoveJob, comment: str = "") -> None:
        """Hold a request."""
        job.generation += 1
        job.running = False
        job.suspended = self._org.now()
        self._say(job, f"Suspending move. {comment}".strip())
        self._set(job, "Suspended", "Suspended")
        self.pump()

    def remove(self, controller: DomainController, entry: Entry) -> None:
        """Clear a request from the user and the service."""
        self.jobs.pop(entry.guid, None)
        controller.modify(entry.dn, dict.fromkeys(ATTRIBUTES))
        self.pump()

    # working

    def pump(self) -> None:
        """Start queued requests as far as the limits allow."""
        instances = self.instances()
        if not instances:
            return
        used, limits = self._used(), self._limits(instances[0])
        for job in list(self.jobs.values()):
            if job.status == "Queued" and not job.running and self._room(job, used, limits, len(instances)):
                job.server = instances[len(job.alias) % len(instances)]
                self._start(job)
                if job.running:
                    used.update(self._places(job))

    def _places(self, job: MoveJob) -> list[tuple[str, object]]:
        # what a running job counts against
        source, target = self._server(job.source), self._server(job.target)
        return [
            ("all", ""),
            ("from", job.source),
            ("to", job.target),
            ("from-server", source),
            ("to-server", target),
        ]

    def _used(self) -> Counter[tuple[str, object]]:
        used: Counter[tuple[str, object]] = Counter()
        for job in self.jobs.values():
            if job.running:
                used.update(self._places(job))
        return used

    def _limits(self, name: str) -> Limits:
        server = self._org.world.server(name)
        path = f"{self._org.install_folder(server, '2010')}Bin\\{CONFIG_FILE}" if server else ""
        if server is None or server.files.stat(path) is None:
            return Limits()
        return Limits.read(bytes(server.files.read(path)).decode(errors="replace"))

    def _room(self, job: MoveJob, used: Counter[tuple[str, object]], limits: Limits, instances: int) -> bool:
        most = (
            limits.total * instances,
            limits.per_source_database,
            limits.per_target_database,
            limits.per_source_server,
            limits.per_target_server,
        )
        return all(used[place] < limit for place, limit in zip(self._places(job), most, strict=True))

    def _server(self, database: uuid.UUID) -> str:
        state = self._org.state.databases.get(database)
        return state.server.lower() if state else ""

    def _start(self, job: MoveJob) -> None:
        job.running = True
        job.started = job.started or self._org.now()
        problem = self._problem(job)
        if problem:
            self._fail(job, *problem)
            return
        if job.copied:
            self._set(job, "CompletionInProgress", "FinalizationRequest")
            self._after(job, FINISH_S * self._org.scale, self._complete)
            return
        box = self._org.state.mailboxes.get(job.mailbox)
        if box is not None:
            box.locked = job.offline  # its user is out from the first item on
        self._set(job, "InProgress", "CopyingMessages")
        self._say(
            job, f"The Microsoft Exchange Mailbox Replication service '{job.server}' started processing."
        )
        self._after(job, job.copy_seconds, self._ready)

    def _after(self, job: MoveJob, seconds: float, step: object) -> None:
        generation = job.generation

        def due() -> None:
            alive = self.jobs.get(job.owner) is job and job.generation == generation
            if alive and callable(step):
                step(job)

        self._org.world.clock.schedule(seconds, due)

    def _problem(self, job: MoveJob) -> tuple[str, str] | None:
        for guid in (job.source, job.target):
            state = self._org.state.databases.get(guid)
            server = self._org.world.server(state.server) if state else None
            if state is None or not state.mounted or server is None or not server.up:
                name = state.name if state else str(guid)
                return (
                    f"Error: MapiExceptionNetworkError: Unable to open the mailbox database '{name}'. "
                    "(hr=0x80040115, ec=-2147221227)",
                    "MapiExceptionNetworkError",
                )
        return None

    def _ready(self, job: MoveJob) -> None:
        box = self._org.state.mailboxes.get(job.mailbox)
        fault = self._org.world.faults.strikes("move-fails", job.alias)
        if fault is not None:
            text = str(
                fault.options.get(
                    "message",
                    "Error: MapiExceptionPartialCompletion: Unable to copy to target. (hr=0x40680, ec=0)",
                )
            )
            self._fail(job, text, str(fault.options.get("type", "MapiExceptionPartialCompletion")))
            return
        job.bad_items = box.corrupt_items if box else 0
        if job.bad_items > job.bad_item_limit:
            text = "Error: This mailbox exceeded the maximum number of corrupted items specified for this move request."
            self._fail(job, text, "TooManyBadItemsPermanentException")
            return
        problem = self._problem(job)
        if problem:
            self._fail(job, *problem)
            return
        job.copied, job.ready, job.percent = True, self._org.now(), 95
        if job.suspend_when_ready:
            job.running, job.suspended = False, self._org.now()
            self._say(job, "The move has been automatically suspended and is ready to complete.")
            self._set(job, "AutoSuspended", "AutoSuspended")
            self.pump()
            return
        self._set(job, "CompletionInProgress", "Finalization")
        self._after(job, FINISH_S * self._org.scale, self._complete)

    def _complete(self, job: MoveJob) -> None:
        problem = self._problem(job)
        if problem:
            self._fail(job, *problem)
            return
        controller = self._controller(job)
        entry = controller.replica.by_guid(job.owner)
        target = controller.replica.by_guid(job.target)
        box = self._org.state.mailboxes.get(job.mailbox)
        if entry is None or target is None or box is None:
            self._fail(
                job, "Error: The mailbox or the target database cannot be found.", "MailboxNotFoundException"
            )
            return
        product = self._org.databases.product(Store(controller), target)
        self._org.recipients.rehome(controller, entry, target, product)
        box.database, box.items = job.target, box.items - job.bad_items
        box.corrupt_items, box.locked = 0, False
        job.running, job.percent, job.completed = False, 100, self._org.now()
        self._say(job, "Request is complete.")
        box.history.append(
            {"source": job.source, "target": job.target, "completed": job.completed, "bad": job.bad_items}
        )
        status = "CompletedWithWarning" if job.bad_items else "Completed"
        self._set(job, status, status)
        self.pump()

    def _fail(self, job: MoveJob, message: str, failure: str) -> None:
        job.running, job.message, job.failure_type = False, message, failure
        job.failed = self._org.now()
        self._say(job, message)
        self._set(job, "Failed", f"Failed{'' if failure != 'MapiExceptionNetworkError' else 'Network'}")
        job.detail = "FailedOther"
        self.pump()

    def _set(self, job: MoveJob, status: str, detail: str) -> None:
        box = self._org.state.mailboxes.get(job.mailbox)
        if box is not None and status in ("Failed", "Suspended", "Queued"):
            box.locked = False
        job.status, job.detail, job.updated = status, detail, self._org.now()
        controller = self._controller(job)
        entry = controller.replica.by_guid(job.owner)
        if entry is not None and job.owner in self.jobs:
            controller.modify(entry.dn, {"msExchMailboxMoveStatus": STATUS[status]})

    def _controller(self, job: MoveJob) -> DomainController:
        found = self._org.world.forest.controller(job.controller)
        if found is not None and found.up:
            return found
        assert found is not None
        # The mailbox's user is written in the own domain; a domain whose last controller is down waits with it.
        return self._org.world.forest.find(domain=found.spec.domain, writable=True) or found

    def _database_dn(self, controller: DomainController, guid: uuid.UUID) -> str | None:
        entry = controller.replica.by_guid(guid)
        return entry.dn if entry else None

    def _say(self, job: MoveJob, text: str) -> None:
        moment = self._org.now().strftime("%m/%d/%Y %I:%M:%S %p").lstrip("0")
        job.report.append(f"{moment} [{job.server or job.controller}] {text}")

    def progress(self, job: MoveJob) -> int:
        """Percent done now."""
        if job.status != "InProgress" or job.started is None or not job.copy_seconds:
            return job.percent
        spent = (self._org.now() - job.started).total_seconds()
        return max(job.percent, min(94, int(5 + 90 * spent / job.copy_seconds)))

    def name_of(self, controller: DomainController, dn: str) -> str:
        """The name of a database by DN, for showing."""
        return names.rdn_value(dn) if dn else ""
