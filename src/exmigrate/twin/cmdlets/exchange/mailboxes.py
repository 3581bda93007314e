"""Mailboxes, recipients and groups."""

from __future__ import annotations

import fnmatch
import uuid
from collections.abc import Iterable
from typing import Any

from exmigrate.twin.cmdlets.exchange import databases, objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import (
    MAPI_TASKS,
    RECIPIENT_TASKS,
    Shell,
    TaskError,
    identity_text,
)
from exmigrate.twin.cmdlets.exchange.values import (
    ad_object_id,
    date,
    exchange_version,
    guid,
    list_of,
    make,
    size,
    unlimited,
)
from exmigrate.twin.powershell.values import Record, UInt32
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.layout import LEGACY
from exmigrate.twin.world.exchange.moves import MoveService
from exmigrate.twin.world.exchange.state import MB, MailboxState
from exmigrate.twin.world.forest import DomainController

SYSTEM_DETAILS = frozenset({"ArbitrationMailbox"})
MAILBOX_DISPLAY = ("Name", "Alias", "ServerName", "ProhibitSendQuota")


def find_recipients(shell: Shell, identity: str) -> list[Entry]:
    """Recipients that an identity names, in the shell's view; ``*`` matches any text."""
    controller = shell.recipient_controller
    if "=" in identity and "," in identity and shell.pinned and not controller.owns(identity):
        # "Not found" or a referral, by cmdlet and kind of identity (unverified): the one that no script takes for absence.
        raise shell.referral(identity)
    if "*" in identity:
        wanted = identity.lower()
        return [
            e
            for e in shell.org.recipients.all(controller, shell.whole_forest)
            if fnmatch.fnmatchcase(e.text("mailNickname").lower(), wanted)
            or fnmatch.fnmatchcase(names.rdn_value(e.dn).lower(), wanted)
            or fnmatch.fnmatchcase(e.text("displayName").lower(), wanted)
        ]
    return shell.org.recipients.find(controller, identity, shell.whole_forest)


def one_mailbox(shell: Shell, value: Any) -> Entry:
    """The one mailbox user that an identity names.

    Raises:
        TaskError: none, several, or no mailbox.
    """
    text = identity_text(value)
    found = [e for e in find_recipients(shell, text) if shell.org.recipients.is_mailbox(e)]
    if not found:
        raise shell.not_found(text)
    if len(found) > 1:
        raise TaskError(
            f"The operation couldn't be performed because '{text}' matches multiple entries.",
            "InvalidArgument",
        )
    return found[0]


def writer_of(shell: Shell, entry: Entry) -> DomainController:
    """The controller that a recipient is written on.

    Raises:
        TaskError: the call names a controller of another domain.
    """
    return shell.own_controller(entry.dn)


def find_references(shell: Shell, identity: str) -> list[Entry]:
    """Recipients that a parameter other than the identity names: of the whole forest."""
    return shell.org.recipients.find(shell.reference_controller, identity)


# showing


