"""What ``nslookup -debug`` prints: each packet with its header, and its records with their time to live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from exmigrate.twin.powershell.packs import NativeCall

LINE = "------------"
_UNITS = ((86400, "day"), (3600, "hour"), (60, "min"), (1, "sec"))


def packet(
    call: NativeCall,
    number: int,
    asked: str,
    kind: str,
    answers: Iterable[Mapping[str, Any]],
    found: bool = True,
) -> None:
    """One answer of a name server."""
    records = list(answers)
    call.out(LINE)
    call.out("Got answer:")
    call.out("    HEADER:")
    call.out(f"        opcode = QUERY, id = {number}, rcode = {'NOERROR' if found else 'NXDOMAIN'}")
    call.out("        header flags:  response, auth. answer, want recursion, recursion avail.")
    call.out(f"        questions = 1,  answers = {len(records)},  authority records = 0,  additional = 0")
    call.out("")
    call.out("    QUESTIONS:")
    call.out(f"        {asked}, type = {kind}, class = IN")
    if records:
        call.out("    ANSWERS:")
    for record in records:
        call.out(f"    ->  {record.get('Owner', record.get('Name', asked))}")
        for text in _value(record):
            call.out(f"        {text}" if text else "")
        call.out(f"        ttl = {record.get('TTL', 3600)} ({_words(int(record.get('TTL', 3600)))})")
    call.out("")
    call.out(LINE)


def _value(record: Mapping[str, Any]) -> list[str]:
    if "IPAddress" in record:
        return [f"internet address = {record['IPAddress']}"]
    match record.get("Type"):
        case "MX":
            return [f"MX preference = {record['Preference']}, mail exchanger = {record['NameExchange']}"]
        case "TXT":
            return ["text =", "", f'"{record["Strings"][0]}"']
        case "SRV":
            return [
                "SRV service location:",
                f"  priority       = {record['Priority']}",
                f"  weight         = {record['Weight']}",
                f"  port           = {record['Port']}",
                f"  svr hostname   = {record['NameTarget']}",
            ]
        case "CNAME":
            return [f"canonical name = {record['NameHost']}"]
        case _:
            return [f"name = {record['NameHost']}"]


def _words(seconds: int) -> str:
    """As nslookup writes it: ``1 hour``, ``15 mins``, ``1 day 2 hours``."""
    parts = []
    for size, unit in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}{'s' if count > 1 else ''}")
    return " ".join(parts) or "0 secs"
