"""Move requests of 2010."""

from __future__ import annotations

import uuid
from typing import Any

from exmigrate.twin.cmdlets.exchange import convert, databases, mailboxes, objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.move_statistics import statistics
from exmigrate.twin.cmdlets.exchange.shell import (
    RECIPIENT_ADMINISTRATORS,
    RECIPIENT_TASKS,
    Shell,
    TaskError,
    identity_text,
)
from exmigrate.twin.cmdlets.exchange.values import (
    ad_object_id,
    exchange_version,
    guid,
    make,
)
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.layout import LEGACY
from exmigrate.twin.world.exchange.moves import MoveJob, MoveService
from exmigrate.twin.world.exchange.state import MailboxState

ONLINE_SINCE = (8, 2, 176)
OLDEST = {"2003": (6, 5, 7638), "2007": ONLINE_SINCE, "2010": (14,)}
"""What the Mailbox Replication service moves from and to."""

LARGE_LOSS = 50
FAILED = "Microsoft.Exchange.Management.RecipientTasks.RecipientTaskException"
REQUEST_DISPLAY = ("DisplayName", "Status", "TargetDatabase")


def _find(shell: Shell, value: Any) -> Entry:
    text = identity_text(value)
    found = [e for e in mailboxes.find_recipients(shell, text) if shell.org.recipients.is_mailbox(e)]
    if not found:
        raise shell.not_found(text)
    return found[0]


def _requested(shell: Shell, value: Any) -> Entry:
    entry = _find(shell, value)
    if MoveService.status_of(entry) == "None":
        raise TaskError(
            f"Couldn't find a move request that corresponds to the specified identity '{identity_text(value)}'.",
            "NotSpecified",
            "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
        )
    return entry


def _job(shell: Shell, entry: Entry) -> MoveJob:
    job = shell.org.moves.job(entry)
    if job is None:
        raise TaskError(
            f"The Microsoft Exchange Mailbox Replication service doesn't know the move request of '{names.rdn_value(entry.dn)}' yet.",
            "NotSpecified",
        )
    return job


def _service(shell: Shell) -> None:
    if not shell.org.moves.instances():
        raise TaskError(
            "There is no available Microsoft Exchange Mailbox Replication service instance in the forest. Make sure that "
            "the service MSExchangeMailboxReplication is running on at least one Client Access server.",
            "ResourceUnavailable",
            "Microsoft.Exchange.MailboxReplicationService.MRSNotAvailableException",
        )


# New-MoveRequest


@task("New-MoveRequest", "2010", allowed=RECIPIENT_ADMINISTRATORS, namespace=RECIPIENT_TASKS)
def new_move_request(shell: Shell) -> None:
    """Queue the move of a mailbox to another database of the organization."""
    entry = mailboxes.one_mailbox(shell, shell.get("Identity"))
    name = entry.text("displayName") or names.rdn_value(entry.dn)
    target = (
        databases.one_database(shell, shell.get("TargetDatabase"), public=False)
        if shell.given("TargetDatabase")
        else _any_database(shell)
    )
    limit = convert.number("BadItemLimit", shell.get("BadItemLimit", 0)) or 0
    _refuse(shell, entry, name, target, limit)
    _service(shell)
    if not shell.call.should_process(name, "New-MoveRequest"):
        return
    box = shell.org.recipients.state(entry)
    assert box is not None
    job = MoveJob(
        identity=uuid.UUID(int=shell.org.random.getrandbits(128), version=4),
        owner=entry.guid,
        alias=entry.text("mailNickname"),
        name=name,
        mailbox=box.guid,
        source=box.database,
        target=target.guid,
        queued=shell.org.now(),
        batch=shell.text("BatchName"),
        bad_item_limit=limit,
        suspend_when_ready=shell.flag("SuspendWhenReadyToComplete"),
        offline=_is_offline(shell, box, target),
        requested_by=shell.machine.user,
    )
    if shell.flag("Suspend"):
        job.status = job.detail = "Suspended"
    shell.org.moves.submit(mailboxes.writer_of(shell, entry), entry, box, target, job)
    _warn(shell, job, limit)
    fresh = mailboxes.writer_of(shell, entry).get(entry.dn)
    assert fresh is not None
    shell.call.write(statistics(shell, job, fresh))


def _any_database(shell: Shell) -> Entry:
    for entry in shell.org.databases.entries(shell.store, public=False):
        if shell.org.databases.product(shell.store, entry) == "2010":
            return entry
    raise TaskError("There is no available mailbox database in the current scope.", "InvalidOperation")