def show_mailbox(shell: Shell, entry: Entry) -> Record:
    """A mailbox."""
    recipients = shell.org.recipients
    details = recipients.details(entry)
    server = recipients.server_of_mailbox(shell.recipient_controller, entry)
    database = entry.text("homeMDB")
    addresses = [str(a) for a in entry.get("proxyAddresses")]
    number = entry.number("msExchVersion")
    values: dict[str, Any] = {
        "Database": _database_link(shell, database),
        "ServerName": server.lower(),
        "ServerLegacyDN": entry.text("msExchHomeServerName"),
        "ExchangeGuid": mailbox_guid(entry),
        "ExchangeUserAccountControl": "AccountDisabled" if entry.number("userAccountControl") & 2 else "None",
        "Alias": entry.text("mailNickname"),
        "DisplayName": entry.text("displayName"),
        "EmailAddresses": list_of(addresses),
        "PrimarySmtpAddress": entry.text("mail"),
        "WindowsEmailAddress": entry.text("mail"),
        "EmailAddressPolicyEnabled": not entry.get("msExchPoliciesExcluded"),
        "HiddenFromAddressListsEnabled": bool(entry.first("msExchHideFromAddressLists")),
        "LegacyExchangeDN": entry.text("legacyExchangeDN"),
        "SamAccountName": entry.text("sAMAccountName"),
        "UserPrincipalName": entry.text("userPrincipalName"),
        "OrganizationalUnit": names.canonical_name(names.parent(entry.dn)),
        "RecipientType": "UserMailbox",
        "RecipientTypeDetails": details,
        "IsMailboxEnabled": True,
        "IsResource": details in ("RoomMailbox", "EquipmentMailbox"),
        "IsShared": details == "SharedMailbox",
        "IsLinked": False,
        "ResourceType": details.removesuffix("Mailbox")
        if details in ("RoomMailbox", "EquipmentMailbox")
        else None,
        "UMEnabled": bool(entry.number("msExchUMEnabledFlags")),
        "UseDatabaseQuotaDefaults": True,
        "IssueWarningQuota": unlimited(None),
        "ProhibitSendQuota": unlimited(None),
        "ProhibitSendReceiveQuota": unlimited(None),
        "Languages": list_of([entry.text("msExchUserCulture")]),
        "CustomAttribute1": entry.text("extensionAttribute1"),
        "ForwardingAddress": objects.link(shell, entry.text("altRecipient")),
        "DeliverToMailboxAndForward": bool(entry.first("deliverAndRedirect")),
        "GrantSendOnBehalfTo": list_of([objects.link(shell, str(v)) for v in entry.get("publicDelegates")]),
    }
    if shell.version == "2010":
        status = MoveService.status_of(entry)
        values |= {
            "MailboxMoveStatus": status,
            "MailboxMoveBatchName": entry.text("msExchMailboxMoveBatchName"),
            "MailboxMoveTargetMDB": _database_link(shell, entry.text("msExchMailboxMoveTargetMDBLink")),
            "MailboxMoveSourceMDB": _database_link(shell, entry.text("msExchMailboxMoveSourceMDBLink")),
            "ArchiveDatabase": None,
            "ArchiveGuid": guid(uuid.UUID(int=0)),
            "SingleItemRecoveryEnabled": False,
            "ThrottlingPolicy": objects.link(shell, entry.text("msExchThrottlingPolicyDN")),
            "ArbitrationMailbox": None,
            "IsValid": True,
        }
    return recipient_record(shell, entry, "Mailbox", values, number, MAILBOX_DISPLAY)


def recipient_record(
    shell: Shell, entry: Entry, kind: str, values: dict[str, Any], number: int, display: tuple[str, ...] = ()
) -> Record:
    """A recipient object of a type, with what all of them have."""
    created, changed = entry.first("whenCreated"), entry.first("whenChanged")
    common = {
        "Name": names.rdn_value(entry.dn),
        "Identity": ad_object_id(entry.dn, names.canonical_name(entry.dn), entry.guid),
        "DistinguishedName": entry.dn,
        "Guid": guid(entry.guid),
        "ObjectClass": list_of([str(v) for v in entry.get("objectClass")]),
        "ExchangeVersion": exchange_version(number),
        "WhenCreated": date(created)
        if created is not None and not isinstance(created, str | int | bytes)
        else None,
        "WhenChanged": date(changed)
        if changed is not None and not isinstance(changed, str | int | bytes)
        else None,
        "OriginatingServer": shell.recipient_controller.fqdn,
        "IsValid": True,
    }
    merged = {**values, **{k: v for k, v in common.items() if k not in values}}
    return make(f"Microsoft.Exchange.Data.Directory.Management.{kind}", merged, display)


def _database_link(shell: Shell, dn: str) -> Record | None:
    return objects.link(shell, dn) if dn else None


def mailbox_guid(entry: Entry) -> Any:
    """The mailbox GUID of a user for scripts, None without one."""
    raw = entry.first("msExchMailboxGuid")
    return guid(uuid.UUID(bytes_le=raw)) if isinstance(raw, bytes) else None


