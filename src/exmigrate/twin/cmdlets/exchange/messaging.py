"""Unified Messaging: servers, dial plans, gateways, policies, mailboxes."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.cmdlets.exchange import mailboxes, objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.servers import roles_text
from exmigrate.twin.cmdlets.exchange.shell import RECIPIENT_ADMINISTRATORS, RECIPIENT_TASKS, Shell, TaskError
from exmigrate.twin.cmdlets.exchange.values import list_of
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry

PLACES = {
    "UMDialPlan": "DialPlan",
    "UMIPGateway": "IPGateway",
    "UMHuntGroup": "IPGateway",
    "UMMailboxPolicy": "Mailbox Policies",
    "UMAutoAttendant": "AutoAttendant",
}
SERVER_FIELDS = (
    "DialPlans",
    "MaxCallsAllowed",
    "SipTcpListeningPort",
    "SipTlsListeningPort",
    "UMStartupMode",
)


def _base(shell: Shell, kind: str) -> str:
    return shell.org.layout.um(PLACES[kind])


def _plan_link(shell: Shell, value: Any) -> str:
    return objects.one(shell, "UMDialPlan", value, _base(shell, "UMDialPlan")).dn


RESOLVERS: dict[str, objects.Resolver] = {"UMDialPlan": _plan_link, "DialPlans": _plan_link}


# servers


def _um_servers(shell: Shell) -> list[Entry]:
    base, identity = shell.org.layout.servers, shell.text("Identity")
    found = (
        [objects.one(shell, "ExchangeServer", identity, base)]
        if identity
        else objects.all_of(shell, "ExchangeServer", base)
    )
    fitting = [e for e in found if e.number("msExchCurrentServerRoles") & 16]
    if identity and not fitting:
        raise shell.not_found(identity)
    return fitting


@task("Get-UMServer")
def get_um_server(shell: Shell) -> None:
    """UM servers with their dial plans."""
    for entry in _um_servers(shell):
        values = objects.values_of(shell, "ExchangeServer", entry)
        extra = {name: values[name] for name in SERVER_FIELDS}
        extra["Status"] = shell.store.value(entry, "ExchangeServer", "UMStatus")
        extra["Languages"] = list_of(["en-US"])
        extra["ServerRole"] = roles_text(entry.number("msExchCurrentServerRoles"))
        kept = set(extra) | {"ExchangeLegacyDN"}
        record = objects.show(
            shell,
            "ExchangeServer",
            entry,
            names.rdn_value(entry.dn),
            extra,
            ("Name", "Status", "DialPlans"),
            [k for k in values if k not in kept],
        )
        shell.call.write(record)


@task("Set-UMServer")
def set_um_server(shell: Shell) -> None:
    """Dial plans and limits of a UM server."""
    entry = _um_servers(shell)[0]
    name = names.rdn_value(entry.dn)
    objects.own_version(shell, name, name)
    changes = objects.changes_of(shell, "ExchangeServer", entry, resolvers=RESOLVERS)
    if shell.given("Status"):
        changes["UMStatus"] = shell.text("Status")
    objects.apply(shell, "ExchangeServer", entry, changes, name)


# dial plans and what belongs to them


def _show(shell: Shell, kind: str, entry: Entry) -> Record:
    extra: dict[str, Any] = {}
    if kind == "UMDialPlan":
        key = names.key(entry.dn)
        extra["UMServers"] = list_of(
            [
                objects.link(shell, e.dn)
                for e in _pointing(shell, "ExchangeServer", "DialPlans", key, shell.org.layout.servers)
            ]
        )
        hunts = _pointing(shell, "UMHuntGroup", "UMDialPlan", key, _base(shell, "UMHuntGroup"))
        extra["UMHuntGroups"] = list_of([objects.link(shell, e.dn) for e in hunts])
        extra["UMIPGateway"] = list_of([objects.link(shell, names.parent(e.dn)) for e in hunts])
        policies = _pointing(shell, "UMMailboxPolicy", "UMDialPlan", key, _base(shell, "UMMailboxPolicy"))
        extra["UMMailboxPolicies"] = list_of([objects.link(shell, e.dn) for e in policies])
        attendants = _pointing(shell, "UMAutoAttendant", "UMDialPlan", key, _base(shell, "UMAutoAttendant"))
        extra["UMAutoAttendants"] = list_of([objects.link(shell, e.dn) for e in attendants])
    if kind == "UMIPGateway":
        hunts = shell.store.all("UMHuntGroup", entry.dn)
        extra["HuntGroups"] = list_of([objects.link(shell, e.dn) for e in hunts])
    if kind == "UMHuntGroup":
        extra["UMIPGateway"] = objects.link(shell, names.parent(entry.dn))
    return objects.show(shell, kind, entry, names.rdn_value(entry.dn), extra)


def _pointing(shell: Shell, kind: str, prop: str, key: str, base: str) -> list[Entry]:
    found = []
    for entry in shell.store.all(kind, base):
        value = shell.store.value(entry, kind, prop)
        links = value if isinstance(value, list) else [value] if value else []
        if key in [names.key(dn) for dn in links]:
            found.append(entry)
    return found


def _cmdlets(kind: str, versions: tuple[str, ...], sets: bool) -> None:
    def get(shell: Shell) -> None:
        identity = shell.text("Identity")
        found = (
            objects.find(shell, kind, identity, _base(shell, kind))
            if identity
            else objects.all_of(shell, kind, _base(shell, kind))
        )
        if identity and not found:
            raise shell.not_found(identity)
        if shell.given("UMDialPlan"):
            key = names.key(_plan_link(shell, shell.get("UMDialPlan")))
            found = [e for e in found if names.key(shell.store.value(e, kind, "UMDialPlan") or "") == key]
        for entry in found:
            shell.call.write(_show(shell, kind, entry))

    def change(shell: Shell) -> None:
        entry = objects.one(shell, kind, shell.get("Identity"), _base(shell, kind))
        objects.editable(shell, entry)
        objects.apply(shell, kind, entry, objects.changes_of(shell, kind, entry, resolvers=RESOLVERS))

    task(f"Get-{kind}", *versions)(get)
    if sets:
        task(f"Set-{kind}", "2010")(change)


_cmdlets("UMDialPlan", (), True)
_cmdlets("UMIPGateway", (), True)
_cmdlets("UMHuntGroup", (), False)
_cmdlets("UMMailboxPolicy", (), True)
_cmdlets("UMAutoAttendant", (), True)


def _create(shell: Shell, kind: str, above: str = "") -> Entry | None:
    name = shell.text("Name")
    dn = names.child("CN", name, above or _base(shell, kind))
    if shell.store.get(dn) is not None:
        raise shell.exists(name)
    values = objects.changes_of(shell, kind, None, resolvers=RESOLVERS)
    if not shell.call.should_process(name, f"New-{kind}"):
        return None
    return shell.store.create(kind, dn, values, shell.version)


@task("New-UMDialPlan")
def new_um_dial_plan(shell: Shell) -> None:
    """A dial plan with its default mailbox policy."""
    entry = _create(shell, "UMDialPlan")
    if entry is None:
        return
    name = names.rdn_value(entry.dn)
    if shell.get("GenerateUMMailboxPolicy", True):
        dn = names.child("CN", f"{name} Default Policy", _base(shell, "UMMailboxPolicy"))
        shell.store.create("UMMailboxPolicy", dn, {"UMDialPlan": entry.dn}, shell.version)
    shell.call.write(_show(shell, "UMDialPlan", entry))


@task("New-UMIPGateway")
def new_um_ip_gateway(shell: Shell) -> None:
    """A gateway, with a hunt group where a dial plan is named."""
    entry = _create(shell, "UMIPGateway")
    if entry is None:
        return
    if shell.given("UMDialPlan"):
        dn = names.child("CN", "Default Hunt Group", entry.dn)
        shell.store.create(
            "UMHuntGroup", dn, {"UMDialPlan": _plan_link(shell, shell.get("UMDialPlan"))}, shell.version
        )
    shell.call.write(_show(shell, "UMIPGateway", entry))


@task("New-UMMailboxPolicy")
def new_um_mailbox_policy(shell: Shell) -> None:
    """A mailbox policy of a dial plan."""
    entry = _create(shell, "UMMailboxPolicy")
    if entry is not None:
        shell.call.write(_show(shell, "UMMailboxPolicy", entry))


@task("New-UMHuntGroup", "2010")
def new_um_hunt_group(shell: Shell) -> None:
    """A hunt group of a gateway for a dial plan."""
    gateway = objects.one(shell, "UMIPGateway", shell.get("UMIPGateway"), _base(shell, "UMIPGateway"))
    entry = _create(shell, "UMHuntGroup", gateway.dn)
    if entry is not None:
        shell.call.write(_show(shell, "UMHuntGroup", entry))


def _remove(kind: str, *versions: str) -> None:
    def drop(shell: Shell) -> None:
        entry = objects.one(shell, kind, shell.get("Identity"), _base(shell, kind))
        key = names.key(entry.dn)
        if kind == "UMDialPlan" and _pointing(
            shell, "ExchangeServer", "DialPlans", key, shell.org.layout.servers
        ):
            raise TaskError(
                f"The dial plan '{names.rdn_value(entry.dn)}' is associated with one or more UM servers and can't be removed.",
                "InvalidOperation",
            )
        if kind == "UMMailboxPolicy":
            _refuse_used(shell, entry)
        objects.remove(shell, entry)

    task(f"Remove-{kind}", *versions)(drop)


def _refuse_used(shell: Shell, policy: Entry) -> None:
    key = names.key(policy.dn)
    for mailbox in shell.org.recipients.all(shell.reference_controller):
        if mailbox.number("msExchUMEnabledFlags") and names.key(mailbox.text("msExchUMTemplateLink")) == key:
            raise TaskError(
                f"The UM mailbox policy '{names.rdn_value(policy.dn)}' is in use by one or more mailboxes, '"
                f"{names.rdn_value(mailbox.dn)}' among them, and can't be removed.",
                "InvalidOperation",
            )


for _kind in ("UMDialPlan", "UMIPGateway", "UMMailboxPolicy"):
    _remove(_kind)
_remove("UMHuntGroup", "2010")


# mailboxes


def _policy_of(shell: Shell, entry: Entry) -> Entry | None:
    dn = entry.text("msExchUMTemplateLink")
    return shell.store.get(dn) if dn else None


def _show_mailbox(shell: Shell, entry: Entry) -> Record:
    policy = _policy_of(shell, entry)
    plan = shell.store.value(policy, "UMMailboxPolicy", "UMDialPlan") if policy else None
    values = {
        "DisplayName": entry.text("displayName"),
        "Extensions": list_of([entry.text("msExchUMExtension")] if entry.text("msExchUMExtension") else []),
        "UMEnabled": True,
        "UMMailboxPolicy": objects.link(shell, policy.dn) if policy else None,
        "UMDialPlan": objects.link(shell, plan) if plan else None,
        "PrimarySmtpAddress": entry.text("mail"),
        "SamAccountName": entry.text("sAMAccountName"),
        "ServerName": shell.org.recipients.server_of_mailbox(shell.recipient_controller, entry).lower(),
    }
    return mailboxes.recipient_record(
        shell,
        entry,
        "UMMailbox",
        values,
        entry.number("msExchVersion"),
        ("DisplayName", "Extensions", "UMMailboxPolicy", "UMDialPlan"),
    )


@task("Get-UMMailbox", namespace=RECIPIENT_TASKS)
def get_um_mailbox(shell: Shell) -> None:
    """UM-enabled mailboxes."""
    identity = shell.text("Identity")
    if identity:
        entry = mailboxes.one_mailbox(shell, identity)
        if not entry.number("msExchUMEnabledFlags"):
            raise shell.not_found(identity)
        shell.call.write(_show_mailbox(shell, entry))
        return
    every = shell.org.recipients.all(shell.recipient_controller, shell.whole_forest)
    for entry in objects.limited(shell, [e for e in every if e.number("msExchUMEnabledFlags")]):
        shell.call.write(_show_mailbox(shell, entry))


@task("Enable-UMMailbox", allowed=RECIPIENT_ADMINISTRATORS, namespace=RECIPIENT_TASKS)
def enable_um_mailbox(shell: Shell) -> None:
    """Switch UM on for a mailbox."""
    entry = mailboxes.one_mailbox(shell, shell.get("Identity"))
    if entry.number("msExchUMEnabledFlags"):
        raise TaskError(
            f"The mailbox '{names.rdn_value(entry.dn)}' is already enabled for Unified Messaging.",
            "InvalidOperation",
        )
    if shell.org.recipients.details(entry) == "LegacyMailbox":
        raise TaskError(
            f"The mailbox '{names.rdn_value(entry.dn)}' can't be enabled for Unified Messaging: it is on a server running an "
            "earlier version of Exchange than Exchange Server 2007.",
            "InvalidOperation",
        )
    policy = objects.one(
        shell, "UMMailboxPolicy", shell.get("UMMailboxPolicy"), _base(shell, "UMMailboxPolicy")
    )
    extensions = shell.texts("Extensions")
    _check_extensions(shell, entry, policy, extensions)
    if shell.flag("ValidateOnly"):
        return
    if shell.call.should_process(names.canonical_name(entry.dn), "Enable-UMMailbox"):
        changes: dict[str, Any] = {
            "msExchUMEnabledFlags": 1,
            "msExchUMTemplateLink": policy.dn,
            "msExchUMExtension": extensions[0] if extensions else None,
        }
        mailboxes.writer_of(shell, entry).modify(entry.dn, changes)
        fresh = mailboxes.writer_of(shell, entry).get(entry.dn)
        assert fresh is not None
        shell.call.write(_show_mailbox(shell, fresh))


def _check_extensions(shell: Shell, mailbox: Entry, policy: Entry, extensions: list[str]) -> None:
    plan_dn = shell.store.value(policy, "UMMailboxPolicy", "UMDialPlan")
    plan = shell.store.get(plan_dn) if plan_dn else None
    digits = shell.store.value(plan, "UMDialPlan", "NumberOfDigitsInExtension") if plan is not None else 0
    for extension in extensions:
        if digits and (not extension.isdigit() or len(extension) != digits):
            raise TaskError(
                f"The extension '{extension}' isn't valid: extensions of the dial plan '{names.rdn_value(plan_dn or '')}' have "
                f"{digits} digits.",
                "InvalidArgument",
            )
        for other in shell.org.recipients.all(shell.reference_controller):
            taken = other.number("msExchUMEnabledFlags") and other.text("msExchUMExtension") == extension
            held = _policy_of(shell, other) if taken and other.guid != mailbox.guid else None
            if held is not None and shell.store.value(held, "UMMailboxPolicy", "UMDialPlan") == plan_dn:
                raise TaskError(
                    f"The extension '{extension}' is already assigned to '{names.rdn_value(other.dn)}' on the dial plan "
                    f"'{names.rdn_value(plan_dn or '')}'.",
                    "InvalidArgument",
                )


@task("Disable-UMMailbox", allowed=RECIPIENT_ADMINISTRATORS, namespace=RECIPIENT_TASKS)
def disable_um_mailbox(shell: Shell) -> None:
    """Switch UM off for a mailbox."""
    entry = mailboxes.one_mailbox(shell, shell.get("Identity"))
    if shell.call.should_process(names.canonical_name(entry.dn), "Disable-UMMailbox"):
        gone = dict.fromkeys(("msExchUMEnabledFlags", "msExchUMTemplateLink", "msExchUMExtension"))
        mailboxes.writer_of(shell, entry).modify(entry.dn, gone)
