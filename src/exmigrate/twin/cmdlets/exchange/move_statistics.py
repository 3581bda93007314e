"""Statistics of move requests: what the Mailbox Replication service knows."""

from __future__ import annotations

import uuid
from typing import Any

from exmigrate.twin.cmdlets.exchange import objects
from exmigrate.twin.cmdlets.exchange.shell import Shell
from exmigrate.twin.cmdlets.exchange.values import ad_object_id, date, guid, make, size, span
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.moves import MoveJob
from exmigrate.twin.world.exchange.state import MB


def statistics(shell: Shell, job: MoveJob, entry: Entry) -> Record:
    """A request as the service works on it; ``entry`` is the user."""
    org = shell.org
    box = org.state.mailboxes.get(job.mailbox)
    source, target = org.state.databases.get(job.source), org.state.databases.get(job.target)
    total = (box.size_mb if box else 0) * MB
    percent = org.moves.progress(job)
    values: dict[str, Any] = {
        "MailboxIdentity": ad_object_id(entry.dn, names.canonical_name(entry.dn), entry.guid),
        "Identity": ad_object_id(entry.dn, names.canonical_name(entry.dn), entry.guid),
        "DistinguishedName": entry.dn,
        "DisplayName": job.name,
        "Alias": job.alias,
        "ExchangeGuid": guid(job.mailbox),
        "Status": job.status,
        "StatusDetail": job.detail,
        "SyncStage": "SyncFinished" if job.copied else "CopyingMessages",
        "Flags": "IntraOrg, Pull",
        "RequestStyle": "IntraOrg",
        "Direction": "Pull",
        "IsOffline": job.offline,
        "SuspendWhenReadyToComplete": job.suspend_when_ready,
        "SourceVersion": _version(shell, job.source),
        "SourceDatabase": _link(shell, job.source),
        "SourceServer": _host(shell, source.server) if source else "",
        "TargetVersion": _version(shell, job.target),
        "TargetDatabase": _link(shell, job.target),
        "TargetServer": _host(shell, target.server) if target else "",
        "BatchName": job.batch,
        "BadItemLimit": job.bad_item_limit,
        "BadItemsEncountered": job.bad_items,
        "QueuedTimestamp": date(job.queued),
        "StartTimestamp": date(job.started),
        "LastUpdateTimestamp": date(job.updated),
        "InitialSeedingCompletedTimestamp": date(job.ready),
        "CompletionTimestamp": date(job.completed),
        "SuspendedTimestamp": date(job.suspended),
        "OverallDuration": span(((job.completed or org.now()) - job.queued).total_seconds()),
        "MRSServerName": _host(shell, job.server) if job.server else "",
        "TotalMailboxSize": size(total),
        "TotalMailboxItemCount": box.items if box else 0,
        "BytesTransferred": size(total * percent // 100),
        "ItemsTransferred": (box.items if box else 0) * percent // 100,
        "PercentComplete": percent,
        "FailureCode": -2147467259 if job.failure_type else None,
        "FailureType": job.failure_type or None,
        "FailureTimestamp": date(job.failed),
        "Message": job.message,
        "IsValid": True,
        "Report": "\r\n".join(job.report) if shell.flag("IncludeReport") else None,
    }
    return make(
        "Microsoft.Exchange.Management.RecipientTasks.MoveRequestStatistics",
        values,
        ("DisplayName", "Status", "TotalMailboxSize", "PercentComplete"),
    )


def _version(shell: Shell, database: uuid.UUID) -> str:
    state = shell.org.state.databases.get(database)
    level = shell.org.level_of(shell.world.server(state.server)) if state else None
    return f"Version {level.numbers[0]}.{level.numbers[1]} (Build {level.numbers[2]}.0)" if level else ""


def _link(shell: Shell, database: uuid.UUID) -> Record | None:
    entry = shell.org.databases.entry(shell.store, database)
    return objects.link(shell, entry.dn) if entry else None


def _host(shell: Shell, name: str) -> str:
    found = shell.world.server(name)
    return found.fqdn if found else name
