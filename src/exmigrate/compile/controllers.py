"""Domain controllers of a step: one for the configuration, and one of each domain for the recipients that lie in it.

The configuration is on every controller and can be written on every one. A recipient is in one domain: a controller
that is named finds those of its own domain, and only a controller of that domain takes a change to them.
"""

from __future__ import annotations

from exmigrate.model import Topology
from exmigrate.model.topology import DomainController, Server


def site_of_organization(topology: Topology) -> str:
    """The site whose controller serves steps that belong to none: the directory host's."""
    host = topology.server_by_name[topology.directory_host]
    return (topology.site_by_name.get(host.site) or topology.first_site).name


def of_configuration(topology: Topology, server: Server, site: str, *, prepares: bool) -> str:
    """The controller on which a step reads and writes the configuration: one a site, so that lag cannot make a Verify flap.

    What prepares the directory does so from the root domain, where Setup writes: it looks there as well, on the schema
    master where that is near, or it would be behind its own work.
    """
    dc = topology.site_by_name[site].dc
    if not prepares or _domain_of(dc) == server.domain.lower():
        return dc
    near = [c for c in _writable(topology, server.domain) if c.site == server.site]
    return next((c.fqdn for c in sorted(near, key=lambda c: not c.schema_master)), dc)


def _domain_of(fqdn: str) -> str:
    return fqdn.partition(".")[2].lower()


def of_domains(topology: Topology, dc: str, site: str) -> dict[str, str]:
    """A writable controller of each domain with recipients, by the domain's DNS name in small letters.

    The step's own where it is of the domain, else the first of the site, else the first of the plan: the same in every
    compilation. The root domain always counts, because the arbitration mailboxes and the role groups of 2010 lie in it.
    """
    out = {}
    for domain in topology.domains:
        if not (domain.exchange or domain.root):
            continue
        found = sorted(_writable(topology, domain.name), key=lambda c: (c.fqdn != dc.lower(), c.site != site))
        if found:
            out[domain.name.lower()] = found[0].fqdn
    return dict(sorted(out.items()))


def _writable(topology: Topology, domain: str) -> list[DomainController]:
    wanted = domain.lower()
    return [c for c in topology.domain_controllers if c.domain.lower() == wanted and not c.read_only]
