"""The first state of a world: directory, machines, source Exchange, DNS and media, from the specification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exmigrate import facts
from exmigrate.twin.powershell.machine import LogEntry
from exmigrate.twin.world import clusters
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.features import add_features
from exmigrate.twin.world.foundation import build_directory, computer_attributes, join_group, writable
from exmigrate.twin.world.installation import (
    EDGE,
    configure_role,
    install_files,
    write_program,
    write_server_object,
)
from exmigrate.twin.world.legacy import install_legacy, is_legacy
from exmigrate.twin.world.legacy.organization import build as build_legacy
from exmigrate.twin.world.legacy.organization import build_groups
from exmigrate.twin.world.media import lay_media
from exmigrate.twin.world.preparation import (
    groups_of,
    prepare_domain,
    prepare_organization,
    prepare_schema,
)
from exmigrate.twin.world.server import Server, ticks
from exmigrate.twin.world.spec import DnsRecord, DomainControllerSpec, ServerSpec

if TYPE_CHECKING:
    from exmigrate.twin.world.world import World

FOLDERS = (
    r"C:\Windows\System32\WindowsPowerShell\v1.0",
    r"C:\Windows\System32\drivers\etc",
    r"C:\Windows\Temp",
    r"C:\Program Files",
    r"C:\Program Files (x86)",
    r"C:\ProgramData",
    r"C:\Users\Administrator\AppData\Local\Temp",
)


def build(world: World) -> None:
    """Bring a world to its first state; replication is instant meanwhile."""
    build_directory(world)
    _prepare(world)
    for controller in world.spec.forest.domain_controllers:
        _add_machine(world, controller_machine(world, controller), True)
    for spec in world.spec.servers:
        _add_machine(world, spec, False)
    _names(world)
    for account in world.spec.accounts:
        # groups that preparation made exist only now
        record = (
            world.accounts.find(_any_member(world), account.domain, account.name) if world.servers else None
        )
        for group in account.groups:
            if record is not None and record.dn:
                join_group(world, group, record.dn)
    build_groups(world, writable(world, world.spec.forest.domains[0].name))
    for spec in world.spec.servers:
        _install_source(world, world.servers[spec.name.lower()])
    clusters.build(world)
    build_legacy(world)
    for media in world.spec.media:
        lay_media(world, media)
    world.hooks.bootstrap(world)
    for server in world.servers.values():
        server.files.synchronize()


def _any_member(world: World) -> Server:
    return next(
        (s for s in world.servers.values() if s.domain is not None), next(iter(world.servers.values()))
    )


def _prepare(world: World) -> None:
    forest = world.spec.forest
    if not forest.exchange_version:
        return
    levels = facts.exchange_levels()
    master = world.forest.master("schema")
    assert master is not None
    prepare_schema(master, forest.exchange_schema or forest.exchange_version)
    prepare_organization(world, master, forest.exchange_version, world.spec.organization)
    for domain in forest.domains:
        level = domain.exchange_version or forest.exchange_version
        if level in levels:
            prepare_domain(world, master, level, domain.name)
    if levels[forest.exchange_version].product == "2007":
        for name in groups_of("2007")[:1]:
            _seed_administrators(world, name)


def _seed_administrators(world: World, group: str) -> None:
    for account in world.spec.accounts:
        if "Enterprise Admins" in account.groups:
            controller = writable(world, account.domain)
            found = controller.search(controller.domain_dn, f"(sAMAccountName={account.name})")
            if found:
                join_group(world, group, found[0].dn)


def controller_machine(world: World, spec: DomainControllerSpec) -> ServerSpec:
    """The machine of a domain controller."""
    known = world.forest.domain(spec.domain)
    return ServerSpec(
        name=spec.name,
        domain=known.name if known else spec.domain,
        site=spec.site,
        addresses=spec.addresses,
        os=spec.os,
        service_pack=spec.service_pack,
        edition=spec.edition,
        features=("AD-Domain-Services", "RSAT-ADDS", "NET-Framework") if spec.os != "2003" else (),
        powershell="2.0",
    )


def _add_machine(world: World, spec: ServerSpec, controller: bool) -> None:
    server = Server(world, spec, controller)
    world.add_server(server)
    for folder in FOLDERS:
        server.files.make_directory(folder)
    write_program(
        server, r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe", server.windows.version
    )
    write_program(server, r"C:\Windows\System32\cmd.exe", server.windows.version)
    server.add_services(facts.base_services())
    if controller:
        server.add_services((facts.ServiceFact("NTDS", "Active Directory Domain Services", "Auto"),))
    add_features(server, spec.features, with_parents=True)
    if spec.os in ("2008", "2003", "2003R2"):
        server.hotfixes |= {"KB968930"} if spec.powershell == "2.0" else set()
    _machine_registry(server)
    server.event_logs.write(
        LogEntry(
            "System",
            "EventLog",
            6005,
            "Information",
            "The Event log service was started.",
            ticks(server.booted_at),
        )
    )
    for name in spec.hotfixes:
        server.install_uninstall_entry(name)
    for key, values in spec.registry.items():
        server.set_registry(key, **values)
    for file in spec.files:
        server.files.put(file)
    for account in spec.local_accounts:
        world.accounts.add_local_account(server, account)
    if spec.pending_reboot:
        server.require_reboot("pending")
    if server.domain is not None and not controller:
        _computer_account(world, server)


def _computer_account(world: World, server: Server) -> None:
    spec = server.spec
    dn = f"CN={spec.name},CN=Computers,{names.domain_dn(spec.domain)}"
    dc = writable(world, spec.domain)
    if dc.get(dn) is None:
        dc.create(
            dn,
            "computer",
            computer_attributes(spec.name, server.fqdn, spec.os, spec.service_pack, spec.edition),
        )


def _machine_registry(server: Server) -> None:
    windows = server.windows
    major, minor, build = windows.version.split(".")
    server.set_registry(
        r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion",
        ProductName=windows.caption,
        CurrentVersion=f"{major}.{minor}",
        CurrentBuild=build,
        CurrentBuildNumber=build,
        CSDVersion=f"Service Pack {server.service_pack}" if server.service_pack else "",
        SystemRoot="C:\\Windows",
        EditionID=f"Server{server.spec.edition}",
    )
    server.set_registry(r"HKLM\SOFTWARE\Microsoft\Cryptography", MachineGuid=server.machine_guid)
    server.set_registry(
        r"HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName", ComputerName=server.name.upper()
    )
    server.set_registry(
        r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters",
        Hostname=server.name,
        Domain=server.spec.domain or server.spec.dns_suffix,
        **{"NV Domain": server.spec.domain or server.spec.dns_suffix},
    )
    server.set_registry(r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager")
    server.set_registry(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall")
    server.set_registry(r"HKLM\SOFTWARE\Microsoft\Updates")
    if server.spec.dotnet.startswith("3.5"):
        server.set_registry(
            r"HKLM\SOFTWARE\Microsoft\NET Framework Setup\NDP\v3.5", Install=1, SP=1, Version="3.5.30729.01"
        )
    server.set_registry(
        r"HKLM\SOFTWARE\Microsoft\NET Framework Setup\NDP\v2.0.50727", Install=1, SP=2, Version="2.2.30729"
    )
    if server.spec.powershell:
        server.set_registry(
            r"HKLM\SOFTWARE\Microsoft\PowerShell\1\PowerShellEngine", PowerShellVersion=server.spec.powershell
        )


def _names(world: World) -> None:
    for server in world.servers.values():
        view = "internal" if server.domain else "both"
        for address in server.addresses:
            if not world.dns.addresses(server.fqdn, "internal"):
                world.dns.add(DnsRecord(server.fqdn, "A", address, 1200, view))
    for host in world.spec.hosts:
        for address in host.addresses:
            if not world.dns.addresses(host.name, "internal"):
                world.dns.add(DnsRecord(host.name, "A", address))
    for domain in world.spec.forest.domains:
        for dc in world.spec.forest.domain_controllers:
            if dc.domain.lower() == domain.name.lower():
                for address in dc.addresses:
                    world.dns.add(DnsRecord(domain.name, "A", address, 600, "internal"))


def _install_source(world: World, server: Server) -> None:
    found = server.spec.exchange
    if found is None:
        return
    controller = world.forest.find(server.site, domain=server.spec.domain, writable=True)
    assert controller is not None
    if is_legacy(found.version):
        install_legacy(controller, server)
        return
    install_files(server, found.version)
    assert server.exchange is not None
    server.exchange.edition = found.edition
    if found.rollup:
        server.exchange.build = found.rollup
        write_program(server, f"{server.exchange.folder}Bin\\ExSetup.exe", found.rollup)
    for role in (*found.roles, "ManagementTools"):
        configure_role(server, found.version, role)
    in_cluster = any(server.name.lower() in map(str.lower, c.nodes) for c in world.spec.clusters)
    if EDGE in found.roles or in_cluster:
        return  # a node has no object: Exchange knows the clustered server alone
    write_server_object(world, controller, server, found.version)
    if "ClientAccess" in found.roles:
        add_features(server, ("Web-Server",))
