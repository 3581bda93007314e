"""What Exchange on a server leaves on the machine and in the directory, role by role.

Setup calls these at run time; the start of a world calls them for what the source has. The objects of a role
(databases, virtual directories, connectors) come from the Exchange hooks, not from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exmigrate import facts
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Attributes
from exmigrate.twin.world.disk import program_text
from exmigrate.twin.world.preparation import administrative_group_dn, organization_dn
from exmigrate.twin.world.server import ExchangeInstall

if TYPE_CHECKING:
    from exmigrate.twin.world.forest import DomainController
    from exmigrate.twin.world.server import Server
    from exmigrate.twin.world.world import World

EDGE = "EdgeTransport"


def registry_root(product: str) -> str:
    """Registry key of a product, such as ``HKLM\\SOFTWARE\\Microsoft\\ExchangeServer\\v14``."""
    return facts.product(product).registry


def role_key(product: str, role: str) -> str:
    """Registry key of a role."""
    return rf"{registry_root(product)}\{facts.roles()[role].registry}"


def server_dn(controller: DomainController, server: Server) -> str:
    """DN of the server's Exchange object (where it is or would be)."""
    return f"CN={server.name},CN=Servers,{administrative_group_dn(controller)}"


def install_files(server: Server, level: str) -> None:
    """Binaries, registry and environment that any role of a level needs."""
    known = facts.exchange_levels()[level]
    product = facts.product(known.product)
    folder = product.folder
    if server.exchange is None or server.exchange.product != known.product:
        server.exchange = ExchangeInstall(level, build=known.build, folder=folder)
    server.exchange.level = level
    server.exchange.build = max(server.exchange.build, known.build, key=facts.build_tuple)
    for name in ("Bin", "Scripts", "Logging", "Mailbox", r"ClientAccess\OWA"):
        server.files.make_directory(f"{folder}{name}")
    write_program(server, f"{folder}Bin\\ExSetup.exe", server.exchange.build)
    write_program(server, f"{folder}Bin\\setup.com", known.build)
    _registry(server, level)
    server.machine_environment["ExchangeInstallPath"] = folder
    path = server.machine_environment.get("Path", "")
    if folder not in path:
        server.machine_environment["Path"] = (
            f"C:\\Windows\\system32;C:\\Windows;C:\\Windows\\System32\\Wbem;"
            f"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\;{folder}bin;{folder}Scripts"
        )
    server.install_uninstall_entry(f"Microsoft Exchange Server {known.product}", known.build)


def write_program(server: Server, path: str, version: str) -> None:
    """A program file with a version resource."""
    server.files.make_directory(server.files.parent(path))
    server.files.write(path, program_text(path, version))


def _registry(server: Server, level: str) -> None:
    known = facts.exchange_levels()[level]
    folder = facts.product(known.product).folder
    root = registry_root(known.product)
    major, minor, build, revision = (*known.numbers, 0, 0)[:4]
    server.set_registry(
        rf"{root}\Setup" if known.product != "2003" else root,
        MsiInstallPath=folder,
        MsiProductMajor=major,
        MsiProductMinor=minor,
        MsiBuildMajor=build,
        MsiBuildMinor=revision,
        Services=folder,
    )
    snapin = facts.product(known.product).snapin
    if snapin:
        server.set_registry(
            rf"HKLM\SOFTWARE\Microsoft\PowerShell\1\PowerShellSnapIns\{snapin}",
            ApplicationBase=f"{folder}bin",
            Version="8.0.0.0" if known.product == "2007" else "14.0.0.0",
            PowerShellVersion="1.0" if known.product == "2007" else "2.0",
        )


def unpack_role(server: Server, level: str, role: str, action: str = "Install") -> None:
    """Begin a role: unpacked, with the watermark of a Setup that has not ended."""
    known = facts.exchange_levels()[level]
    server.set_registry(
        role_key(known.product, role),
        UnpackedVersion=known.build,
        Watermark=f"{action}:{role}:Configure",
        Action=action,
    )


def configure_role(server: Server, level: str, role: str) -> None:
    """End a role: configured, watermark gone, services running."""
    known = facts.exchange_levels()[level]
    key = role_key(known.product, role)
    server.set_registry(key, ConfiguredVersion=known.build, UnpackedVersion=known.build)
    clear_watermark(server, known.product, role)
    if server.exchange is not None:
        server.exchange.roles.add(role)
    if role != "ManagementTools":
        server.add_services(facts.role_services(known.product, "common"))
        server.add_services(facts.role_services(known.product, role))


def clear_watermark(server: Server, product: str, role: str) -> None:
    """Remove the traces of an unfinished Setup of a role."""
    key = role_key(product, role)
    server.delete_registry(key, "Watermark")
    server.delete_registry(key, "Action")


def watermark(server: Server, product: str, role: str) -> str:
    """The watermark of a half-done Setup of a role; empty for none."""
    return str(server.registry_value(role_key(product, role), "Watermark") or "")


