"""Ranges of addresses as connectors write them: one address, a network, or from-to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


def bounds(ranges: str) -> tuple[IPv4Address, IPv4Address] | tuple[IPv6Address, IPv6Address]:
    """First and last address of a range.

    Raises:
        ValueError: it is none.
    """
    if "-" in ranges:
        first, last = (ip_address(part.strip()) for part in ranges.split("-"))
    else:
        network = ip_network(ranges, strict=False)
        first, last = network[0], network[-1]
    if isinstance(first, IPv4Address) and isinstance(last, IPv4Address) and first <= last:
        return first, last
    if isinstance(first, IPv6Address) and isinstance(last, IPv6Address) and first <= last:
        return first, last
    raise ValueError(f"{ranges} does not go from a lower address to a higher one")


def within(address: str, ranges: str) -> bool:
    """Whether an address lies in a range; what is no address or no range says no."""
    try:
        found = ip_address(address)
        first, last = bounds(ranges)
    except ValueError:
        return False
    return found.version == first.version and int(first) <= int(found) <= int(last)