# getting


@task("Get-Mailbox", namespace=RECIPIENT_TASKS)
def get_mailbox(shell: Shell) -> None:
    """Mailboxes: all, of a database or server, arbitration ones, or those an identity names."""
    found = _mailboxes(shell)
    for entry in objects.limited(shell, found):
        shell.call.write(show_mailbox(shell, entry))


def _mailboxes(shell: Shell) -> Iterable[Entry]:
    recipients = shell.org.recipients
    identity = shell.text("Identity")
    arbitration = shell.flag("Arbitration")
    if identity:
        found = [e for e in find_recipients(shell, identity) if recipients.is_mailbox(e)]
    else:
        found = [
            e
            for e in recipients.all(shell.recipient_controller, shell.whole_forest)
            if recipients.is_mailbox(e)
        ]
    found = [
        e for e in found if (recipients.details(e) in SYSTEM_DETAILS) == arbitration and not _is_system(e)
    ]
    if identity and not found and "*" not in identity and not shell.text("Database"):
        raise shell.not_found(identity)
    if shell.text("Database"):
        key = names.key(databases.one_database(shell, shell.get("Database")).dn)
        found = [e for e in found if names.key(e.text("homeMDB")) == key]
    if shell.text("Server"):
        server = names.rdn_value(objects.server_link(shell, shell.get("Server"))).lower()
        found = [
            e for e in found if recipients.server_of_mailbox(shell.recipient_controller, e).lower() == server
        ]
    if shell.given("RecipientTypeDetails"):
        wanted = {t.strip().lower() for text in shell.texts("RecipientTypeDetails") for t in text.split(",")}
        found = [e for e in found if recipients.details(e).lower() in wanted]
    if shell.text("OrganizationalUnit"):
        unit = shell.text("OrganizationalUnit").lower()
        found = [
            e
            for e in found
            if unit
            in (
                names.canonical_name(names.parent(e.dn)).lower(),
                names.parent(e.dn).lower(),
                names.rdn_value(names.parent(e.dn)).lower(),
            )
        ]
    if shell.given("Filter"):
        found = [e for e in found if matches_filter(shell, show_mailbox(shell, e))]
    return found


def _is_system(entry: Entry) -> bool:
    return entry.has_class("msExchSystemMailbox")


def matches_filter(shell: Shell, record: Record) -> bool:
    """Whether an object matches an OPATH -Filter of simple comparisons joined by -and / -or."""
    text = shell.text("Filter").strip().strip("{}").strip()
    values = {name.lower(): identity_text(value) for name, value in record.values.items()}
    for part in text.replace("(", " ").replace(")", " ").split(" -or "):
        if all(_compare(values, clause) for clause in part.split(" -and ")):
            return True
    return False


def _compare(values: dict[str, str], clause: str) -> bool:
    words = clause.strip().split(None, 2)
    if len(words) < 3:
        raise TaskError(f"Invalid filter syntax: {clause.strip()!r}.", "InvalidArgument")
    name, operator, raw = words[0].lower(), words[1].lower(), words[2].strip()
    wanted = "" if raw.lower() == "$null" else raw.strip("'\"").lstrip("$")
    actual = values.get(name, "")
    if operator in ("-like", "-notlike"):
        hit = fnmatch.fnmatchcase(actual.lower(), wanted.lower())
        return hit if operator == "-like" else not hit
    equal = actual.lower() == wanted.lower()
    if operator in ("-eq", "-ne"):
        return equal if operator == "-eq" else not equal
    raise TaskError(f"The operator '{operator}' isn't supported in filters here.", "InvalidArgument")


