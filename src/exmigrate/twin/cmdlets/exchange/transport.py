"""Transport settings, rules, system messages, queues, tracking."""

from __future__ import annotations

import json
from typing import Any

from exmigrate.twin.cmdlets.exchange import convert, objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import Shell, TaskError, identity_text, items_of
from exmigrate.twin.cmdlets.exchange.values import date, list_of, make
from exmigrate.twin.powershell.values import Byte, Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.bootstrap_transport import add_system_message
from exmigrate.twin.world.exchange.rules import RuleError
from exmigrate.twin.world.exchange.state import Message, QueueState

QUOTA = ("WarningMailboxUnlimitedSize", "WarningPublicFolderUnlimitedSize", "WarningMailbox", "WarningPublicFolder",
         "ProhibitSendMailbox", "ProhibitPostPublicFolder", "ProhibitSendReceiveMailBox")  # fmt: skip


# organization-wide settings


@task("Get-TransportConfig")
def get_transport_config(shell: Shell) -> None:
    """Transport settings of the organization."""
    entry = shell.store.get(shell.org.layout.transport_settings)
    if entry is None:
        raise shell.not_found("Transport Settings")
    hidden = (
        ("MaxDumpsterSizePerDatabase",) if shell.version == "2007" else ("MaxDumpsterSizePerStorageGroup",)
    )
    shell.call.write(objects.show(shell, "TransportConfig", entry, "Transport Settings", hidden=hidden))


@task("Set-TransportConfig")
def set_transport_config(shell: Shell) -> None:
    """Change transport settings of the organization."""
    entry = shell.store.get(shell.org.layout.transport_settings)
    if entry is None:
        raise shell.not_found("Transport Settings")
    changes = objects.changes_of(shell, "TransportConfig", entry)
    mode = changes.get("DSNConversionMode")
    known = ("UseExchangeDSNs", "PreserveDSNBody", "DoNotConvert")
    if mode is not None:
        changes["DSNConversionMode"] = next((k for k in known if k.lower() == mode.lower()), None)
        if changes["DSNConversionMode"] is None:
            raise convert.bad(
                "DSNConversionMode",
                mode,
                "Microsoft.Exchange.Data.Directory.SystemConfiguration.DSNConversionOption",
            )
    objects.apply(shell, "TransportConfig", entry, changes, "Transport Settings")


@task("Get-OrganizationConfig")
def get_organization_config(shell: Shell) -> None:
    """The organization container."""
    entry = shell.store.get(shell.org.layout.org)
    if entry is None:
        raise shell.not_found("organization")
    shell.call.write(objects.show(shell, "OrganizationConfig", entry, names.rdn_value(entry.dn)))


# system messages


def _message_identity(entry: Entry) -> str:
    parts = [names.rdn_value(entry.dn)]
    above = names.parent(entry.dn)
    while names.rdn_value(above).lower() != "dsn customization" and above:
        parts.append(names.rdn_value(above))
        above = names.parent(above)
    return "\\".join(reversed(parts))


def _show_message(shell: Shell, entry: Entry) -> Record:
    hidden = ("QuotaMessageType",) if not entry.get("msExchQuotaMessageType") else ("DsnCode", "Internal")
    return objects.show(shell, "SystemMessage", entry, _message_identity(entry), hidden=hidden)


def _find_message(shell: Shell, identity: str) -> Entry:
    for entry in objects.all_of(shell, "SystemMessage", shell.org.layout.system_messages):
        if identity.lower() in (_message_identity(entry).lower(), entry.dn.lower(), str(entry.guid)):
            return entry
    raise shell.not_found(identity)


@task("Get-SystemMessage")
def get_system_message(shell: Shell) -> None:
    """Custom texts of delivery status notifications."""
    identity = shell.text("Identity")
    if identity:
        shell.call.write(_show_message(shell, _find_message(shell, identity)))
        return
    if shell.flag("Original"):
        return
    for entry in objects.all_of(shell, "SystemMessage", shell.org.layout.system_messages):
        shell.call.write(_show_message(shell, entry))


@task("New-SystemMessage")
def new_system_message(shell: Shell) -> None:
    """A custom text."""
    code = shell.text("DsnCode") or shell.text("QuotaMessageType")
    language = shell.text("Language") or "en"
    internal = bool(shell.get("Internal", False))
    is_dsn = bool(shell.text("DsnCode"))
    if not is_dsn and code not in QUOTA:
        raise convert.bad("QuotaMessageType", code, "Microsoft.Exchange.Data.QuotaMessageType")
    path = (
        f"{language}\\{'Internal' if internal else 'External'}\\{code}" if is_dsn else f"{language}\\{code}"
    )
    existing = [
        e
        for e in objects.all_of(shell, "SystemMessage", shell.org.layout.system_messages)
        if _message_identity(e).lower() == path.lower()
    ]
    if existing:
        raise shell.exists(path)
    if shell.call.should_process(path, "New-SystemMessage"):
        dn = add_system_message(shell.org, shell.store, code, shell.text("Text"), language, internal)
        entry = shell.store.get(dn)
        assert entry is not None
        shell.call.write(_show_message(shell, entry))


