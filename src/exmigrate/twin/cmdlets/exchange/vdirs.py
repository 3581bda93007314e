"""Virtual directories, Outlook Anywhere, providers, POP and IMAP: what clients connect to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exmigrate.twin.cmdlets.exchange import objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import Shell, TaskError, identity_text, items_of
from exmigrate.twin.cmdlets.exchange.values import ad_object_id, list_of, make
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.bootstrap import enable_outlook_anywhere
from exmigrate.twin.world.exchange.layout import server_of

# noun: (versions that have the cmdlets, words of authentication that are lists derived from switches)
_NOUNS = {
    "OwaVirtualDirectory": ("2007", "2010"),
    "EcpVirtualDirectory": ("2010",),
    "ActiveSyncVirtualDirectory": ("2007", "2010"),
    "WebServicesVirtualDirectory": ("2007", "2010"),
    "OabVirtualDirectory": ("2007", "2010"),
    "AutodiscoverVirtualDirectory": ("2007", "2010"),
    "UMVirtualDirectory": ("2007",),
    "PowerShellVirtualDirectory": ("2010",),
}
_METHODS = (
    ("BasicAuthentication", "Basic"),
    ("DigestAuthentication", "Digest"),
    ("WindowsAuthentication", "Ntlm"),
    ("WindowsAuthentication", "WindowsIntegrated"),
    ("WSSecurityAuthentication", "WSSecurity"),
    ("FormsAuthentication", "Fba"),
)


def _directory(shell: Shell, kind: str, identity: Any) -> Entry:
    return objects.one(shell, kind, identity, shell.org.layout.servers)


def _owner(shell: Shell, entry: Entry) -> Record | None:
    return objects.link(shell, shell.org.layout.server(server_of(entry.dn)))


def _show(shell: Shell, kind: str, entry: Entry) -> Record:
    server = server_of(entry.dn)
    fqdn = _fqdn(shell, server)
    name = names.rdn_value(entry.dn)
    path = name.partition(" (")[0]
    extra: dict[str, Any] = {
        "Server": _owner(shell, entry),
        "MetabasePath": f"IIS://{fqdn}/W3SVC/1/ROOT/{path}",
        "Path": f"{shell.org.install_folder(shell.server, shell.version)}ClientAccess\\{path}",
    }
    display = ("Name", "Server", "InternalUrl", "ExternalUrl")
    return objects.show(shell, kind, entry, f"{server}\\{name}", extra, display)


def _fqdn(shell: Shell, server: str) -> str:
    found = shell.world.server(server)
    return found.fqdn if found is not None else server


def _list(shell: Shell, kind: str) -> list[Entry]:
    identity, server = shell.text("Identity"), shell.text("Server")
    if identity:
        found = objects.find(shell, kind, identity, shell.org.layout.servers)
        if not found:
            raise shell.not_found(identity)
        return found
    if server:
        entry = objects.one(shell, "ExchangeServer", server, shell.org.layout.servers)
        return objects.all_of(shell, kind, entry.dn)
    return objects.all_of(shell, kind, shell.org.layout.servers)


def _reachable(shell: Shell, server: str, entry: Entry) -> None:
    """Refuse when the web server cannot be written: settings live in its metabase as well.

    Raises:
        TaskError: Exchange's refusal.
    """
    found = shell.world.server(server)
    if found is None or not found.up or not found.services.is_running("W3SVC"):
        raise TaskError(
            f"The task wasn't able to connect to IIS on the server '{_fqdn(shell, server)}'. Make sure that the server "
            "exists and can be reached from this computer: The RPC server is unavailable.",
            "ReadError",
            "Microsoft.Exchange.Management.Metabase.IISGeneralCOMException",
            names.rdn_value(entry.dn),
        )


def _getter(kind: str) -> Callable[[Shell], None]:
    def get(shell: Shell) -> None:
        for entry in _list(shell, kind):
            shell.call.write(_show(shell, kind, entry))

    return get


def _setter(kind: str) -> Callable[[Shell], None]:
    def change(shell: Shell) -> None:
        entry = _directory(shell, kind, shell.get("Identity"))
        server = server_of(entry.dn)
        text = f"{server}\\{names.rdn_value(entry.dn)}"
        objects.editable(shell, entry, text)
        _reachable(shell, server, entry)
        changes = objects.changes_of(shell, kind, entry)
        changes.update(_derived(shell, kind, entry, changes))
        objects.apply(shell, kind, entry, changes, text)
        if {"FormsAuthentication", "BasicAuthentication", "WindowsAuthentication"} & set(
            changes
        ) and kind in (
            "OwaVirtualDirectory",
            "EcpVirtualDirectory",
        ):
            other = "ECP" if kind.startswith("Owa") else "OWA"
            if shell.version == "2010":
                shell.call.warning(
                    f"You've changed the InternalURL or ExternalURL or authentication for the "
                    f"{'OWA' if other == 'ECP' else 'ECP'} virtual directory. Please make the same change for the "
                    f"{other} virtual directory in the same website."
                )

    return change


def _derived(shell: Shell, kind: str, entry: Entry, changes: dict[str, Any]) -> dict[str, Any]:
    """The lists of methods that follow from the switches."""
    if kind == "ActiveSyncVirtualDirectory" or not any(name in changes for name, _ in _METHODS):
        return {}
    if changes.get("FormsAuthentication") and "BasicAuthentication" not in changes:
        changes["BasicAuthentication"] = True
    methods: list[str] = []
    for name, word in _METHODS:
        try:
            on = changes[name] if name in changes else shell.store.value(entry, kind, name)
        except KeyError:
            continue
        if on:
            methods.append(word)
    return {"InternalAuthenticationMethods": methods}


for _noun, _versions in _NOUNS.items():
    task(f"Get-{_noun}", *_versions)(_getter(_noun))
    task(f"Set-{_noun}", *_versions)(_setter(_noun))


# Outlook Anywhere


def _show_anywhere(shell: Shell, entry: Entry) -> Record:
    server = server_of(entry.dn)
    extra = {"ServerName": server, "Server": _owner(shell, entry)}
    hidden: tuple[str, ...] = ()
    if shell.server.exchange is not None and shell.server.exchange.level == "2007":
        method = shell.store.value(entry, "OutlookAnywhere", "ClientAuthenticationMethod")
        extra["ExternalAuthenticationMethod"] = method
        hidden = ("ClientAuthenticationMethod", "IISAuthenticationMethods")
    text = f"{server}\\{names.rdn_value(entry.dn)}"
    return objects.show(shell, "OutlookAnywhere", entry, text, extra, hidden=hidden)


@task("Get-OutlookAnywhere")
def get_outlook_anywhere(shell: Shell) -> None:
    """Servers on which Outlook Anywhere is on."""
    for entry in _list(shell, "OutlookAnywhere"):
        shell.call.write(_show_anywhere(shell, entry))


def _methods(value: Any) -> list[str]:
    known = {"basic": "Basic", "ntlm": "Ntlm", "negotiateex": "NegoEx", "negotiate": "Negotiate"}
    return [known.get(identity_text(item).strip().lower(), identity_text(item)) for item in items_of(value)]


def _anywhere_values(shell: Shell) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if shell.given("ExternalHostname"):
        values["ExternalHostname"] = shell.text("ExternalHostname") or None
    if shell.given("DefaultAuthenticationMethod"):
        method = _methods(shell.get("DefaultAuthenticationMethod"))
        values |= {"ClientAuthenticationMethod": method[0], "IISAuthenticationMethods": method}
    if shell.given("ExternalAuthenticationMethod"):
        method = _methods(shell.get("ExternalAuthenticationMethod"))
        values |= {"ClientAuthenticationMethod": method[0], "IISAuthenticationMethods": method}
    if shell.given("ClientAuthenticationMethod"):
        values["ClientAuthenticationMethod"] = _methods(shell.get("ClientAuthenticationMethod"))[0]
    if shell.given("IISAuthenticationMethods"):
        values["IISAuthenticationMethods"] = _methods(shell.get("IISAuthenticationMethods"))
    if shell.given("SSLOffloading"):
        values["SSLOffloading"] = bool(shell.get("SSLOffloading"))
    return values


def _anywhere_server(shell: Shell) -> str:
    text = shell.text("Server") or shell.server.name
    entry = objects.one(shell, "ExchangeServer", text, shell.org.layout.servers)
    name = names.rdn_value(entry.dn)
    if not entry.number("msExchCurrentServerRoles") & 4:
        raise TaskError(f"The server '{name}' isn't a Client Access server.", "InvalidArgument")
    objects.own_version(shell, name, name)
    return name


@task("Enable-OutlookAnywhere")
def enable(shell: Shell) -> None:
    """Switch Outlook Anywhere on."""
    name = _anywhere_server(shell)
    server = shell.world.server(name)
    if objects.all_of(shell, "OutlookAnywhere", shell.org.layout.server(name)):
        raise TaskError(
            f"Outlook Anywhere is already enabled on the server {name}, or the virtual directory 'Rpc' already exists.",
            "InvalidArgument",
        )
    if server is None or "RPC-Over-HTTP-Proxy" not in server.features:
        shell.call.warning(
            "Outlook Anywhere won't work until you install the RPC over HTTP Proxy component on the server: "
            "it isn't installed."
        )
    if server is None or not shell.call.should_process(name, "Enable-OutlookAnywhere"):
        return
    values = {"SSLOffloading": False, **_anywhere_values(shell)}
    values.setdefault("IISAuthenticationMethods", [values.get("ClientAuthenticationMethod", "Basic")])
    entry = enable_outlook_anywhere(shell.org, shell.store, server, values)
    server.log_event(
        "MSExchange RPC Over HTTP Autoconfig",
        3006,
        "The Outlook Anywhere feature is enabled on this server and the RPC proxy settings were applied.",
    )
    shell.call.write(_show_anywhere(shell, entry))


@task("Set-OutlookAnywhere")
def set_outlook_anywhere(shell: Shell) -> None:
    """Change Outlook Anywhere on a server."""
    entry = _directory(shell, "OutlookAnywhere", shell.get("Identity"))
    objects.editable(shell, entry)
    objects.apply(shell, "OutlookAnywhere", entry, _anywhere_values(shell))


@task("Disable-OutlookAnywhere")
def disable(shell: Shell) -> None:
    """Switch Outlook Anywhere off."""
    identity = shell.text("Identity")
    if identity:
        entry = _directory(shell, "OutlookAnywhere", identity)
        name = server_of(entry.dn)
        objects.own_version(shell, name, name)
    else:
        name = _anywhere_server(shell)
        found = objects.all_of(shell, "OutlookAnywhere", shell.org.layout.server(name))
        if not found:
            raise shell.not_found(f"{name}\\Rpc (Default Web Site)")
        entry = found[0]
    if objects.remove(shell, entry, name):
        holder = shell.store.get(shell.org.layout.server(name))
        if holder is not None:
            shell.store.set(holder, "ExchangeServer", {"OutlookAnywhereEnabled": False})


# Outlook providers


@task("Get-OutlookProvider")
def get_outlook_provider(shell: Shell) -> None:
    """EXCH, EXPR and WEB."""
    identity = shell.text("Identity")
    base = shell.org.layout.outlook_providers
    found = (
        objects.find(shell, "OutlookProvider", identity, base)
        if identity
        else objects.all_of(shell, "OutlookProvider", base)
    )
    if identity and not found:
        raise shell.not_found(identity)
    for entry in found:
        shell.call.write(objects.show(shell, "OutlookProvider", entry, names.rdn_value(entry.dn)))


@task("Set-OutlookProvider")
def set_outlook_provider(shell: Shell) -> None:
    """Principal name and other settings of a provider."""
    entry = objects.one(shell, "OutlookProvider", shell.get("Identity"), shell.org.layout.outlook_providers)
    objects.editable(shell, entry)
    objects.apply(shell, "OutlookProvider", entry, objects.changes_of(shell, "OutlookProvider", entry))


# POP and IMAP


def _mail_server(shell: Shell) -> Entry:
    name = shell.text("Server") or shell.server.name
    entry = objects.one(shell, "ExchangeServer", name, shell.org.layout.servers)
    if not entry.number("msExchCurrentServerRoles") & 4:
        raise shell.not_found(f"{name}\\1")
    objects.own_version(shell, names.rdn_value(entry.dn), names.rdn_value(entry.dn))
    return entry


def _protocol(protocol: str, port: int, tls: int) -> tuple[Callable[[Shell], None], Callable[[Shell], None]]:
    prop = f"{protocol}X509CertificateName"

    def get(shell: Shell) -> None:
        entry = _mail_server(shell)
        server = names.rdn_value(entry.dn)
        values = {
            "ProtocolName": f"{protocol.upper()}{3 if protocol == 'Pop' else 4}",
            "Name": "1",
            "Identity": f"{server}\\1",
            "Server": ad_object_id(entry.dn, server, entry.guid),
            "X509CertificateName": shell.store.value(entry, "ExchangeServer", prop) or server.lower(),
            "UnencryptedOrTLSBindings": list_of([f":::{port}", f"0.0.0.0:{port}"]),
            "SSLBindings": list_of([f":::{tls}", f"0.0.0.0:{tls}"]),
            "LoginType": "SecureLogin",
        }
        shell.call.write(
            make(f"Microsoft.Exchange.Data.Directory.SystemConfiguration.{protocol}AdConfiguration", values)
        )

    def change(shell: Shell) -> None:
        entry = _mail_server(shell)
        if shell.given("X509CertificateName"):
            objects.apply(shell, "ExchangeServer", entry, {prop: shell.text("X509CertificateName") or None})
            shell.call.warning(
                f"Changes to {protocol.upper()} settings will only take effect after all Microsoft Exchange "
                f"{protocol.upper()} services are restarted on server {names.rdn_value(entry.dn)}."
            )

    return get, change


for _protocol_name, _port, _tls in (("Pop", 110, 995), ("Imap", 143, 993)):
    _get, _set = _protocol(_protocol_name, _port, _tls)
    task(f"Get-{_protocol_name}Settings")(_get)
    task(f"Set-{_protocol_name}Settings")(_set)
