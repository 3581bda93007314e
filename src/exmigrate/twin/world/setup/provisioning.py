"""/NewProvisionedServer and /RemoveProvisionedServer: a server's object before its software, for a delegated Setup."""

from __future__ import annotations

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.foundation import join_group
from exmigrate.twin.world.preparation import administrative_group_dn, organization_level
from exmigrate.twin.world.setup.context import SetupContext, SetupFailed

DELEGATES = "nTSecurityDescriptor"
"""Where the server's object keeps who may run Setup there: DNs."""

ADMINISTRATORS = {
    "2007": ("Exchange Organization Administrators", "Enterprise Admins", "Organization Management"),
    "2010": ("Organization Management", "Enterprise Admins"),
}
DELEGATED_SETUP = "Delegated Setup"


def provision(context: SetupContext) -> None:
    """Make or remove the object of a server that is not installed yet.

    Raises:
        SetupFailed: refused.
    """
    options = context.options
    if not context.token.member_of(*ADMINISTRATORS[context.level.product]):
        raise SetupFailed(
            f"You must be a member of the '{ADMINISTRATORS[context.level.product][0]}' group to provision a server."
        )
    if context.controller is None or organization_level(context.controller) < context.level.org:
        raise SetupFailed(
            "Active Directory hasn't been prepared for this version of Exchange: run setup /PrepareAD."
        )
    with context.world.access():
        if options.has("newprovisionedserver"):
            _add(context, options.values["newprovisionedserver"] or context.server.name)
        else:
            _remove(context, options.values["removeprovisionedserver"] or context.server.name)


def _add(context: SetupContext, name: str) -> None:
    dc = context.controller
    assert dc is not None
    base = f"CN=Servers,{administrative_group_dn(dc)}"
    others = [entry for entry in dc.children(base) if entry.get("serialNumber")] if dc.get(base) else []
    if not others:
        raise SetupFailed(
            "The first server of the organization cannot be provisioned: an administrator installs it."
        )
    machine = context.world.server(name)
    if machine is None or machine.domain is None:
        raise SetupFailed(f"The computer account '{name}' wasn't found in Active Directory.")
    dn = names.child("CN", machine.name, base)
    if dc.get(dn) is not None:
        raise SetupFailed(f"The server '{name}' is already in the organization.")
    delegates = []
    account = context.options.values.get("serveradmin", "")
    if account:
        record = context.world.accounts.find(context.server, *_parts(account))
        if record is None or not record.dn:
            raise SetupFailed(f"The user or group '{account}' wasn't found.")
        delegates.append(record.dn)
        if context.level.product == "2007":
            join_group(context.world, "Exchange View-Only Administrators", record.dn)
    dc.create(dn, "msExchExchangeServer", {"msExchProvisioningFlags": 1, DELEGATES: delegates})
    context.item(f"Provision Server ({machine.name})", "COMPLETED")


def _parts(account: str) -> tuple[str, str]:
    domain, _, name = account.rpartition("\\")
    return domain, name


def _remove(context: SetupContext, name: str) -> None:
    dc = context.controller
    assert dc is not None
    entry = dc.get(names.child("CN", name, f"CN=Servers,{administrative_group_dn(dc)}"))
    if entry is None:
        raise SetupFailed(f"There is no provisioned server '{name}'.")
    if not is_empty(entry):
        raise SetupFailed(
            f"Exchange has been installed on '{name}': its object cannot be removed by provisioning."
        )
    dc.delete(entry.dn, tree=True)
    context.item(f"Remove Provisioned Server ({name})", "COMPLETED")


def is_empty(entry: Entry) -> bool:
    """Whether a server's object stands without any software behind it."""
    return bool(entry.get("msExchProvisioningFlags")) and not entry.get("serialNumber")


def is_delegated(context: SetupContext) -> bool:
    """Whether the account that runs Setup was given this server."""
    dc = context.controller
    if dc is None:
        return False
    entry = dc.get(names.child("CN", context.server.name, f"CN=Servers,{administrative_group_dn(dc)}"))
    if entry is None or not entry.get("msExchProvisioningFlags"):
        return False
    if context.level.product == "2010" and context.token.member_of(DELEGATED_SETUP):
        return True
    record = context.world.accounts.find(context.server, context.token.domain, context.token.account)
    keys = {names.key(str(dn)) for dn in entry.get(DELEGATES)}
    return record is not None and bool(record.dn) and names.key(record.dn) in keys
