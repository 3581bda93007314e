"""Move-Mailbox of 2007."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from exmigrate.twin.cmdlets.exchange import convert, databases, mailboxes
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import RECIPIENT_ADMINISTRATORS, RECIPIENT_TASKS, Shell, TaskError
from exmigrate.twin.cmdlets.exchange.values import date, make, size, unlimited
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.layout import LEGACY
from exmigrate.twin.world.exchange.state import MB, MailboxState

MOVED = "This mailbox was moved to the target database."
MOVABLE = "This mailbox can be moved to the target database."
TOO_MANY, OFFLINE = -1056749164, -1056749262
TEXTS = {
    TOO_MANY: "Error occurred in the step: Moving messages. This mailbox exceeded the maximum number of corrupted items "
    "specified for this move mailbox operation.",
    OFFLINE: "Error occurred in the step: Creating target mailbox. The database '{0}' cannot be opened: MapiExceptionNetworkError.",
}
MAX_THREADS = range(1, 31)


@task(
    "Move-Mailbox",
    "2007",
    allowed=RECIPIENT_ADMINISTRATORS,
    namespace=RECIPIENT_TASKS,
    default_set="IntraOrg",
)
def move_mailbox(shell: Shell) -> None:
    """Move a mailbox between databases of 2007 and older, offline, while the caller waits; or only look whether it can."""
    entry = mailboxes.one_mailbox(shell, shell.get("Identity"))
    name = names.rdn_value(entry.dn)
    target = databases.one_database(shell, shell.get("TargetDatabase"), public=False)
    box = shell.org.recipients.state(entry)
    if box is None:
        raise shell.not_found(name)
    _refuse(shell, entry, box, name, target)
    limit = convert.number("BadItemLimit", shell.get("BadItemLimit", 0)) or 0
    threads = convert.number("MaxThreads", shell.get("MaxThreads", 4)) or 0
    if threads not in MAX_THREADS:
        raise TaskError(
            f"The value of MaxThreads must be from {MAX_THREADS[0]} through {MAX_THREADS[-1]}: {threads}.",
            "InvalidArgument",
        )
    validates = shell.flag("ValidateOnly")
    if not validates and not shell.call.should_process(name, "Move-Mailbox"):
        return
    began = shell.org.now()
    problem = _offline(shell, box, target)
    if not validates and not problem:
        box.locked = True
        try:
            shell.wait(20 + box.size_mb)
        finally:
            box.locked = False
        problem = _offline(shell, box, target) or (TOO_MANY if box.corrupt_items > limit else 0)
    code, text = problem, TEXTS.get(problem, "").format(_offline_name(shell, box, target))
    if not problem:
        text = MOVABLE if validates else MOVED
    result = _result(shell, entry, box, target, began, code, text)
    if not validates and not problem:
        product = shell.org.databases.product(shell.store, target)
        shell.org.recipients.rehome(mailboxes.writer_of(shell, entry), entry, target, product)
        box.database, box.items, box.corrupt_items = target.guid, box.items - box.corrupt_items, 0
    _report(shell, entry, result, box)
    shell.call.write(result)
    if problem:
        raise TaskError(
            f"Error was found for {name} ({entry.text('mail')}) because: {text}, error code: {code}",
            "InvalidOperation",
            "Microsoft.Exchange.Management.RecipientTasks.MoveMailboxException",
        )


def _refuse(shell: Shell, entry: Entry, box: MailboxState, name: str, target: Entry) -> None:
    text = shell.org.databases.identity(shell.store, target)
    product = shell.org.databases.product(shell.store, target)
    source = shell.org.state.databases.get(box.database)
    if product == "2010" or (source is not None and shell.org.product_named(source.server) == "2010"):
        raise TaskError(
            f"Error occurred in the step: Approving object. Mailbox database '{text}' or the mailbox is on a server running a "
            "later version of Exchange. Move-Mailbox can't move mailboxes from or to it.",
            "InvalidArgument",
        )
    if box.database == target.guid:
        raise TaskError(
            f"Error occurred in the step: Approving object. The mailbox '{name}' is already in the target database '{text}'.",
            "InvalidArgument",
        )
    if product in LEGACY and entry.number("msExchUMEnabledFlags"):
        raise TaskError(
            f"Error occurred in the step: Approving object. The mailbox '{name}' is enabled for Unified Messaging. Disable it "
            "before you move the mailbox to a server running an earlier version of Exchange.",
            "InvalidArgument",
        )
    if box.locked:
        raise TaskError(f"The mailbox '{name}' is being moved by another task.", "ResourceBusy")


def _offline(shell: Shell, box: MailboxState, target: Entry) -> int:
    return OFFLINE if _offline_name(shell, box, target) else 0


def _offline_name(shell: Shell, box: MailboxState, target: Entry) -> str:
    for guid in (box.database, target.guid):
        state = shell.org.state.databases.get(guid)
        server = shell.world.server(state.server) if state else None
        alive = server is not None and server.up and server.services.is_running("MSExchangeIS")
        if state is None or not state.mounted or not alive:
            return state.name if state else str(guid)
    return ""


def _result(
    shell: Shell, entry: Entry, box: MailboxState, target: Entry, began: datetime, code: int, text: str
) -> Record:
    source = shell.store.get(entry.text("homeMDB"))
    validates = shell.flag("ValidateOnly")
    values: dict[str, Any] = {
        "Identity": names.canonical_name(entry.dn),
        "DistinguishedName": entry.dn,
        "DisplayName": entry.text("displayName"),
        "Alias": entry.text("mailNickname"),
        "LegacyExchangeDN": entry.text("legacyExchangeDN"),
        "PrimarySmtpAddress": entry.text("mail"),
        "SourceServer": shell.org.recipients.server_of_mailbox(shell.controller, entry),
        "SourceDatabase": shell.org.databases.identity(shell.store, source) if source is not None else "",
        "SourceGlobalCatalog": shell.recipient_controller.fqdn,
        "TargetServer": shell.org.databases.server_name(shell.store, target),
        "TargetDatabase": shell.org.databases.identity(shell.store, target),
        "TargetMailbox": "",
        "MailboxSize": unlimited(size(box.size_mb * MB, True)),
        "IsResourceMailbox": shell.org.recipients.details(entry) in ("RoomMailbox", "EquipmentMailbox"),
        "StandardMessagesDeleted": 0,
        "MoveType": "IntraOrg",
        "MoveStage": "Validation" if validates else "Completed" if not code else "Approving",
        "StartTime": date(began),
        "EndTime": date(shell.org.now()),
        "StatusCode": code,
        "StatusMessage": text,
        "ReportFile": shell.text("ReportFile"),
    }
    display = ("DisplayName", "SourceDatabase", "TargetDatabase", "StatusCode", "StatusMessage")
    return make("Microsoft.Exchange.Management.RecipientTasks.MoveMailboxResults", values, display)


def _report(shell: Shell, entry: Entry, result: Record, box: MailboxState) -> None:
    """Add a mailbox to the report of this run: the file that was named, else one in the migration logs."""
    stamp = shell.org.now().strftime("%Y%m%d-%H%M")
    root = shell.org.install_folder(shell.server, "2007")
    path = shell.text("ReportFile") or f"{root}Logging\\MigrationLogs\\move-Mailbox{stamp}.xml"
    files = shell.machine.files
    folder = path.rpartition("\\")[0]
    if not folder.endswith(":") and files.stat(folder) is None:
        files.make_directory(folder)
    if files.stat(path) is None:
        head = ElementTree.Element("Move-Mailbox")
        ElementTree.SubElement(head, "TaskHeader")
        ElementTree.SubElement(head, "TaskDetails")
    else:
        head = ElementTree.fromstring(bytes(files.read(path)))
    details = head.find("TaskDetails")
    assert details is not None
    values = result.values
    item = ElementTree.SubElement(details, "Item", {"MailboxName": names.rdn_value(entry.dn)})
    ElementTree.SubElement(
        item, "Source", {"Database": values["SourceDatabase"], "MailboxSize": f"{box.size_mb * 1024}KB"}
    )
    ElementTree.SubElement(item, "Target", {"Database": values["TargetDatabase"]})
    code = int(values["StatusCode"])
    ElementTree.SubElement(item, "Result", {"IsWarning": "false", "ErrorCode": str(code)}).text = values[
        "StatusMessage"
    ]
    files.write(path, ElementTree.tostring(head, encoding="utf-8", xml_declaration=True))
