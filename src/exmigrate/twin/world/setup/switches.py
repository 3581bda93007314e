"""The command line of Setup: ``/mode:Install /roles:C,MT`` and its kin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from exmigrate import facts

MODES = {
    "install": "Install",
    "uninstall": "Uninstall",
    "upgrade": "Upgrade",
    "recoverserver": "RecoverServer",
}
PREPARATIONS = (
    "preparelegacyexchangepermissions",
    "prepareschema",
    "preparead",
    "preparedomain",
    "preparealldomains",
)
CLUSTER = ("newcms", "removecms", "upgradecms", "recovercms")


class BadSwitches(Exception):
    """Setup does not understand its command line; the text is what it prints."""


@dataclass(frozen=True)
class SetupOptions:
    """A parsed command line.

    Attributes:
        mode: ``Install Uninstall Upgrade RecoverServer``, empty for AD preparation alone.
        roles: role names in Setup's order.
        values: all switches by canonical name; a switch without a value holds ''.
    """

    mode: str = ""
    roles: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether a switch was given."""
        return name in self.values

    def preparations(self) -> list[str]:
        """The AD preparation switches, in the order in which they run."""
        return [name for name in PREPARATIONS if name in self.values]

    def cluster(self) -> str:
        """The clustered mailbox server operation, empty for none."""
        return next((name for name in CLUSTER if name in self.values), "")


def parse(arguments: Sequence[str], level: facts.ExchangeLevel) -> SetupOptions:
    """Read a command line for media of a level.

    Raises:
        BadSwitches: unknown switch, missing or bad value, or nothing to do.
    """
    values: dict[str, str] = {}
    for argument in arguments:
        name, value = _split(argument)
        switch = facts.setup_switches().get(name)
        if switch is None or level.product not in switch.products or _too_old(switch, level):
            raise BadSwitches(
                f"The parameter '{name}' is not valid. Please run setup /help for more information."
            )
        if switch.value == "required" and not value:
            raise BadSwitches(f"You must specify a value for the parameter '{name}'.")
        if switch.value == "none" and value:
            raise BadSwitches(f"The parameter '{name}' does not take a value.")
        values[switch.name] = value
    mode = _mode(values)
    roles = _roles(values)
    options = SetupOptions(mode, roles, values)
    if not mode and not options.preparations() and not roles and not options.cluster():
        others = {"newprovisionedserver", "removeprovisionedserver"} & set(values)
        if not others:
            raise BadSwitches("You must specify a mode of operation, for example /mode:Install.")
    if roles and not mode:
        return SetupOptions("Install", roles, values)
    if mode in ("Install", "Uninstall") and not roles and mode == "Install":
        raise BadSwitches("You must specify the roles to install with /roles.")
    return options


def _split(argument: str) -> tuple[str, str]:
    if argument[:1] not in ("/", "-"):
        raise BadSwitches(
            f"The parameter '{argument}' is not valid. Please run setup /help for more information."
        )
    body = argument.lstrip("/-")
    cut = min((body.find(c) for c in ":=" if c in body), default=-1)
    name, value = (body, "") if cut < 0 else (body[:cut], body[cut + 1 :])
    return name.strip().lower(), value.strip().strip('"')


def _too_old(switch: facts.SetupSwitch, level: facts.ExchangeLevel) -> bool:
    if not switch.since:
        return False
    since = facts.exchange_levels()[switch.since]
    return since.product == level.product and since.numbers > level.numbers


def _mode(values: dict[str, str]) -> str:
    if "mode" not in values:
        return ""
    mode = MODES.get(values["mode"].lower())
    if mode is None:
        raise BadSwitches(f"The value '{values['mode']}' of the parameter 'mode' is not valid.")
    return mode


def _roles(values: dict[str, str]) -> tuple[str, ...]:
    if "roles" not in values:
        return ()
    found: list[str] = []
    for text in values["roles"].split(","):
        role = facts.role_named(text)
        if role is None:
            raise BadSwitches(f"The role '{text.strip()}' is not valid.")
        if role.name not in found:
            found.append(role.name)
    order = [
        "ManagementTools",
        "ClientAccess",
        "HubTransport",
        "UnifiedMessaging",
        "Mailbox",
        "EdgeTransport",
    ]
    return tuple(sorted(found, key=order.index))
