"""The directory before Exchange: naming contexts, sites, controllers, domains, groups and accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exmigrate import facts
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.spec import AccountSpec, DomainControllerSpec, DomainSpec, GroupSpec

if TYPE_CHECKING:
    from exmigrate.twin.world.forest import DomainController, Forest
    from exmigrate.twin.world.world import World

UNIVERSAL_SECURITY = -2147483640
GLOBAL_SECURITY = -2147483646
BUILTIN_GROUPS = (
    ("Domain Admins", 512, GLOBAL_SECURITY),
    ("Domain Users", 513, GLOBAL_SECURITY),
    ("Domain Computers", 515, GLOBAL_SECURITY),
    ("Domain Controllers", 516, GLOBAL_SECURITY),
)
ROOT_GROUPS = (("Schema Admins", 518, UNIVERSAL_SECURITY), ("Enterprise Admins", 519, UNIVERSAL_SECURITY))


def build_directory(world: World) -> None:
    """Write the whole foundation to every controller."""
    forest = world.forest
    _heads(forest)
    first = forest.all()[0]
    _sites(forest, first)
    _partitions(forest, first)
    for domain in forest.spec.domains:
        _domain(world, domain)
    for spec in forest.spec.domain_controllers:
        _controller(forest, first, spec)
    _masters(forest)
    for group in world.spec.groups:
        add_group(world, group)
    for account in world.spec.accounts:
        add_account(world, account)


def _heads(forest: Forest) -> None:
    # heads of naming contexts exist on each controller by themselves: they are where its replica begins
    heads = [(dn, "domainDNS") for dn in sorted(forest.domain_dns(), key=len)]
    heads += [(forest.configuration_dn, "configuration"), (forest.schema_dn, "dMD")]
    for dn, kind in heads:
        guid = forest.new_guid()
        for controller in forest.all():
            controller.replica.create(dn, [kind], {"instanceType": 5}, guid)


def _sites(forest: Forest, dc: DomainController) -> None:
    base = f"CN=Sites,{forest.configuration_dn}"
    dc.create(base, "sitesContainer")
    dc.create(f"CN=Subnets,{base}", "subnetContainer")
    transports = f"CN=Inter-Site Transports,{base}"
    dc.create(transports, "interSiteTransportContainer")
    dc.create(f"CN=IP,{transports}", "interSiteTransport")
    dc.create(f"CN=Services,{forest.configuration_dn}", "container")
    for site in forest.spec.sites:
        dn = names.child("CN", site.name, base)
        dc.create(dn, "site")
        dc.create(f"CN=Servers,{dn}", "serversContainer")
        for subnet in site.subnets:
            dc.create(names.child("CN", subnet, f"CN=Subnets,{base}"), "subnet", {"siteObject": dn})
    for link in forest.spec.site_links:
        members = [names.child("CN", site, base) for site in link.sites]
        dc.create(
            names.child("CN", link.name, f"CN=IP,{transports}"),
            "siteLink",
            {"siteList": members, "cost": link.cost, "replInterval": link.interval_min},
        )


def _partitions(forest: Forest, dc: DomainController) -> None:
    base = f"CN=Partitions,{forest.configuration_dn}"
    dc.create(base, "crossRefContainer", {"msDS-Behavior-Version": forest.spec.functional_level})
    for domain in forest.spec.domains:
        netbios = forest.netbios(domain)
        dc.create(
            f"CN={netbios},{base}",
            "crossRef",
            {
                "nCName": names.domain_dn(domain.name),
                "dnsRoot": domain.name,
                "nETBIOSName": netbios,
                "systemFlags": 3,
                "msDS-Behavior-Version": domain.functional_level,
            },
        )
    for cn, dn in (
        ("Enterprise Configuration", forest.configuration_dn),
        ("Enterprise Schema", forest.schema_dn),
    ):
        dc.create(f"CN={cn},{base}", "crossRef", {"nCName": dn, "systemFlags": 1})


def domain_sid(world: World, domain: DomainSpec) -> str:
    """A made-up SID of a domain, the same for the same seed."""
    index = world.spec.forest.domains.index(domain)
    return f"S-1-5-21-{1000000 + world.spec.seed}-{2000000 + index}-{3000000 + index * 7}"


def sid_bytes(text: str) -> bytes:
    """The binary form of a SID."""
    parts = [int(part) for part in text.split("-")[2:]]
    authority, subs = parts[0], parts[1:]
    return (
        bytes([1, len(subs)]) + authority.to_bytes(6, "big") + b"".join(s.to_bytes(4, "little") for s in subs)
    )


def writable(world: World, domain: str) -> DomainController:
    """A writable controller of a domain.

    Raises:
        LookupError: the specification gives that domain none.
    """
    found = world.forest.find(domain=domain, writable=True)
    if found is None:
        raise LookupError(f"domain {domain} has no writable domain controller")
    return found


def _domain(world: World, domain: DomainSpec) -> None:
    dc = writable(world, domain.name)
    base = names.domain_dn(domain.name)
    dc.modify(
        base,
        {
            "msDS-Behavior-Version": domain.functional_level,
            "nTMixedDomain": int(domain.mixed),
            "dc": domain.name.split(".")[0],
            "objectSid": sid_bytes(domain_sid(world, domain)),
        },
    )
    for name, kind in (
        ("Users", "container"),
        ("Computers", "container"),
        ("System", "container"),
        ("Builtin", "builtinDomain"),
    ):
        dc.create(f"CN={name},{base}", kind)
    dc.create(f"OU=Domain Controllers,{base}", "organizationalUnit")
    is_root = domain is world.spec.forest.domains[0]
    for name, rid, group_type in BUILTIN_GROUPS + (ROOT_GROUPS if is_root else ()):
        _group(world, dc, domain, f"CN={name},CN=Users,{base}", name, rid, group_type)
    dc.create(
        f"CN=Administrators,CN=Builtin,{base}",
        "group",
        {
            "sAMAccountName": "Administrators",
            "groupType": -2147483643,
            "objectSid": sid_bytes("S-1-5-32-544"),
        },
    )


def _group(
    world: World, dc: DomainController, domain: DomainSpec, dn: str, name: str, rid: int, kind: int
) -> None:
    sid = sid_bytes(f"{domain_sid(world, domain)}-{rid}")
    dc.create(dn, "group", {"sAMAccountName": name, "groupType": kind, "objectSid": sid})


def _controller(forest: Forest, dc: DomainController, spec: DomainControllerSpec) -> None:
    site = names.child("CN", spec.site, f"CN=Sites,{forest.configuration_dn}")
    fqdn = f"{spec.name}.{spec.domain}".lower()
    computer = f"CN={spec.name},OU=Domain Controllers,{names.domain_dn(spec.domain)}"
    owner = forest.find(domain=spec.domain, writable=True)
    assert owner is not None
    owner.create(
        computer,
        "computer",
        computer_attributes(spec.name, fqdn, spec.os, spec.service_pack, spec.edition, 532480),
    )
    server = f"CN={spec.name},CN=Servers,{site}"
    dc.create(server, "server", {"dNSHostName": fqdn, "serverReference": computer})
    kind = "nTDSDSARO" if spec.read_only else "nTDSDSA"
    held = [names.domain_dn(spec.domain), forest.configuration_dn, forest.schema_dn]
    domain = forest.domain(spec.domain)
    dc.create(
        f"CN=NTDS Settings,{server}",
        kind,
        {
            "options": 1 if spec.global_catalog else 0,
            "hasMasterNCs": held,
            "msDS-Behavior-Version": facts.windows_version(spec.os).level,
            "msDS-HasDomainNCs": names.domain_dn(domain.name) if domain else None,
        },
    )


def computer_attributes(
    name: str, fqdn: str, os: str, service_pack: int, edition: str, control: int = 4096
) -> dict[str, str | int | list[str] | None]:
    """Attributes of a computer account."""
    windows = facts.windows_version(os, service_pack, edition)
    major, minor, build = windows.version.split(".")
    return {
        "sAMAccountName": f"{name.upper()}$",
        "dNSHostName": fqdn,
        "operatingSystem": windows.caption.replace("Microsoft ", "").replace("Microsoft\u00ae ", ""),
        "operatingSystemVersion": f"{major}.{minor} ({build})",
        "operatingSystemServicePack": f"Service Pack {service_pack}" if service_pack else None,
        "servicePrincipalName": [f"HOST/{name.upper()}", f"HOST/{fqdn}"],
        "userAccountControl": control,
    }


def _masters(forest: Forest) -> None:
    def settings(role: str) -> str:
        holder = forest.master(role) or forest.all()[0]
        site = names.child("CN", holder.site, f"CN=Sites,{forest.configuration_dn}")
        return f"CN=NTDS Settings,CN={holder.name},CN=Servers,{site}"

    dc = forest.all()[0]
    dc.modify(forest.schema_dn, {"fSMORoleOwner": settings("schema")})
    dc.modify(f"CN=Partitions,{forest.configuration_dn}", {"fSMORoleOwner": settings("naming")})
    for base in forest.domain_dns():
        owner = forest.find(domain=names.dns_name(base), writable=True)
        if owner is not None:
            owner.modify(base, {"fSMORoleOwner": settings("pdc")})


def add_group(world: World, spec: GroupSpec) -> None:
    """Add a group of the specification to its domain."""
    domain = world.forest.domain(spec.domain)
    if domain is None:
        raise LookupError(f"group {spec.name}: no domain {spec.domain}")
    dc = writable(world, domain.name)
    base = names.domain_dn(domain.name)
    kind = {"universal": UNIVERSAL_SECURITY, "global": GLOBAL_SECURITY}.get(spec.scope.lower(), -2147483644)
    dn = f"CN={names.escape(spec.name)},{spec.container},{base}"
    if dc.get(dn) is None:
        rid = 1100 + world.random.randrange(90000)
        _group(world, dc, domain, dn, spec.name, rid, kind)


def add_account(world: World, spec: AccountSpec) -> str:
    """Add a domain account of the specification and put it into its groups; gives its DN."""
    domain = world.forest.domain(spec.domain)
    if domain is None:
        raise LookupError(f"account {spec.name}: no domain {spec.domain}")
    dc = writable(world, domain.name)
    dn = f"CN={names.escape(spec.display_name or spec.name)},CN=Users,{names.domain_dn(domain.name)}"
    rid = 500 if spec.name.lower() == "administrator" else 1100 + world.random.randrange(900000)
    dc.ensure(
        dn,
        "user",
        {
            "sAMAccountName": spec.name,
            "userPrincipalName": f"{spec.name}@{domain.name}",
            "displayName": spec.display_name or spec.name,
            "userAccountControl": 512 if spec.enabled else 514,
            "objectSid": sid_bytes(f"{domain_sid(world, domain)}-{rid}"),
        },
    )
    for name in spec.groups:
        join_group(world, name, dn)
    world.accounts.add_domain_account(spec, dn, world.forest.netbios(domain))
    return dn


def join_group(world: World, name: str, member: str) -> bool:
    """Put a DN into a group by the group's name; False when there is no such group yet."""
    for domain in world.spec.forest.domains:
        dc = writable(world, domain.name)
        found = dc.search(names.domain_dn(domain.name), f"(&(objectCategory=group)(sAMAccountName={name}))")
        if found:
            dc.add_values(found[0].dn, "member", [member])
            return True
    return False