@task("Set-SystemMessage")
def set_system_message(shell: Shell) -> None:
    """Change a custom text."""
    entry = _find_message(shell, shell.text("Identity"))
    objects.apply(shell, "SystemMessage", entry, {"Text": shell.text("Text")}, _message_identity(entry))


@task("Remove-SystemMessage")
def remove_system_message(shell: Shell) -> None:
    """Remove a custom text; the original one holds again."""
    entry = _find_message(shell, shell.text("Identity"))
    objects.remove(shell, entry, _message_identity(entry))


# rules


def _rule_values(entry: Entry, shell: Shell) -> dict[str, Any]:
    settings = json.loads(shell.store.value(entry, "TransportRule", "Settings") or "{}")
    return {
        str(name): list_of(value) if isinstance(value, list) else value for name, value in settings.items()
    }


def _show_rule(shell: Shell, entry: Entry) -> Record:
    extra = {
        **_rule_values(entry, shell),
        "Conditions": list_of([]),
        "Actions": list_of(sorted(_rule_values(entry, shell))),
        "Exceptions": list_of([]),
        "ManuallyModified": False,
    }
    return objects.show(
        shell,
        "TransportRule",
        entry,
        names.rdn_value(entry.dn),
        extra,
        ("Name", "State", "Priority", "Comments"),
        ("Settings",),
    )


@task("Get-TransportRule")
def get_transport_rule(shell: Shell) -> None:
    """Transport rules of the shell's own version."""
    found = shell.org.rules.all(shell.store, "TransportRule", shell.version)
    _write_rules(shell, found, _show_rule)


def _write_rules(shell: Shell, found: list[Entry], show: Any) -> None:
    identity = shell.text("Identity")
    if identity:
        found = [e for e in found if identity.lower() in objects.names_of(shell, e)]
        if not found:
            raise shell.not_found(identity)
    for entry in found:
        shell.call.write(show(shell, entry))


@task("New-TransportRule")
def new_transport_rule(shell: Shell) -> None:
    """A transport rule."""
    name = shell.text("Name")
    present = shell.org.rules.all(shell.store, "TransportRule", shell.version)
    if any(names.rdn_value(e.dn).lower() == name.lower() for e in present):
        raise shell.exists(name)
    settings = {
        p: _plain(shell.get(p))
        for p in sorted(shell.call.given)
        if p not in ("Name", "Priority", "Enabled", "Comments", "DomainController", "Confirm", "WhatIf")
    }
    if shell.call.should_process(name, "New-TransportRule"):
        enabled = shell.get("Enabled", True)
        values = {
            "State": "Enabled" if enabled else "Disabled",
            "Comments": shell.text("Comments") or None,
            "Settings": json.dumps(settings, sort_keys=True),
        }
        entry = shell.org.rules.add(shell.store, "TransportRule", shell.version, name, values)
        shell.call.write(_show_rule(shell, entry))


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | str) or value is None:
        return value
    found = [identity_text(item) for item in items_of(value)]
    return found if len(found) != 1 else found[0]


@task("Remove-TransportRule")
def remove_transport_rule(shell: Shell) -> None:
    """Remove a transport rule."""
    entry = objects.one(
        shell, "TransportRule", shell.get("Identity"), shell.org.rules.base("TransportRule", shell.version)
    )
    objects.remove(shell, entry)


@task("Export-TransportRuleCollection")
def export_transport_rule_collection(shell: Shell) -> None:
    """The whole collection as a file; 2010 can read the one of 2007."""
    product = "2007" if shell.version == "2007" or shell.flag("ExportLegacyRules") else "2010"
    data = shell.org.rules.export(shell.store, product)
    if shell.given("FileName"):
        shell.machine.files.write(shell.text("FileName"), data)
        return
    values = {"FileData": [Byte(b) for b in data], "Identity": "", "IsValid": True, "ObjectState": "New"}
    shell.call.write(make("Microsoft.Exchange.Data.BinaryFileDataObject", values))


@task("Import-TransportRuleCollection")
def import_transport_rule_collection(shell: Shell) -> None:
    """Replace the whole collection by that of a file."""
    if shell.given("FileName"):
        data = bytes(shell.machine.files.read(shell.text("FileName")))
    else:
        data = bytes(int(item) for item in items_of(shell.get("FileData")))
    if not shell.call.should_process("transport rule collection", "Import-TransportRuleCollection"):
        return
    try:
        shell.org.rules.load(shell.store, shell.version, data)
    except RuleError as error:
        raise TaskError(str(error), "InvalidData", "System.Xml.XmlException") from error


def _show_journal(shell: Shell, entry: Entry) -> Record:
    return objects.show(
        shell,
        "JournalRule",
        entry,
        names.rdn_value(entry.dn),
        None,
        ("Name", "Recipient", "JournalEmailAddress", "Scope", "Enabled"),
        ("RuleVersion",),
    )


