"""A world of one controller and two members, for tests that join the wire to the world."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.world.spec import (
    AccountSpec,
    DomainControllerSpec,
    DomainSpec,
    ForestSpec,
    ListenerSpec,
    ServerSpec,
    SiteSpec,
    WorldSpec,
)
from exmigrate.twin.world.world import World

PASSWORD = "P@ssw0rd-ä"
LOCAL = "Loc@l-1"


def spec() -> WorldSpec:
    both = (
        ListenerSpec("http", 5985, ("ntlm", "credssp")),
        ListenerSpec("https", 5986, ("ntlm", "credssp", "basic", "certificate")),
    )
    local = (AccountSpec("svc", LOCAL, groups=("Administrators",)),)
    return WorldSpec(
        organization="Example",
        forest=ForestSpec(
            domains=(DomainSpec("example.test", "EXAMPLE"),),
            domain_controllers=(DomainControllerSpec("DC1", "example.test", "Main", ("10.0.0.1",)),),
            sites=(SiteSpec("Main", ("10.0.0.0/24",)),),
        ),
        servers=(
            ServerSpec("EX1", "example.test", addresses=("10.0.0.11",), listeners=both, local_accounts=local),
            ServerSpec("EX2", "example.test", addresses=("10.0.0.12",), os="2012R2", powershell="4.0"),
        ),
        accounts=(
            AccountSpec("admin", PASSWORD, groups=("Domain Admins",)),
            AccountSpec("clerk", PASSWORD),
            AccountSpec("setup", PASSWORD + "2", groups=("Domain Admins",)),
        ),
    )


def small_world(runtime: Any = None, speed: float = 600.0) -> World:
    return World(spec(), speed=speed, runtime=runtime)
