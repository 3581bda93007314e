"""Console programs of Windows that speak of names, directory, remoting and tasks."""

from __future__ import annotations

import re

from exmigrate.twin.cmdlets.windows import nslookup_debug
from exmigrate.twin.powershell.machine import MachineError
from exmigrate.twin.powershell.packs import Native, NativeCall
from exmigrate.twin.world.server import Server

QUOTA = re.compile(r'(\w+)\s*=\s*"?(\d+)"?')


def nslookup(call: NativeCall) -> int:
    """nslookup.exe [-debug] -type=X NAME [SERVER], without its interactive mode."""
    kind, words, debug = "A", [], False
    for argument in call.args:
        lowered = argument.lower()
        if lowered.startswith(("-type=", "-q=", "-querytype=", "-query=")):
            kind = argument.partition("=")[2].upper()
        elif lowered in ("-debug", "-deb"):
            debug = True
        elif argument[:1] != "-":
            words.append(argument)
    if not words:
        call.err("Not simulated: nslookup in interactive mode.")
        return 1
    name, server = words[0].rstrip("."), words[1] if len(words) > 1 else ""
    network = call.machine.network
    resolver = server or _resolver(call.machine.server)
    asked = name
    if kind == "PTR" and name.lower().endswith(".in-addr.arpa"):
        name = ".".join(reversed(name.split(".")[:4]))
    if kind in ("A", "AAAA", "ANY") and name.replace(".", "").isdigit():
        kind = "PTR"
    try:
        answers = network.query(name, "A" if kind == "ANY" else kind, server)
    except MachineError as error:
        if error.kind == "timeout":
            return _no_answer(call, resolver)
        if debug:
            nslookup_debug.packet(call, 1, _reversed(resolver), "PTR", ())
        _print_server(call, resolver)
        if debug:
            nslookup_debug.packet(call, 2, asked, kind, (), found=False)
        call.err(f"*** {resolver} can't find {name}: Non-existent domain")
        return 1
    if debug:
        nslookup_debug.packet(call, 1, _reversed(resolver), "PTR", ())
    _print_server(call, resolver)
    if debug:
        owner = {"Owner": asked} if kind == "PTR" else {}
        nslookup_debug.packet(call, 2, asked, kind, [{**answer, **owner} for answer in answers])
    _print(call, name, kind, answers)
    return 0


def _reversed(address: str) -> str:
    return ".".join(reversed(address.split("."))) + ".in-addr.arpa"


def _print_server(call: NativeCall, resolver: str) -> None:
    call.out(f"Server:  {resolver}")
    call.out(f"Address:  {resolver}")
    call.out("")


def _no_answer(call: NativeCall, resolver: str) -> int:
    call.out("DNS request timed out.")
    call.out("    timeout was 2 seconds.")
    call.out("Server:  UnKnown")
    call.out(f"Address:  {resolver}")
    call.out("")
    call.err("*** Request to UnKnown timed-out")
    return 1


def _resolver(server: Server) -> str:
    found = server.world.forest.find(server.site) if server.domain is not None else None
    return found.spec.addresses[0] if found and found.spec.addresses else "8.8.8.8"


def _print(call: NativeCall, name: str, kind: str, answers: list[dict[str, object]]) -> None:
    if kind in ("A", "AAAA", "ANY"):
        addresses = [str(item["IPAddress"]) for item in answers if "IPAddress" in item]
        owners = [str(item["Name"]) for item in answers if "IPAddress" in item]
        call.out(f"Name:    {owners[0] if owners else name}")
        label = "Addresses:  " if len(addresses) > 1 else "Address:  "
        for index, address in enumerate(addresses):
            call.out((label if index == 0 else "          ") + address)
        if owners and owners[0].lower() != name.lower():
            call.out(f"Aliases:  {name}")
        return
    for item in answers:
        if kind == "MX":
            call.out(f"{name}\tMX preference = {item['Preference']}, mail exchanger = {item['NameExchange']}")
        elif kind == "TXT":
            call.out(f"{name}\ttext =")
            call.out("")
            call.out(f'\t"{item["Strings"][0]}"')  # type: ignore[index]
        elif kind == "PTR":
            reverse = ".".join(reversed(name.split("."))) + ".in-addr.arpa"
            call.out(f"{reverse}\tname = {item['NameHost']}")
        elif kind == "CNAME":
            call.out(f"{name}\tcanonical name = {item['NameHost']}")
        elif kind == "SRV":
            call.out(f"{name}\tSRV service location:")
            call.out(f"          priority       = {item['Priority']}")
            call.out(f"          weight         = {item['Weight']}")
            call.out(f"          port           = {item['Port']}")
            call.out(f"          svr hostname   = {item['NameTarget']}")


def ping(call: NativeCall) -> int:
    """ping.exe."""
    target = next(
        (argument for argument in call.args if argument[:1] not in "-/" and not argument.isdigit()), ""
    )
    try:
        time = call.machine.network.ping(target, 4.0)
    except MachineError:
        call.out(f"Ping request could not find host {target}. Please check the name and try again.")
        return 1
    call.out(f"Reply from {target}: bytes=32 time={int(time)}ms TTL=128" if time else "Request timed out.")
    return 0 if time else 1