@task("Get-JournalRule")
def get_journal_rule(shell: Shell) -> None:
    """Journal rules of the shell's own version."""
    _write_rules(shell, shell.org.rules.all(shell.store, "JournalRule", shell.version), _show_journal)


@task("New-JournalRule")
def new_journal_rule(shell: Shell) -> None:
    """A journal rule."""
    name = shell.text("Name")
    present = shell.org.rules.all(shell.store, "JournalRule", shell.version)
    if any(names.rdn_value(e.dn).lower() == name.lower() for e in present):
        raise shell.exists(name)
    address = shell.text("JournalEmailAddress")
    if not shell.org.recipients.find(shell.reference_controller, address):
        raise shell.not_found(address)
    if shell.call.should_process(name, "New-JournalRule"):
        values = {
            "Recipient": shell.text("Recipient") or None,
            "JournalEmailAddress": address,
            "Scope": shell.text("Scope") or "Global",
            "Enabled": bool(shell.get("Enabled", False)),
        }
        entry = shell.org.rules.add(shell.store, "JournalRule", shell.version, name, values)
        shell.call.write(_show_journal(shell, entry))


@task("Set-JournalRule")
def set_journal_rule(shell: Shell) -> None:
    """Change a journal rule."""
    entry = _journal(shell)
    objects.apply(shell, "JournalRule", entry, objects.changes_of(shell, "JournalRule", entry))


@task("Remove-JournalRule")
def remove_journal_rule(shell: Shell) -> None:
    """Remove a journal rule."""
    objects.remove(shell, _journal(shell))


def _journal(shell: Shell) -> Entry:
    return objects.one(
        shell, "JournalRule", shell.get("Identity"), shell.org.rules.base("JournalRule", shell.version)
    )


@task("Enable-JournalRule", "2010")
def enable_journal_rule(shell: Shell) -> None:
    """Switch a journal rule on."""
    objects.apply(shell, "JournalRule", _journal(shell), {"Enabled": True})


@task("Disable-JournalRule", "2010")
def disable_journal_rule(shell: Shell) -> None:
    """Switch a journal rule off."""
    objects.apply(shell, "JournalRule", _journal(shell), {"Enabled": False})


# queues and tracking


@task("Get-Queue", namespace="Microsoft.Exchange.Management.QueueViewerTasks")
def get_queue(shell: Shell) -> None:
    """Queues of a transport server."""
    name = shell.text("Server") or shell.text("Identity").partition("\\")[0] or shell.server.name
    server = shell.world.server(name)
    if (
        server is None
        or server.exchange is None
        or not server.up
        or not server.services.is_running("MSExchangeTransport")
    ):
        raise TaskError(
            f'The queue viewer operation on computer "{name}" has failed with an exception. The error message is: '
            "The RPC server is unavailable. It might be because the Microsoft Exchange Transport service isn't running.",
            "ConnectionError",
            "Microsoft.Exchange.Data.QueueViewer.QueueViewerException",
        )
    for queue in shell.org.mail.queues(server):
        shell.call.write(_show_queue(server.name, queue))


def _show_queue(server: str, queue: QueueState) -> Record:
    values = {
        "Identity": f"{server}\\{queue.name}",
        "DeliveryType": queue.delivery_type,
        "NextHopDomain": queue.next_hop,
        "NextHopConnector": "00000000-0000-0000-0000-000000000000",
        "Status": queue.status,
        "MessageCount": len(queue.messages),
        "LastError": queue.last_error,
        "LastRetryTime": None,
        "NextRetryTime": None,
        "IsValid": True,
    }
    return make(
        "Microsoft.Exchange.Data.QueueViewer.QueueInfo",
        values,
        ("Identity", "DeliveryType", "Status", "MessageCount", "NextHopDomain"),
    )


@task("Get-MessageTrackingLog", namespace="Microsoft.Exchange.Management.TransportLogSearchTasks")
def get_message_tracking_log(shell: Shell) -> None:
    """What a server did with messages."""
    server = (shell.text("Server") or shell.server.name).partition(".")[0].lower()
    sender, subject = shell.text("Sender").lower(), shell.text("MessageSubject").lower()
    for message in shell.org.state.messages:
        hops = [hop.lower() for hop in message.hops]
        if server not in hops or (sender and sender != message.sender.lower()):
            continue
        if subject and subject not in message.subject.lower():
            continue
        shell.call.write(_show_event(message, hops.index(server), server))


def _show_event(message: Message, index: int, server: str) -> Record:
    last = index == len(message.hops) - 1 or (index == len(message.hops) - 2 and message.delivered)
    values = {
        "Timestamp": date(message.sent),
        "EventId": "DELIVER"
        if last and message.status == "Delivered"
        else "SEND"
        if message.delivered
        else "FAIL",
        "Source": "STOREDRIVER" if last else "SMTP",
        "ServerHostname": server.upper(),
        "Sender": message.sender,
        "Recipients": list_of(message.recipients),
        "MessageSubject": message.subject,
        "MessageId": message.identity,
        "RecipientStatus": list_of([message.status]),
    }
    return make("Microsoft.Exchange.Management.TransportLogSearchTasks.MessageTrackingEvent", values)
