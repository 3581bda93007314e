"""A simulated organization from a plan: its source facts, and never a target setting."""

from __future__ import annotations

from collections.abc import Mapping

from exmigrate.model import Refused
from exmigrate.model.topology import Topology
from exmigrate.twin.world.spec import WorldSpec

from .exchange import exchange_spec
from .legacy import legacy_spec
from .windows import accounts, clusters, credentials_of, dns, forest, hosts, media, servers

EPOCH = "2011-03-07T06:00:00+00:00"
"""Organization time at which a simulated organization starts, a Monday, unless told otherwise."""


def world_spec(
    topology: Topology, passwords: Mapping[str, str], *, epoch: str = EPOCH, seed: int = 1
) -> WorldSpec:
    """The organization of a plan before its first step.

    Args:
        topology: the plan; only `topology.source` and the names of credentials are read.
        passwords: of the plan's credentials by name, as the simulated accounts shall have them.
        epoch: organization time at the start, ISO 8601.
        seed: of everything that looks random.

    Raises:
        Refused: the plan has no source facts.
    """
    source = topology.source
    if source is None:
        raise Refused(
            "The plan does not say what the organization looks like today.", next="add 'source:' to the plan"
        )
    credentials = credentials_of(topology)
    costs = {link.name: link.exchange_cost for link in source.site_links if link.exchange_cost}
    return WorldSpec(
        organization=source.organization,
        forest=forest(source),
        servers=servers(source, credentials, passwords),
        clusters=clusters(source),
        accounts=accounts(source, credentials, passwords),
        dns=dns(source),
        media=media(source),
        hosts=hosts(source),
        exchange=exchange_spec(source, costs).to_plain(),
        legacy=legacy_spec(source),
        epoch=epoch,
        seed=seed,
    )
