"""Client Access arrays and the directory settings of a shell."""

from __future__ import annotations

from exmigrate import facts
from exmigrate.twin.cmdlets.exchange import objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import Shell, TaskError, settings_of
from exmigrate.twin.cmdlets.exchange.values import ad_object_id, list_of, make
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry


def _show_array(shell: Shell, entry: Entry) -> Record:
    site = names.key(entry.text("msExchServerSite"))
    members = [
        ad_object_id(e.dn, names.rdn_value(e.dn), e.guid)
        for e in objects.all_of(shell, "ExchangeServer", shell.org.layout.servers)
        if e.number("msExchCurrentServerRoles") & 4
        and names.key(e.text("msExchServerSite")) == site
        and shell.store.version(e) >= facts.object_version("2010")
    ]
    extra = {"SiteName": names.rdn_value(entry.text("msExchServerSite")), "Members": list_of(members)}
    return objects.show(shell, "ClientAccessArray", entry, names.rdn_value(entry.dn), extra)


@task("Get-ClientAccessArray", "2010")
def get_client_access_array(shell: Shell) -> None:
    """Client Access arrays, of one site where it is named."""
    identity, site = shell.text("Identity"), shell.get("Site")
    found = (
        objects.find(shell, "ClientAccessArray", identity)
        if identity
        else objects.all_of(shell, "ClientAccessArray")
    )
    if identity and not found:
        raise shell.not_found(identity)
    if site is not None:
        wanted = names.key(objects.site_link(shell, site))
        found = [entry for entry in found if names.key(entry.text("msExchServerSite")) == wanted]
    for entry in found:
        shell.call.write(_show_array(shell, entry))


@task("New-ClientAccessArray", "2010")
def new_client_access_array(shell: Shell) -> None:
    """An array of a site; a site has at most one."""
    site = objects.site_link(shell, shell.get("Site"))
    name, fqdn = shell.text("Name"), shell.text("Fqdn")
    for entry in objects.all_of(shell, "ClientAccessArray"):
        if names.key(entry.text("msExchServerSite")) == names.key(site):
            raise TaskError(
                f"The Client Access array '{names.rdn_value(entry.dn)}' already exists in the Active Directory site "
                f"'{names.rdn_value(site)}'. Only one array is allowed for each site.",
                "InvalidArgument",
            )
        if shell.store.value(entry, "ClientAccessArray", "Fqdn").lower() == fqdn.lower():
            raise TaskError(
                f"A Client Access array with the FQDN '{fqdn}' already exists.", "InvalidArgument"
            )
    if not shell.call.should_process(name, "New-ClientAccessArray"):
        return
    legacy = shell.org.layout.legacy_server(fqdn)
    values = {"Fqdn": fqdn, "Site": site, "ExchangeLegacyDN": legacy}
    dn = names.child("CN", name or fqdn, shell.org.layout.arrays)
    shell.call.write(_show_array(shell, shell.store.create("ClientAccessArray", dn, values, "2010")))


@task("Set-ClientAccessArray", "2010")
def set_client_access_array(shell: Shell) -> None:
    """Name, FQDN or site of an array."""
    entry = objects.one(shell, "ClientAccessArray", shell.get("Identity"))
    resolvers: dict[str, objects.Resolver] = {"Site": objects.site_link}
    objects.apply(
        shell,
        "ClientAccessArray",
        entry,
        objects.changes_of(shell, "ClientAccessArray", entry, resolvers=resolvers),
    )


@task("Remove-ClientAccessArray", "2010")
def remove_client_access_array(shell: Shell) -> None:
    """Remove an array."""
    objects.remove(shell, objects.one(shell, "ClientAccessArray", shell.get("Identity")))


# session settings


@task("Set-ADServerSettings", "2010")
def set_ad_server_settings(shell: Shell) -> None:
    """Scope and preferred controller of this shell process."""
    found = settings_of(shell.machine)
    if shell.given("ViewEntireForest"):
        found.whole_forest = bool(shell.get("ViewEntireForest"))
    if shell.given("PreferredServer"):
        named = shell.text("PreferredServer")
        if named and shell.world.forest.controller(named) is None:
            raise shell.not_found(named)
        found.preferred = named


@task("Get-ADServerSettings", "2010")
def get_ad_server_settings(shell: Shell) -> None:
    """Scope and preferred controller of this shell process."""
    found = settings_of(shell.machine)
    values = {
        "DefaultGlobalCatalog": shell.controller.fqdn,
        "PreferredDomainControllerForDomain": list_of([]),
        "DefaultConfigurationDomainController": shell.controller.fqdn,
        "DefaultPreferredDomainControllers": list_of([found.preferred] if found.preferred else []),
        "ViewEntireForest": found.whole_forest,
        "RecipientViewRoot": "" if found.whole_forest else names.dns_name(shell.controller.domain_dn),
    }
    shell.call.write(
        make("Microsoft.Exchange.Data.Directory.RunspaceServerSettingsPresentationObject", values)
    )