def _refuse(shell: Shell, entry: Entry, name: str, target: Entry, limit: int) -> None:
    status = MoveService.status_of(entry)
    if status in ("Completed", "CompletedWithWarning"):
        raise TaskError(
            f"The mailbox '{name}' already has a completed move request associated with it. Before you create a new move "
            "request for the mailbox, run the Remove-MoveRequest cmdlet to clear the completed move request.",
            "InvalidArgument",
            FAILED,
        )
    if status != "None":
        to = names.rdn_value(entry.text("msExchMailboxMoveTargetMDBLink"))
        raise TaskError(f"Mailbox '{name}' is already being moved to '{to}'.", "InvalidArgument", FAILED)
    text = shell.org.databases.identity(shell.store, target)
    if names.key(entry.text("homeMDB")) == names.key(target.dn):
        raise TaskError(
            f"Mailbox '{name}' is already in the target database '{text}'.", "InvalidArgument", FAILED
        )
    if limit > LARGE_LOSS and not shell.flag("AcceptLargeDataLoss"):
        raise TaskError(
            "The BadItemLimit parameter is set to a value over 50. To accept this large an amount of data loss, specify "
            "the AcceptLargeDataLoss parameter.",
            "InvalidArgument",
            FAILED,
        )
    state = shell.org.databases.state(target)
    server = shell.world.server(state.server) if state else None
    if state is None or not state.mounted or server is None or not server.up:
        raise TaskError(
            f"Couldn't connect to the target mailbox database '{text}': MapiExceptionMdbOffline: Unable to open message "
            "store. (hr=0x80004005, ec=1142)",
            "NotSpecified",
            "Microsoft.Exchange.MailboxReplicationService.MdbIsOfflineException",
        )
    if shell.org.databases.product(shell.store, target) != "2010" and not _supported(shell, target.guid):
        raise TaskError(
            f"The target database '{text}' is on a server whose version isn't supported for moves.",
            "InvalidArgument",
        )
    box = shell.org.recipients.state(entry)
    if box is not None and not _supported(shell, box.database):
        raise TaskError(
            f"The mailbox '{name}' is on a server whose version isn't supported for moves to Exchange 2010.",
            "InvalidArgument",
        )
    if shell.org.databases.product(shell.store, target) in LEGACY and entry.number("msExchUMEnabledFlags"):
        raise TaskError(
            f"The mailbox '{name}' is enabled for Unified Messaging and can't be moved to a server running an earlier version "
            "of Exchange. Disable it for Unified Messaging first.",
            "InvalidArgument",
        )


def _supported(shell: Shell, database: uuid.UUID) -> bool:
    # 2003 from SP2 on, 2007 from SP2 on; of 2000 there is no way
    state = shell.org.state.databases.get(database)
    level = shell.org.level_of(shell.world.server(state.server)) if state else None
    return level is not None and level.numbers >= OLDEST.get(level.product, (99,))


def _is_offline(shell: Shell, box: MailboxState, target: Entry) -> bool:
    source = shell.org.state.databases.get(box.database)
    level = shell.org.level_of(shell.world.server(source.server)) if source else None
    to_older = shell.org.databases.product(shell.store, target) != "2010"
    return to_older or level is None or level.numbers < ONLINE_SINCE


def _warn(shell: Shell, job: MoveJob, limit: int) -> None:
    if limit:
        shell.call.warning(
            "When an item can't be read from the source database or it can't be written to the destination database, it "
            "will be considered corrupted. By specifying a non-zero BadItemLimit, you are requesting Exchange not copy "
            "such items to the destination mailbox. At move completion, these corrupted items won't be available in the "
            "destination mailbox."
        )
    if job.offline:
        shell.call.warning(
            "The move will be performed offline: the user can't access the mailbox until the move is completed."
        )


# showing


def _show(shell: Shell, entry: Entry) -> Record:
    flags = entry.number("msExchMailboxMoveFlags")
    shown = entry.text("displayName")
    values: dict[str, Any] = {
        "DisplayName": shown,
        "Alias": entry.text("mailNickname"),
        "Name": names.rdn_value(entry.dn),
        "Identity": ad_object_id(entry.dn, names.canonical_name(entry.dn), entry.guid),
        "DistinguishedName": entry.dn,
        "Guid": guid(entry.guid),
        "ExchangeGuid": mailboxes.mailbox_guid(entry),
        "Status": MoveService.status_of(entry),
        "BatchName": entry.text("msExchMailboxMoveBatchName"),
        "SourceDatabase": objects.link(shell, entry.text("msExchMailboxMoveSourceMDBLink")),
        "TargetDatabase": objects.link(shell, entry.text("msExchMailboxMoveTargetMDBLink")),
        "Flags": "IntraOrg, Pull"
        + (", Offline" if flags & 16 else "")
        + (", SuspendWhenReadyToComplete" if flags & 512 else ""),
        "RequestStyle": "IntraOrg",
        "Direction": "Pull",
        "IsOffline": bool(flags & 16),
        "Protect": False,
        "Suspend": MoveService.status_of(entry) == "Suspended",
        "SuspendWhenReadyToComplete": bool(flags & 512),
        "RemoteHostName": "",
        "RecipientTypeDetails": shell.org.recipients.details(entry),
        "ExchangeVersion": exchange_version(entry.number("msExchVersion")),
        "OriginatingServer": shell.recipient_controller.fqdn,
        "IsValid": True,
    }
    return make("Microsoft.Exchange.Data.Directory.Management.MoveRequest", values, REQUEST_DISPLAY)


