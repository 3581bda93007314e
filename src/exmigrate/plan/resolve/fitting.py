"""Keys that a transition has no use for: what the versions of the plan do not have is refused by name, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from exmigrate.plan.plain import Path

from . import versions
from .context import Context


@dataclass(frozen=True, slots=True)
class _Key:
    """A key by its path, `*` for any item of a list: what it is of, and what to do instead."""

    path: str
    what: str
    remedy: str


_FLOW, _WEB = "target.mail_flow.", "target.client_access."
_OLD = "take the key out: no server of 2000 or 2003 is left that needs it"

_NEEDS_LEGACY = (
    _Key("transition.keep_2007_option", "the choice that going from 2003 to 2010 asks for", _OLD),
    _Key("source.mixed_mode", "a fact of organizations with Exchange 2000 or 2003 servers", _OLD),
    *(
        _Key(f"source.{key}", "a fact of organizations with Exchange 2000 or 2003 servers", _OLD)
        for key in (
            "administrative_groups",
            "routing_groups",
            "routing_group_connectors",
            "smtp_connectors",
            "update_services",
            "address_lists",
            "features",
            "connection_agreements",
            "site_replication_services",
        )
    ),
    *(
        _Key(f"source.mail.address_policies.*.{key}", "a fact of recipient policies of Exchange 2000 or 2003", _OLD)
        for key in ("filter", "mailbox_manager", "non_authoritative")
    ),
    *(
        _Key(f"{path}", "a wish for organizations with Exchange 2000 or 2003 servers", _OLD)
        for path in (
            f"{_FLOW}accepted_domains",
            f"{_FLOW}routing_group_connectors",
            f"{_FLOW}suppress_link_state",
            f"{_FLOW}legacy_routing_server",
            f"{_FLOW}legacy_internet_connectors",
            f"{_WEB}exchange2003_url",
            "target.address_policies",
            "target.address_lists",
        )
    ),
)  # fmt: skip

_PROXIES = (
    "take the key out: a 2007 Client Access server proxies the old mailboxes under the main name itself"
)
_NEEDS_2010 = (
    _Key("target.dags", "of Exchange 2010", "take it out: 2007 has other high availability, set up beside this plan"),
    _Key("target.sites.*.cas_array", "of Exchange 2010", "take it out: Outlook connects to a 2007 Mailbox server itself"),
    _Key("target.servers.*.databases.*.copies", "of Exchange 2010", "take it out: 2007 has no database copies"),
    _Key(
        "target.servers.*.databases.*.created_by_setup", "of Exchange 2010 (/MdbName)",
        "take it out: Setup of 2007 names its first database itself, those of the plan are made beside it",
    ),
    _Key(f"{_WEB}rpc_encryption_required", "of Exchange 2010", "take it out: Outlook connects to a 2007 Mailbox server"),
    _Key(f"{_WEB}owa_version_folder", "of Exchange 2010", _PROXIES),
    _Key(f"{_WEB}activesync_legacy_external_url", "of Exchange 2010", _PROXIES),
    _Key(f"{_WEB}exchange2003_url", "of Exchange 2010", _PROXIES),
    _Key("target.namespaces.legacy", "for coexistence with Exchange 2010", _PROXIES),
    _Key("target.dial_plans.*.country_code", "of Exchange 2010", "take it out: 2007 makes a dial plan without it"),
    _Key("target.sites.*.legacy", "for coexistence with Exchange 2010", _PROXIES),
    _Key("target.sites.*.legacy_addresses", "for coexistence with Exchange 2010", _PROXIES),
    _Key("target.sites.*.legacy_external_addresses", "for coexistence with Exchange 2010", _PROXIES),
)  # fmt: skip

_NEEDS_2007_TARGET = (
    _Key(
        "target.servers.*.databases.*.storage_group",
        "of Exchange 2007",
        "take it out: 2010 has no storage groups",
    ),
)

_NEEDS_MODERN = tuple(
    _Key(f"source.{key}", "a fact of organizations with Exchange 2007 servers", remedy)
    for key, remedy in (
        ("mail.send_connectors", "describe the SMTP connectors of 2000 and 2003 in source.smtp_connectors"),
        ("mail.rules", "take it out: transport and journal rules came with 2007"),
        ("mail.dsn_messages", "take it out: custom system messages came with 2007"),
        ("mail.dsn_mode", "take it out: the mode came with 2007"),
        (
            "dial_plans",
            "take it out: unified messaging came with 2007; a new one is made by target.dial_plans",
        ),
        ("edge_subscriptions", "take it out: an Edge is subscribed to a site with a 2007 Hub"),
    )
)

_SERVER_LEGACY = (
    "administrative_group",
    "routing_group",
    "link_state_suppressed",
    "activesync_integrated",
    "kb937031",
)
_SERVER_MODERN = {
    "rollup": "take it out: service packs are in service_pack",
    "receive_connectors": "take it out: SMTP virtual servers stay as they are until the server leaves",
    "client_access.scp": "take it out: Autodiscover came with 2007",
    "client_access.ews": "take it out: web services came with 2007",
    "client_access.oab": "take it out: 2000 and 2003 distribute the address book by public folders",
    "client_access.um": "take it out: unified messaging came with 2007",
    "client_access.autodiscover": "take it out: Autodiscover came with 2007",
}


def fits(ctx: Context) -> None:
    """Refuse every key that the transition has no use for."""
    target = ctx.document.transition.to.version
    if not versions.has_legacy(ctx):
        _refuse(ctx, _NEEDS_LEGACY, "the organization has none")
    elif not versions.has_modern(ctx):
        _refuse(ctx, _NEEDS_MODERN, "the organization has none")
    if target == "2007":
        _refuse(ctx, _NEEDS_2010, "this plan goes to 2007")
    else:
        _refuse(ctx, _NEEDS_2007_TARGET, f"this plan goes to {target}")
    _keep_2007_option(ctx)
    for i, server in enumerate(ctx.document.source.servers):
        base: Path = ("source", "servers", i)
        if versions.is_legacy(ctx, server):
            version = versions.version_of(ctx, server)
            for key, remedy in _SERVER_MODERN.items():
                wanted = _Key(".".join(map(str, (*base, key))), "of Exchange 2007", remedy)
                _refuse(ctx, (wanted,), f"'{server.name}' has {version}")
        else:
            for key in _SERVER_LEGACY:
                wanted = _Key(
                    ".".join(map(str, (*base, key))), "of Exchange 2000 and 2003", "take it out, or correct its version"
                )  # fmt: skip
                _refuse(ctx, (wanted,), f"'{server.name}' has {versions.version_of(ctx, server)}")


def _keep_2007_option(ctx: Context) -> None:
    transition = ctx.document.transition
    if transition.keep_2007_option is None or not versions.has_legacy(ctx):
        return
    path: Path = ("transition", "keep_2007_option")
    if transition.to.version == "2007" or versions.has_modern(ctx):
        ctx.tell(
            "EXM-L052", "'keep_2007_option' is the choice of those who go from 2003 alone to 2010", path,
            why="with a server of 2007 in the organization the door stays open by itself", remedy="take the key out", at_key=True,
        )  # fmt: skip
    elif transition.keep_2007_option:
        ctx.tell(
            "EXM-L061", "2007 shall stay possible, and this plan installs none", path,
            why="once 2010 has prepared a directory without a 2007 server, no 2007 server can ever be installed (ORG-004)",
            remedy="bring one server with all roles of 2007 in first (a plan from 2003 to 2007), then plan from 2003 and "
            "2007 to 2010; or decide that 2007 is never needed: false",
        )  # fmt: skip


def _refuse(ctx: Context, keys: tuple[_Key, ...], because: str) -> None:
    for key in keys:
        for path in _found(ctx.plain.data, key.path.split("."), ()):
            ctx.tell(
                "EXM-L052", f"'{path[-1]}' is {key.what}, and {because}", path,
                why="a wish that is silently not fulfilled, or a fact that is not read, would be worse than a refusal",
                remedy=key.remedy, at_key=True,
            )  # fmt: skip


def _found(data: Any, parts: list[str], path: Path) -> Iterator[Path]:
    """Paths of the document that a pattern means and that have a value other than an empty one."""
    if not parts:
        if data not in (None, "", [], {}):
            yield path
        return
    head, rest = parts[0], parts[1:]
    if isinstance(data, list):
        for i in range(len(data)) if head == "*" else (int(head),) if head.isdigit() else ():
            if i < len(data):
                yield from _found(data[i], rest, (*path, i))
    elif isinstance(data, dict) and head in data:
        yield from _found(data[head], rest, (*path, head))
