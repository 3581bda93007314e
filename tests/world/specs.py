"""Small organizations for the tests of the world."""

from exmigrate.twin.world.spec import (
    AccountSpec,
    DiskSpec,
    DnsRecord,
    DomainControllerSpec,
    DomainSpec,
    ExternalHostSpec,
    ForestSpec,
    InstalledExchange,
    ListenerSpec,
    MediaSpec,
    PortSpec,
    ServerSpec,
    SiteLinkSpec,
    SiteSpec,
    WorldSpec,
)

ROLES_2007 = ("ClientAccess", "HubTransport", "Mailbox")


def contoso(**changes: object) -> WorldSpec:
    """Two sites, 2007 SP3 in one, a bare 2010 target with its Windows features not yet installed."""
    forest = ForestSpec(
        domains=(DomainSpec("contoso.com", "CONTOSO"),),
        domain_controllers=(
            DomainControllerSpec(
                "DC01", "contoso.com", "Main", ("10.0.0.10",), fsmo=("schema", "naming", "pdc")
            ),
            DomainControllerSpec("DC02", "contoso.com", "Branch", ("10.1.0.10",)),
        ),
        sites=(SiteSpec("Main", ("10.0.0.0/24",)), SiteSpec("Branch", ("10.1.0.0/24",))),
        site_links=(SiteLinkSpec("Main-Branch", ("Main", "Branch"), latency_s=900),),
        exchange_version="2007SP3",
    )
    values: dict[str, object] = {
        "organization": "Contoso",
        "forest": forest,
        "servers": (
            ServerSpec(
                "MAIL2007",
                "contoso.com",
                addresses=("10.0.0.20",),
                os="2008",
                service_pack=2,
                exchange=InstalledExchange("2007SP3", ROLES_2007),
            ),
            ServerSpec(
                "MAIL2010",
                "contoso.com",
                addresses=("10.0.0.30",),
                disks=(DiskSpec("C:"), DiskSpec("D:", 500, 480)),
                hotfixes=("Microsoft Filter Pack 2.0",),
            ),
            ServerSpec(
                "EDGE01",
                dns_suffix="contoso.com",
                addresses=("192.168.5.5",),
                local_accounts=(AccountSpec("Administrator", "Edge.2010", groups=("Administrators",)),),
                listeners=(ListenerSpec("https", 5986, ("basic", "certificate")),),
            ),
        ),
        "accounts": (
            AccountSpec(
                "exadmin",
                "Passw0rd!",
                groups=(
                    "Domain Admins",
                    "Enterprise Admins",
                    "Schema Admins",
                    "Exchange Organization Administrators",
                    "Organization Management",
                ),
            ),
            AccountSpec("helpdesk", "Welcome.1"),
        ),
        "dns": (DnsRecord("mail.contoso.com", "A", "10.0.0.20", view="internal"),),
        "media": (
            MediaSpec(r"\\files\media\e14sp3", "2010SP3"),
            MediaSpec(r"D:\media\e14sp3", "2010SP3", server="MAIL2010"),
        ),
        "hosts": (
            ExternalHostSpec("smarthost.example", ("203.0.113.9",), (PortSpec(25, "220 smarthost ESMTP"),)),
        ),
    }
    return WorldSpec(**(values | changes))  # type: ignore[arg-type]