@task("Get-MoveRequest", "2010", namespace=RECIPIENT_TASKS)
def get_move_request(shell: Shell) -> None:
    """Move requests, as the directory knows them."""
    if shell.given("Identity") and shell.get("Identity") is not None:
        found = [_requested(shell, shell.get("Identity"))]
    else:
        every = shell.org.recipients.all(shell.recipient_controller, shell.whole_forest)
        found = [entry for entry in every if MoveService.status_of(entry) != "None"]
        found = _filtered(shell, found)
    for entry in objects.limited(shell, found):
        shell.call.write(_show(shell, entry))


def _filtered(shell: Shell, found: list[Entry]) -> list[Entry]:
    if shell.given("BatchName"):
        wanted = shell.text("BatchName").lower()
        found = [e for e in found if e.text("msExchMailboxMoveBatchName").lower() == wanted]
    if shell.given("MoveStatus"):
        status = shell.text("MoveStatus").lower()
        found = [e for e in found if MoveService.status_of(e).lower() == status]
    for name, attribute in (("TargetDatabase", "Target"), ("SourceDatabase", "Source")):
        if shell.given(name):
            key = names.key(databases.one_database(shell, shell.get(name), public=False).dn)
            found = [e for e in found if names.key(e.text(f"msExchMailboxMove{attribute}MDBLink")) == key]
    if shell.given("SuspendWhenReadyToComplete"):
        on = bool(shell.get("SuspendWhenReadyToComplete"))
        found = [e for e in found if bool(e.number("msExchMailboxMoveFlags") & 512) == on]
    return found


@task("Get-MoveRequestStatistics", "2010", namespace=RECIPIENT_TASKS)
def get_move_request_statistics(shell: Shell) -> None:
    """What the Mailbox Replication service knows of a request."""
    entry = _requested(shell, shell.get("Identity"))
    shell.call.write(statistics(shell, _job(shell, entry), entry))


# changing


@task("Resume-MoveRequest", "2010", allowed=RECIPIENT_ADMINISTRATORS, namespace=RECIPIENT_TASKS)
def resume_move_request(shell: Shell) -> None:
    """Let a suspended or failed request go on."""
    entry = _requested(shell, shell.get("Identity"))
    job = _job(shell, entry)
    _service(shell)
    if job.status in ("Completed", "CompletedWithWarning"):
        raise TaskError(
            f"The move request for mailbox '{job.name}' has already been completed.",
            "InvalidArgument",
            FAILED,
        )
    if job.status not in ("AutoSuspended", "Suspended", "Failed"):
        shell.call.warning(f"The move request for mailbox '{job.name}' isn't suspended; nothing was resumed.")
        return
    if not shell.call.should_process(job.name, "Resume-MoveRequest"):
        return
    if shell.flag("SuspendWhenReadyToComplete"):
        job.suspend_when_ready = True
        job.copied = False
    shell.org.moves.resume(job)


@task("Suspend-MoveRequest", "2010", allowed=RECIPIENT_ADMINISTRATORS, namespace=RECIPIENT_TASKS)
def suspend_move_request(shell: Shell) -> None:
    """Hold a request."""
    entry = _requested(shell, shell.get("Identity"))
    job = _job(shell, entry)
    if job.status in ("Completed", "CompletedWithWarning", "CompletionInProgress"):
        raise TaskError(
            f"The move request for mailbox '{job.name}' can't be suspended: it is {job.status}.",
            "InvalidArgument",
            FAILED,
        )
    if shell.call.should_process(job.name, "Suspend-MoveRequest"):
        shell.org.moves.suspend(job, shell.text("SuspendComment"))


@task("Set-MoveRequest", "2010", allowed=RECIPIENT_ADMINISTRATORS, namespace=RECIPIENT_TASKS)
def set_move_request(shell: Shell) -> None:
    """Change limits of a request."""
    entry = _requested(shell, shell.get("Identity"))
    job = _job(shell, entry)
    if not shell.call.should_process(job.name, "Set-MoveRequest"):
        return
    if shell.given("BadItemLimit"):
        limit = convert.number("BadItemLimit", shell.get("BadItemLimit")) or 0
        if limit > LARGE_LOSS and not shell.flag("AcceptLargeDataLoss"):
            raise TaskError(
                "To set BadItemLimit over 50, specify the AcceptLargeDataLoss parameter.",
                "InvalidArgument",
                FAILED,
            )
        job.bad_item_limit = limit
    if shell.given("SuspendWhenReadyToComplete"):
        job.suspend_when_ready = bool(shell.get("SuspendWhenReadyToComplete"))


@task("Remove-MoveRequest", "2010", allowed=RECIPIENT_ADMINISTRATORS, namespace=RECIPIENT_TASKS)
def remove_move_request(shell: Shell) -> None:
    """Clear a request; one that is completing cannot be removed."""
    entry = _requested(shell, shell.get("Identity"))
    job = shell.org.moves.job(entry)
    if job is not None and job.status == "CompletionInProgress":
        raise TaskError(
            f"The move request for mailbox '{job.name}' can't be removed because the move is being completed.",
            "InvalidArgument",
            FAILED,
        )
    if shell.call.should_process(names.canonical_name(entry.dn), "Remove-MoveRequest"):
        shell.org.moves.remove(mailboxes.writer_of(shell, entry), entry)
