"""AD preparation: /PrepareSchema, /PrepareAD, /PrepareDomain and their kin."""

from __future__ import annotations

from exmigrate import facts
from exmigrate.twin.world import dn as names
from exmigrate.twin.world import preparation
from exmigrate.twin.world.forest import DomainController
from exmigrate.twin.world.foundation import join_group
from exmigrate.twin.world.legacy import organization as legacy
from exmigrate.twin.world.legacy import permissions
from exmigrate.twin.world.setup.checks import (
    check_forest,
    check_logon,
    check_machine,
    check_media,
    check_neighbours,
)
from exmigrate.twin.world.setup.context import SetupContext, SetupFailed


def prepare(context: SetupContext) -> None:
    """Run the preparations of the command line, earlier ones included where they are missing.

    Raises:
        SetupFailed: a prerequisite is not met.
    """
    world = context.world
    with world.access():
        master = world.forest.master("schema")
        asked = context.options.preparations()
        needs_master = bool({"prepareschema", "preparead"} & set(asked))
        if needs_master and not context.options.has("domaincontroller"):
            context.controller = master
        _check(context, needs_master)
        busy = world.preparing
        if busy and busy != context.server.name:
            context.errors.append(f"Active Directory is being prepared by Setup on {busy}.")
        _stop_on_errors(context)
        world.preparing = context.server.name
    try:
        _run(context, asked)
    finally:
        world.preparing = ""


def _check(context: SetupContext, needs_master: bool) -> None:
    context.say("Performing Microsoft Exchange Server Prerequisite Check")
    check_machine(context, ())
    if not check_logon(context):
        return
    check_media(context)
    check_forest(context)
    _check_rights(context)
    if needs_master:
        _check_place(context)
    if context.options.has("preparead"):
        check_neighbours_of_organization(context)
        check_remnants(context)


def check_neighbours_of_organization(context: SetupContext) -> None:
    """Servers that must not be there at all when the organization is prepared."""
    before = list(context.errors)
    check_neighbours(context, ())
    kept = [
        text
        for text in context.errors
        if text in before or "Exchange 2003 servers must" in text or "Exchange 2000" in text
    ]
    context.errors[:] = kept


def check_remnants(context: SetupContext) -> None:
    """Exchange 5.5 must be gone."""
    assert context.controller is not None
    for what in legacy.remnants(context.controller):
        context.errors.append(
            f"Exchange Server 5.5 and its connectors must be removed from the organization before Setup can continue: {what}."
        )


def _check_rights(context: SetupContext) -> None:
    asked, token = context.options.preparations(), context.token
    if "prepareschema" in asked and not (
        token.member_of("Schema Admins") and token.member_of("Enterprise Admins")
    ):
        context.errors.append(
            "The Active Directory schema isn't up-to-date, and this user account isn't a member of the 'Schema "
            "Admins' and/or 'Enterprise Admins' groups."
        )
    if "preparead" in asked and not token.member_of("Enterprise Admins"):
        context.errors.append(
            "Global updates need to be made to Active Directory, and this user account isn't a member of the "
            "'Enterprise Admins' group."
        )
    domain_work = {"preparedomain", "preparealldomains", "preparelegacyexchangepermissions"} & set(asked)
    everywhere = "preparealldomains" in asked or (
        "preparelegacyexchangepermissions" in asked
        and not context.options.values["preparelegacyexchangepermissions"]
    )
    if everywhere and not token.member_of("Enterprise Admins"):
        context.errors.append(
            "All domains of the forest are to be changed, and this user account isn't a member of the 'Enterprise "
            "Admins' group."
        )
    if domain_work and not token.member_of("Domain Admins", "Enterprise Admins"):
        context.errors.append(
            "The user account isn't a member of the 'Domain Admins' group of the domain to be prepared."
        )


def _check_place(context: SetupContext) -> None:
    master = context.world.forest.master("schema")
    if master is None:
        return
    same_domain = master.spec.domain.lower() == context.server.spec.domain.lower()
    same_site = master.site.lower() == context.server.site.lower()
    if not same_domain or not same_site:
        context.errors.append(
            "Setup has determined that this computer is not in the same domain and site as the Active Directory "
            f"schema master ({master.fqdn}, site {master.site}). Run this operation from there."
        )
    if not master.up:
        context.errors.append(f"The schema master {master.fqdn} cannot be contacted.")


def _stop_on_errors(context: SetupContext) -> None:
    for warning in context.warnings:
        context.log(f"[WARNING] {warning}", 1)
        context.say(f"     Warning: {warning}")
    context.item("Organization Checks", "FAILED" if context.errors else "COMPLETED")
    if context.errors:
        raise SetupFailed("\n".join(context.errors))


