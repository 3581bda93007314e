"""Domain controllers of a step: one for the configuration, and one of each domain for the recipients that lie in it.

The configuration is on every controller and can be written on every one. A recipient is in one domain: a controller
that is named finds those of its own domain, and only a controller of that domain takes a change to them.
"""

from __future__ import annotations

from exmigrate.model import Topology
from exmigrate.model.topology import Domain, DomainController


def site_of_organization(topology: Topology) -> str:
    """The site whose controller serves steps that belong to none: the directory host's."""
    host = topology.server_by_name[topology.directory_host]
    return (topology.site_by_name.get(host.site) or topology.first_site).name


def of_domains(topology: Topology, dc: str, site: str) -> dict[str, str]:
    """A writable controller of each domain with recipients, by the domain's DNS name in small letters.

    The step's own where it is of the domain, else the first of the site, else the first of the plan: the same in every
    compilation. The root domain always counts, because the arbitration mailboxes and the role groups of 2010 lie in it.
    """
    out = {}
    for domain in topology.domains:
        if not (domain.exchange or domain.root):
            continue
        found = sorted(_writable(topology, domain), key=lambda c: (c.fqdn != dc.lower(), c.site != site))
        if found:
            out[domain.name.lower()] = found[0].fqdn
    return dict(sorted(out.items()))


def _writable(topology: Topology, domain: Domain) -> list[DomainController]:
    wanted = domain.name.lower()
    return [c for c in topology.domain_controllers if c.domain.lower() == wanted and not c.read_only]
