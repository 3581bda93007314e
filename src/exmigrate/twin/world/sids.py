"""Names and SIDs: what ``whoami /groups`` prints and account translation gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.foundation import domain_sid
from exmigrate.twin.world.preparation import hash_of

if TYPE_CHECKING:
    from exmigrate.twin.world.machine import ProcessMachine
    from exmigrate.twin.world.server import Server
    from exmigrate.twin.world.world import World

WELL_KNOWN = {
    "everyone": "S-1-1-0",
    "nt authority\\system": "S-1-5-18",
    "nt authority\\network": "S-1-5-2",
    "nt authority\\batch": "S-1-5-3",
    "nt authority\\interactive": "S-1-5-4",
    "nt authority\\authenticated users": "S-1-5-11",
    "nt authority\\anonymous logon": "S-1-5-7",
    "nt authority\\network service": "S-1-5-20",
    "nt authority\\local service": "S-1-5-19",
    "builtin\\administrators": "S-1-5-32-544",
    "builtin\\users": "S-1-5-32-545",
    "builtin\\backup operators": "S-1-5-32-551",
}


def sid_text(data: bytes) -> str:
    """The text form of a binary SID."""
    count = data[1]
    authority = int.from_bytes(data[2:8], "big")
    subs = [int.from_bytes(data[8 + 4 * i : 12 + 4 * i], "little") for i in range(count)]
    return "-".join(["S-1", str(authority), *(str(sub) for sub in subs)])


def sid_of(world: World, server: Server, name: str) -> str | None:
    """SID of an account or group as a server resolves its name; None for an unknown one."""
    lowered = name.lower()
    if lowered in WELL_KNOWN:
        return WELL_KNOWN[lowered]
    for prefix in ("nt authority\\", "builtin\\"):
        if prefix + lowered in WELL_KNOWN:
            return WELL_KNOWN[prefix + lowered]
    domain, _, account = name.rpartition("\\")
    if "@" in account and not domain:
        account, _, domain = account.partition("@")
    for local in world.accounts.local_accounts(server):
        if local.name.lower() == account.lower() and (
            not domain or domain.lower() in (server.name.lower(), ".")
        ):
            return f"S-1-5-21-{hash_of(server.name) % 10**9}-7-7-{1000 + hash_of(local.name) % 9000}"
    found = world.forest.domain(domain) if server.domain is not None else None
    if found is None:
        return None
    controller = world.forest.find(server.site, domain=found.name)
    entries = controller.search(controller.domain_dn, f"(sAMAccountName={account})") if controller else []
    if not entries:
        return None
    data = entries[0].first("objectSid")
    if isinstance(data, bytes):
        return sid_text(data)
    # groups that came later get a RID of their own, the same each time
    return f"{domain_sid(world, found)}-{2000 + hash_of(entries[0].dn) % 90000}"


def name_of(world: World, server: Server, sid: str) -> str | None:
    """Account or group of a SID; None for an unknown one."""
    for name, text in WELL_KNOWN.items():
        if text == sid.upper():
            authority, _, account = name.rpartition("\\")
            return f"{authority.upper()}\\{account.title()}" if authority else account.title()
    controller = world.forest.find(server.site, global_catalog=True)
    found = controller.search("", "(objectSid=*)", across=True) if controller is not None else []
    for entry in found:
        data = entry.first("objectSid")
        if isinstance(data, bytes) and sid_text(data) == sid.upper() and entry.text("sAMAccountName"):
            domain = world.forest.domain(names.dns_name(entry.dn))
            prefix = world.forest.netbios(domain) if domain else server.netbios_domain
            return f"{prefix}\\{entry.text('sAMAccountName')}"
    return None


def token_groups(machine: ProcessMachine) -> list[tuple[str, str, str]]:
    """Groups of a process: name with its authority, type, SID."""
    world, server, token = machine.world, machine.server, machine.token
    found = [("Everyone", "Well-known group", "S-1-1-0")]
    for group in sorted(token.groups):
        lowered = f"builtin\\{group.lower()}"
        if lowered in WELL_KNOWN:
            found.append((f"BUILTIN\\{group}", "Alias", WELL_KNOWN[lowered]))
            continue
        sid = sid_of(world, server, f"{token.domain}\\{group}") or sid_of(world, server, group)
        if sid is not None:
            found.append((f"{token.domain}\\{group}", "Group", sid))
    kind = {"batch": "BATCH", "interactive": "INTERACTIVE"}.get(token.kind, "NETWORK")
    found.append((f"NT AUTHORITY\\{kind}", "Well-known group", WELL_KNOWN[f"nt authority\\{kind.lower()}"]))
    found.append(("NT AUTHORITY\\Authenticated Users", "Well-known group", "S-1-5-11"))
    return found