def _run(context: SetupContext, asked: list[str]) -> None:
    context.say("Configuring Microsoft Exchange Server")
    if "preparelegacyexchangepermissions" in asked:
        _legacy(context)
    if "prepareschema" in asked:
        _schema(context)
    if "preparead" in asked:
        if preparation.schema_level(_controller(context)) < context.level.schema:
            if not context.token.member_of("Schema Admins"):
                raise SetupFailed(
                    "The Active Directory schema isn't up-to-date, and this user account isn't a member of the "
                    "'Schema Admins' and/or 'Enterprise Admins' groups."
                )
            _schema(context)
        _organization(context)
    if "preparedomain" in asked:
        _domain(context, context.options.values["preparedomain"] or context.server.spec.domain)
    if "preparealldomains" in asked:
        for domain in context.world.spec.forest.domains:
            _domain(context, domain.name)


def _controller(context: SetupContext) -> DomainController:
    assert context.controller is not None
    return context.controller


def _schema(context: SetupContext) -> None:
    dc = _controller(context)
    if preparation.schema_level(dc) >= context.level.schema:
        context.item("Extending Active Directory schema", "COMPLETED")
        context.log("Schema is up to date; nothing to extend.", 1)
        return
    context.occasion("prepareschema:start")
    context.work(facts.setup_minutes("prepareschema"), "ldifde.exe -i -s " + dc.fqdn + " -f schema0.ldf")
    # an import that dies has changed a part of the schema but not the version that is written last
    context.occasion("prepareschema:import")
    with context.world.access():
        preparation.prepare_schema(dc, context.level.name)
        context.world.hooks.prepared(context.world, "schema", context.level.name, "")
    context.item("Extending Active Directory schema", "COMPLETED")


def _organization(context: SetupContext) -> None:
    dc = _controller(context)
    name = context.options.values.get("organizationname", "")
    if not preparation.organization_dn(dc) and not name:
        raise SetupFailed(
            "You must specify the organization name by using the /OrganizationName parameter when you run this operation."
        )
    context.occasion("preparead:start")
    context.work(facts.setup_minutes("preparead"), "install-ExchangeOrganization")
    with context.world.access():
        faults = legacy.policy_faults(dc)
    if faults:
        raise SetupFailed("\n".join(faults))
    context.occasion("preparead:containers")
    with context.world.access():
        preparation.prepare_organization(
            context.world, dc, context.level.name, name or context.world.spec.organization
        )
        _make_administrator(context)
        context.world.hooks.prepared(context.world, "organization", context.level.name, "")
    context.item("Organization Preparation", "COMPLETED")


def _make_administrator(context: SetupContext) -> None:
    group = preparation.groups_of(context.level.product)
    record = context.world.accounts.find(context.server, context.token.domain, context.token.account)
    if group and record is not None and record.dn:
        join_group(context.world, group[0], record.dn)


def _domain(context: SetupContext, domain: str) -> None:
    known = context.world.forest.domain(domain)
    if known is None:
        raise SetupFailed(f"The domain '{domain}' wasn't found in this forest.")
    dc = context.world.forest.find(context.server.site, domain=known.name, writable=True)
    if dc is None:
        raise SetupFailed(f"No writable domain controller of the domain '{domain}' can be contacted.")
    if preparation.organization_level(dc) < context.level.org:
        raise SetupFailed(
            f"Active Directory hasn't been prepared for this version of Exchange on domain controller {dc.fqdn}: run "
            "setup /PrepareAD and wait until the change has replicated."
        )
    context.occasion(f"preparedomain:{known.name}")
    context.work(
        facts.setup_minutes("preparedomain"),
        f"initialize-DomainPermissions -Domain {names.domain_dn(known.name)}",
    )
    with context.world.access():
        preparation.prepare_domain(context.world, dc, context.level.name, known.name)
        context.world.hooks.prepared(context.world, "domain", context.level.name, known.name)
    context.item(f"Prepare Domain Progress ({known.name})", "COMPLETED")


def _legacy(context: SetupContext) -> None:
    for name in _legacy_domains(context):
        dc = context.world.forest.find(context.server.site, domain=name, writable=True)
        if dc is None:
            raise SetupFailed(f"No writable domain controller of the domain '{name}' can be contacted.")
        context.occasion(f"preparelegacyexchangepermissions:{name}")
        context.work(
            facts.setup_minutes("preparedomain"),
            f"set-LegacyExchangePermissions -Domain {names.domain_dn(name)}",
        )
        with context.world.access():
            permissions.grant(dc, name)
    context.item("Legacy Permissions", "COMPLETED")


def _legacy_domains(context: SetupContext) -> list[str]:
    """Domains to grant in: the one of the switch, else every one where DomainPrep of 2000 or 2003 ran."""
    wanted = context.options.values["preparelegacyexchangepermissions"]
    forest = context.world.forest
    if wanted:
        known = forest.domain(wanted)
        if known is None:
            raise SetupFailed(f"The domain '{wanted}' wasn't found in this forest.")
        chosen = [known.name]
    else:
        chosen = [item.name for item in forest.spec.domains]
    found = []
    for name in chosen:
        dc = forest.find(context.server.site, domain=name)
        if dc is None:
            raise SetupFailed(f"No domain controller of the domain '{name}' can be contacted.")
        if permissions.has_legacy_groups(dc, name):
            found.append(name)
        elif wanted:
            context.log(f"The domain {name} has no Exchange Enterprise Servers group; nothing to grant.", 1)
    return found