def winrm(call: NativeCall) -> int:
    """winrm.cmd: enumerate listener, get and set winrs, quickconfig, id."""
    server: Server = call.machine.server
    arguments = [argument.lower() for argument in call.args]
    verb = arguments[0] if arguments else ""
    resource = arguments[1] if len(arguments) > 1 else ""
    if verb in ("enumerate", "e") and resource.endswith("config/listener"):
        for listener in server.spec.listeners:
            call.out("Listener")
            call.out("    Address = *")
            call.out(f"    Transport = {listener.scheme.upper()}")
            call.out(f"    Port = {listener.port}")
            call.out(f"    Hostname = {server.fqdn if listener.scheme == 'https' else ''}".rstrip())
            call.out("    Enabled = true")
            call.out("    URLPrefix = wsman")
            call.out(f"    ListeningOn = {', '.join(server.addresses)}")
            call.out("")
        return 0
    if verb in ("get", "g") and resource.endswith("config/winrs"):
        call.out("Winrs")
        call.out("    AllowRemoteShellAccess = true")
        for name, value in server.winrs.items():
            call.out(f"    {name} = {value}")
        return 0
    if verb in ("set", "s") and resource.endswith("config/winrs"):
        return _set_quota(call, server)
    if verb in ("quickconfig", "qc"):
        call.out("WinRM already is set up to receive requests on this machine.")
        call.out("WinRM already is set up for remote management on this machine.")
        return 0
    if verb in ("id", "identify"):
        call.out("IdentifyResponse")
        call.out("    ProductVendor = Microsoft Corporation")
        return 0
    call.err(f"Not simulated: winrm {' '.join(call.args)}.")
    return 1


def _set_quota(call: NativeCall, server: Server) -> int:
    if not call.machine.is_administrator:
        call.err("WSManFault\n    Message = Access is denied.\n\nError number:  -2147024891 0x80070005")
        return 5
    settings = " ".join(call.args[2:])
    found = QUOTA.findall(settings)
    known = {name.lower(): name for name in server.winrs}
    if not found or any(name.lower() not in known for name, _ in found):
        call.err("WSManFault\n    Message = The WS-Management service cannot process the request.")
        return 1
    for name, value in found:
        server.winrs[known[name.lower()]] = int(value)
    call.out("Winrs")
    for name, value in server.winrs.items():
        call.out(f"    {name} = {value}")
    return 0


def repadmin(call: NativeCall) -> int:
    """repadmin.exe: /replsummary, /showrepl [* /csv], /syncall."""
    server: Server = call.machine.server
    world, forest = server.world, server.world.forest
    if server.domain is None or not (call.machine.token.can_delegate or server.is_controller):
        call.err(
            "Error: An LDAP lookup operation failed with the following error:\n    LDAP Error 82(0x52): Local Error"
        )
        return 1
    verb = call.args[0].lower().lstrip("/-") if call.args else ""
    with world.access():
        if verb == "syncall":
            forest.synchronize()
            call.out("SyncAll terminated with no errors.")
            return 0
        if verb == "replsummary":
            call.out("Source DSA          largest delta    fails/total %%   error")
            for dc in forest.all():
                bad = forest.is_stuck(dc.name) or not dc.up
                delta = ">60 days" if bad else "04m:12s"
                call.out(
                    f" {dc.name:<18} {delta:>12}    {1 if bad else 0} /   3  {33 if bad else 0}  {'(1722) The RPC server is unavailable.' if bad else ''}".rstrip()
                )
            return 0
        if verb == "showrepl":
            call.out(
                "showrepl_COLUMNS,Destination DSA Site,Destination DSA,Naming Context,Source DSA Site,Source DSA,Transport Type,Number of Failures,Last Failure Time,Last Success Time,Last Failure Status"
            )
            for target in forest.all():
                for source in forest.all():
                    if source is not target:
                        bad = forest.is_stuck(source.name) or forest.is_stuck(target.name)
                        call.out(
                            f'showrepl_INFO,{target.site},{target.name},"{forest.configuration_dn}",{source.site},'
                            f"{source.name},RPC,{3 if bad else 0},0,{server.now():%Y-%m-%d %H:%M:%S},{1722 if bad else 0}"
                        )
            return 0
    call.err(f"Not simulated: repadmin {' '.join(call.args)}.")
    return 1


def nltest(call: NativeCall) -> int:
    """nltest.exe /dsgetsite and /dsgetdc:NAME."""
    server: Server = call.machine.server
    text = " ".join(call.args).lower()
    if "/dsgetsite" in text:
        call.out(server.site)
        call.out("The command completed successfully")
        return 0
    if "/dsgetdc:" in text:
        name = text.partition("/dsgetdc:")[2].split(" ")[0]
        found = server.world.forest.find(server.site, domain=name)
        if found is None:
            call.err("DsGetDcName failed: Status = 1355 0x54b ERROR_NO_SUCH_DOMAIN")
            return 1355
        call.out(f"           DC: \\\\{found.fqdn}")
        call.out(f" Dc Site Name: {found.site}")
        call.out(f"Our Site Name: {server.site}")
        call.out("The command completed successfully")
        return 0
    call.err(f"Not simulated: nltest {' '.join(call.args)}.")
    return 1


def netsh(call: NativeCall) -> int:
    """netsh.exe: firewall rules are accepted, portproxy and others refused by name."""
    text = " ".join(call.args).lower()
    if "advfirewall" in text or text.startswith("firewall"):
        call.out("Ok.")
        return 0
    if "show" in text:
        call.out("There are no entries.")
        return 0
    call.err(f"Not simulated: netsh {' '.join(call.args)}.")
    return 1


PROGRAMS: dict[str, Native] = {
    "nslookup.exe": nslookup,
    "ping.exe": ping,
    "winrm.cmd": winrm,
    "repadmin.exe": repadmin,
    "nltest.exe": nltest,
    "netsh.exe": netsh,
}