def unconfigure_role(server: Server, product: str, role: str) -> None:
    """Take a role off the machine: registry and services that no other role needs."""
    server.delete_registry(role_key(product, role))
    if server.exchange is None:
        return
    server.exchange.roles.discard(role)
    left = {role_name for role_name in server.exchange.roles if role_name != "ManagementTools"}
    keep = {fact.name for name in left for fact in facts.role_services(product, name)}
    if left:
        keep |= {fact.name for fact in facts.role_services(product, "common")}
    for name in (role, "common"):
        for fact in facts.role_services(product, name):
            if fact.name not in keep and server.services.get(fact.name) is not None:
                server.services.stop_if_running(fact.name)
                server.services.delete(fact.name)


def remove_files(server: Server) -> None:
    """Take the whole product off a machine after its last role."""
    if server.exchange is None:
        return
    product = server.exchange.product
    server.delete_registry(registry_root(product))
    snapin = facts.product(product).snapin
    if snapin:
        server.delete_registry(rf"HKLM\SOFTWARE\Microsoft\PowerShell\1\PowerShellSnapIns\{snapin}")
    server.remove_uninstall_entry(f"Microsoft Exchange Server {product}")
    for name in ("Bin", "Scripts"):
        folder = f"{server.exchange.folder}{name}"
        if server.files.stat(folder) is not None:
            server.files.delete(folder, recurse=True)
    server.machine_environment.pop("ExchangeInstallPath", None)
    server.machine_environment.pop("Path", None)
    server.exchange = None


# the directory


def role_bits(server: Server) -> int:
    """``msExchCurrentServerRoles`` of what is installed."""
    installed = server.exchange.roles if server.exchange else set()
    return sum(facts.roles()[role].bit for role in installed)


def write_server_object(world: World, controller: DomainController, server: Server, level: str) -> str:
    """Make or update the server's object in the configuration; gives its DN."""
    known = facts.exchange_levels()[level]
    dn = server_dn(controller, server)
    site = names.child("CN", server.site, f"CN=Sites,{controller.forest.configuration_dn}")
    group = controller.get(administrative_group_dn(controller))
    legacy = f"{group.text('legacyExchangeDN') if group else ''}/cn=Configuration/cn=Servers/cn={server.name}"
    attributes: Attributes = {
        "serialNumber": known.title,
        "versionNumber": known.version_number,
        "msExchCurrentServerRoles": role_bits(server),
        "networkAddress": network_addresses(server),
        "msExchServerSite": site,
        "legacyExchangeDN": legacy,
        "msExchVersion": facts.object_version(known.product) or None,
        "msExchInstallPath": server.exchange.folder if server.exchange else None,
        "type": (server.exchange.edition if server.exchange else "Standard"),
    }
    if controller.get(dn) is None:
        controller.create(dn, "msExchExchangeServer", attributes)
    else:
        controller.modify(dn, attributes)
    controller.ensure(f"CN=Protocols,{dn}", "msExchContainer")
    _join_servers_group(world, controller, server)
    return dn


def network_addresses(server: Server) -> list[str]:
    """``networkAddress`` of a server object."""
    return [
        f"ncacn_vns_spp:{server.name}",
        f"netbios:{server.name}",
        f"ncacn_np:{server.name}",
        f"ncacn_spx:{server.name}",
        f"ncacn_ip_tcp:{server.fqdn}",
        f"ncalrpc:{server.name}",
    ]


def _join_servers_group(world: World, controller: DomainController, server: Server) -> None:
    computer = computer_dn(world, server)
    root = controller.writer(controller.forest.root_dn)
    unit = f"OU=Microsoft Exchange Security Groups,{controller.forest.root_dn}"
    for name in ("Exchange Servers", "Exchange Trusted Subsystem"):
        group = f"CN={name},{unit}"
        if computer and root.get(group) is not None:
            root.add_values(group, "member", [computer])


def computer_dn(world: World, server: Server) -> str:
    """DN of a server's computer account; empty in a workgroup."""
    domain = server.domain
    return f"CN={server.name},CN=Computers,{names.domain_dn(domain.name)}" if domain else ""


def remove_server_object(world: World, controller: DomainController, server: Server) -> None:
    """Remove the server's object with all below it, and its group memberships."""
    dn = server_dn(controller, server)
    if controller.get(dn) is not None:
        controller.delete(dn, tree=True)
    computer = computer_dn(world, server)
    root = controller.writer(controller.forest.root_dn)
    unit = f"OU=Microsoft Exchange Security Groups,{controller.forest.root_dn}"
    for name in ("Exchange Servers", "Exchange Trusted Subsystem"):
        group = f"CN={name},{unit}"
        if computer and root.get(group) is not None:
            root.remove_values(group, "member", [computer])


def configuration_controller(world: World, server: Server, wanted: str = "") -> DomainController | None:
    """The controller that Setup on a server works with."""
    if wanted:
        return world.forest.controller(wanted)
    return world.forest.find(server.site, domain=server.spec.domain, writable=True)


def exchange_servers(controller: DomainController) -> list[tuple[str, str, int, str]]:
    """Exchange servers as a controller sees them: name, level, role bits, site DN."""
    found = []
    root = organization_dn(controller)
    if not root:
        return []
    for entry in controller.search(root, "(objectClass=msExchExchangeServer)"):
        serial = entry.text("serialNumber")
        level = next((name for name, item in facts.exchange_levels().items() if item.title == serial), "")
        found.append(
            (
                names.rdn_value(entry.dn),
                level,
                entry.number("msExchCurrentServerRoles"),
                entry.text("msExchServerSite"),
            )
        )
    return found