@task("Get-MailboxStatistics", namespace=MAPI_TASKS)
def get_mailbox_statistics(shell: Shell) -> None:
    """What the store knows of mailboxes: of one, of a database or of a server."""
    if shell.text("Database"):
        entry = databases.one_database(shell, shell.get("Database"), public=False)
        _refuse_legacy(shell, shell.org.databases.server_name(shell.store, entry))
        _write_statistics(shell, shell.org.state.mailboxes_in(entry.guid))
        return
    if shell.text("Server"):
        server = names.rdn_value(objects.server_link(shell, shell.get("Server")))
        _refuse_legacy(shell, server)
        boxes = [
            box
            for db in shell.org.databases.on_server(server)
            for box in shell.org.state.mailboxes_in(db.guid)
        ]
        _write_statistics(shell, boxes)
        return
    mailbox = one_mailbox(shell, shell.get("Identity"))
    box = shell.org.recipients.state(mailbox)
    if box is None:
        raise shell.not_found(shell.text("Identity"))
    _refuse_legacy(shell, shell.org.recipients.server_of_mailbox(shell.recipient_controller, mailbox))
    _write_statistics(shell, [box])


def _refuse_legacy(shell: Shell, server: str) -> None:
    if shell.org.product_named(server) in LEGACY:
        raise TaskError(
            f"The operation can't be performed on server '{server}': it is running Exchange 2003 or Exchange 2000, whose "
            "mailboxes these tools don't read. Use Exchange System Manager or WMI (Exchange_Mailbox).",
            "InvalidOperation",
            "Microsoft.Exchange.Configuration.Tasks.ServerVersionMismatchException",
        )


def _write_statistics(shell: Shell, boxes: list[MailboxState]) -> None:
    for box in boxes:
        state = shell.org.state.databases.get(box.database)
        server = shell.world.server(state.server) if state else None
        if state is None or not state.mounted or server is None or not server.up:
            name = state.server if state else ""
            shell.fail(
                TaskError(
                    f'Failed to commit the change on object "{box.guid}" because access is denied or the Exchange '
                    f"Information Store on server '{name}' is not available.",
                    "ReadError",
                    "Microsoft.Exchange.Data.Mapi.MapiNetworkErrorException",
                )
            )
            return
        shell.call.write(_statistics(shell, box, state.name, state.server))


def _statistics(shell: Shell, box: MailboxState, database: str, server: str) -> Record:
    short = shell.version == "2007"
    values: dict[str, Any] = {
        "DisplayName": box.name,
        "LegacyDN": box.legacy_dn,
        "MailboxGuid": guid(box.guid),
        "Identity": guid(box.guid),
        "ItemCount": UInt32(box.items),
        "TotalItemSize": unlimited(size(box.size_mb * MB, short)),
        "TotalDeletedItemSize": unlimited(size(0, short)),
        "DeletedItemCount": UInt32(0),
        "AssociatedItemCount": UInt32(12),
        "StorageLimitStatus": "BelowLimit",
        "LastLogonTime": date(box.last_logon),
        "LastLogoffTime": date(box.last_logon),
        "LastLoggedOnUserAccount": "",
        "DisconnectDate": date(box.disconnected),
        "ServerName": server.upper(),
        "DatabaseName": database,
        "Database": database,
        "ObjectClass": "Mailbox, SystemMailbox" if box.system else "Mailbox",
        "IsValid": True,
    }
    if shell.version == "2010":
        values["MoveHistory"] = (
            list_of([_history(entry) for entry in box.history])
            if shell.flag("IncludeMoveHistory") or shell.flag("IncludeMoveReport")
            else None
        )
    return make(
        "Microsoft.Exchange.Data.Mapi.MailboxStatistics",
        values,
        ("DisplayName", "ItemCount", "StorageLimitStatus", "LastLogonTime"),
    )


def _history(entry: dict[str, Any]) -> Record:
    values = {
        "Status": "Completed",
        "CompletionTimestamp": date(entry["completed"]),
        "BadItemsEncountered": entry["bad"],
        "SourceDatabase": str(entry["source"]),
        "TargetDatabase": str(entry["target"]),
    }
    return make("Microsoft.Exchange.Management.MailboxReplication.MoveHistoryEntry", values)
