"""The plan of a shape, as the bytes that a person would have written.

JSON is YAML, so the plan goes the whole way: loading, schema, references, rules, topology.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.compile.random_shapes import NEW_LAYOUTS, OLD_LAYOUTS, Shape


def plan_bytes(shape: Shape) -> bytes:
    """The plan of a shape."""
    from tests.compile.random_legacy import LegacyBuilder

    builder = Builder(shape) if shape.transition == "C" else LegacyBuilder(shape)
    return json.dumps(builder.plan(), indent=1).encode()


class Builder:
    """Makes the document of a shape; names tell site and use: `S2-OLD1`, `S2-DB1`."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.flaw = shape.flaw

    def plan(self) -> dict[str, Any]:
        """The whole document."""
        shape = self.shape
        return {
            "format": "exmigrate.plan/1",
            "name": "random",
            "transition": {
                "from": [{"version": "2007", "service_pack": shape.service_pack}],
                "to": {"version": "2010", "service_pack": "SP3"},
            },
            "credentials": self._credentials(),
            "connections": self._connections(),
            "media": list(self._media()),
            "source": self._source(),
            "target": self._target(),
            "batches": list(self._batches()),
            "keep": [
                {"server": name, "reason": "an application"}
                for n in self._range()
                if self.shape.sites[n].keeps
                for name, _ in self.keeping(n)
            ],
            "policy": self._policy(),
        }

    def domain(self, n: int) -> str:
        """Domain of a site."""
        return self._domain(self.shape.sites[n].domain)

    def _domain(self, n: int) -> str:
        return "example.local" if n == 0 else f"d{n}.example.local"

    def old(self, n: int) -> list[tuple[str, tuple[str, ...]]]:
        """Old servers of a site with their roles."""
        layout = OLD_LAYOUTS[self.shape.sites[n].old]
        return [(f"S{n}-OLD{i}", roles) for i, roles in enumerate(layout)]

    def new(self, n: int) -> list[tuple[str, tuple[str, ...]]]:
        """New servers of a site with their roles."""
        chosen = None if n and self.flaw in ("edge-without-hub", "facing-closes") else self.shape.sites[n].new
        layout = () if chosen is None else NEW_LAYOUTS[chosen]
        if n == 0 and self.flaw in ("no-hub", "no-cas"):
            layout = tuple(tuple(r for r in roles if r != self.flaw[3:]) for roles in layout)
        return [(f"S{n}-NEW{i}", roles) for i, roles in enumerate(layout) if roles]

    def keeping(self, n: int) -> list[tuple[str, tuple[str, ...]]]:
        """Old servers of a site, whatever their version."""
        return self.old(n)

    def having(self, servers: list[tuple[str, tuple[str, ...]]], role: str) -> list[str]:
        """Names of the servers with a role."""
        return [name for name, roles in servers if role in roles]

    def name_of(self, n: int) -> str:
        """The Internet name of a site."""
        return "mail.example.com" if n == 0 else f"mail{n}.example.com"

    def _range(self) -> range:
        return range(len(self.shape.sites))

    def _edges(self, n: int) -> tuple[str, str]:
        """Old and new Edge of a site, empty where it has none."""
        edge = "new" if n and self.flaw == "edge-without-hub" else self.shape.sites[n].edge
        return (
            f"S{n}-EDGE07" if edge in ("stays", "replaced") else "",
            f"S{n}-EDGE10" if edge in ("replaced", "new") else "",
        )

    def _every_edge(self) -> list[str]:
        return [name for n in self._range() for name in self._edges(n) if name]

    def _credentials(self) -> dict[str, Any]:
        groups = ["Schema Admins", "Enterprise Admins", "Exchange Organization Administrators"]
        return {
            "migration": {"username": "EXAMPLE\\mig", "password": "env:MIG", "groups": groups},
            "edge": {"username": "edge", "password": "env:EDGE", "local": True},
        }

    def _connections(self) -> dict[str, Any]:
        transport = "ntlm" if self.flaw == "ntlm" else "credssp"
        outside = {"transport": "basic", "scheme": "https", "credential": "edge", "run_as": "edge"}
        return {
            "defaults": {"transport": transport, "credential": "migration", "run_as": "migration"},
            "servers": dict.fromkeys(self._every_edge(), outside),
        }

    def _media(self) -> Iterator[dict[str, Any]]:
        def medium(name: str, version: str, pack: str, build: str, **more: str) -> dict[str, Any]:
            return {
                "name": name, "version": version, "service_pack": pack, "build": build, "sha256": "0" * 64,
                "source": f"\\\\files\\{name}", "folder": f"C:\\Media\\{name}", **more,
            }  # fmt: skip

        yield medium("e2010", "2010", "SP3", "14.3.123.4")
        if self.shape.rollup:
            yield medium("e2010ru", "2010", "SP3", "14.3.195.1", kind="rollup")
        if self.flaw != "old-media":
            yield medium("e2007", "2007", "SP3", "8.3.83.6")

    def _source(self) -> dict[str, Any]:
        return {
            "organization": "Example",
            "forest": self._forest(),
            "servers": [s for n in self._range() for s in self._old_servers(n)],
            "machines": list(self._machines()),
            "mail": self._mail_today(),
            "mailboxes": list(self._mailboxes()),
            "public_folders": list(self._folders()),
            "offline_address_books": self._address_books(),
            "dial_plans": [self._dial_plan(n) for n in self._range() if self.having(self.old(n), "um")],
            "edge_subscriptions": [
                {"edge": self._edges(n)[0], "site": f"S{n}"} for n in self._range() if self._edges(n)[0]
            ],
            "groups": [
                {"name": f"Group{n}", "expansion_server": self._expander(n)}
                for n in self._range()
                if self.shape.sites[n].expansion
            ],
            "dns": [
                {"name": name, "value": "10.0.1.1", "ttl": 300}
                for name in ["autodiscover.example.com", *(self.name_of(n) for n in self._facing())]
            ],
        }  # fmt: skip

    def _address_books(self) -> list[dict[str, Any]]:
        server, web = self.having(self.old(0), "mailbox")[0], self.having(self.old(0), "cas")
        return [{"name": "OAB", "server": server, "web_distribution": web}]

    def _expander(self, n: int) -> str:
        """The old server that expands a site's group."""
        return self.having(self.old(n), "hub")[0]

    def _facing(self) -> list[int]:
        return [n for n in self._range() if self.shape.sites[n].facing]

    def _forest(self) -> dict[str, Any]:
        count = len(self.shape.sites)
        links = [{"name": f"L{n}", "sites": [f"S{n - 1}", f"S{n}"], "cost": 10 * n} for n in range(1, count)]
        return {
            "level": "2000" if self.flaw == "forest" else "2003",
            "domains": [
                {"name": self._domain(d), "netbios": f"D{d}", "root": d == 0} for d in range(self.shape.domains)
            ],
            "sites": [
                {
                    "name": f"S{n}", "domain": self.domain(n), "internet_facing": self.shape.sites[n].facing,
                    "subnets": [f"10.{n}.0.0/16"],
                    "domain_controllers": [
                        {"name": f"DC{n}", "domain": self.domain(n), "os": "2008R2", "schema_master": n == 0},
                        *(self._domains_without_a_site() if n == 0 else ()),
                    ],
                }
                for n in self._range()
            ],
            "site_links": links,
        }  # fmt: skip

    def _domains_without_a_site(self) -> Iterator[dict[str, Any]]:
        """Controllers of domains that no site is of, as of an empty root."""
        used = {site.domain for site in self.shape.sites}
        for d in range(self.shape.domains):
            if d not in used:
                yield {"name": f"ADC{d}", "domain": self._domain(d), "os": "2008R2"}

    def _old_servers(self, n: int) -> Iterator[dict[str, Any]]:
        windows = {"os": "2008", "os_service_pack": 2, "memory": "16GB"}
        for i, (name, roles) in enumerate(self.old(n)):
            cluster = self.shape.sites[n].cluster if roles == ("mailbox",) else ""
            nodes = [
                {
                    "name": f"{name}-N{j}",
                    "addresses": [f"10.{n}.{1 + i}.{10 + j}"],
                    "active": j == 0,
                    **windows,
                }
                for j in range({"CCR": 2, "SCC": 3}.get(cluster, 0))
            ]
            yield {
                "name": name, "site": f"S{n}", "roles": list(roles),
                "addresses": [f"10.{n}.0.{10 + i}"], "edition": "Enterprise",
                "databases": self._old_databases(n, i) if "mailbox" in roles else [],
                **({"client_access": self._urls(n)} if "cas" in roles else {}),
                **({"cluster": cluster} if cluster else {}),
                **({"nodes": nodes} if nodes else windows),
            }  # fmt: skip
        if edge := self._edges(n)[0]:
            yield self._edge_machine(edge, n, 90) | {"roles": ["edge"], "os": "2008", "os_service_pack": 2}

    def _old_databases(self, n: int, i: int) -> list[dict[str, Any]]:
        out: list[dict[str, Any]] = [{"name": f"S{n}-ODB{i}", "storage_group": "SG1"}]
        if self.shape.folders:
            out[0]["public_folder_database"] = f"S{n}-OPF{i}"
            out.append({"name": f"S{n}-OPF{i}", "kind": "public-folder", "storage_group": "SG2"})
        return out

    def _urls(self, n: int) -> dict[str, Any]:
        kinds = ("owa", "activesync", "ews", "oab")
        outside = self.shape.sites[n].facing or self.flaw == "external-url"
        url = f"https://{self.name_of(n)}" if outside else ""
        return {
            "scp": "https://mail.example.com/Autodiscover/Autodiscover.xml",
            "outlook_anywhere_host": self.name_of(n) if self.shape.sites[n].facing else "",
            **{k: {"internal": f"https://in{n}.example.local/{k}", **({"external": f"{url}/{k}"} if url else {})} for k in kinds},
        }  # fmt: skip

    def _edge_machine(self, name: str, n: int, last: int) -> dict[str, Any]:
        return {
            "name": name, "site": f"S{n}", "workgroup": True, "dns_suffix": "dmz.example.com", "memory": "8GB",
            "addresses": [f"192.168.{n}.{last}"],
            "listeners": [{"scheme": "https", "port": 5986, "auth": ["basic"]}],
        }  # fmt: skip

    def _machines(self) -> Iterator[dict[str, Any]]:
        for n in self._range():
            for i, (name, _) in enumerate(self.new(n)):
                yield {
                    "name": name, "site": f"S{n}", "os": "2008R2", "os_service_pack": 1, "memory": "32GB",
                    "bits": 32 if self.flaw == "bits" else 64, "addresses": [f"10.{n}.0.{50 + i}"],
                    "disks": {"C:": "200GB", "D:": "2000GB"},
                }  # fmt: skip
            if edge := self._edges(n)[1]:
                yield self._edge_machine(edge, n, 91) | {"os": "2008R2", "os_service_pack": 1}
        if self.shape.tools_host:
            yield {
                "name": "ADM",
                "site": "S0",
                "os": "2008R2",
                "os_service_pack": 1,
                "addresses": ["10.0.0.9"],
            }

    def _connectors(self) -> Iterator[tuple[str, int]]:
        for n in self._range():
            for i in range(self.shape.sites[n].connectors):
                yield f"C{n}-{i}", n

    def _mail_today(self) -> dict[str, Any]:
        return {
            "accepted_domains": self._domains_of_mail(),
            "send_connectors": [
                {"name": name, "sources": self.having(self.old(n), "hub"), "address_spaces": [f"SMTP:{name}.example;1"]}
                for name, n in self._connectors()
            ] + [{"name": "Last", "sources": self.having(self.old(0), "hub")[:1], "address_spaces": ["SMTP:*;9"]}],
        }  # fmt: skip

    def _domains_of_mail(self) -> list[dict[str, Any]]:
        shared = {"name": "both.example", "kind": "internal-relay", "shared_with": "notes.example.com"}
        return [{"name": "example.com", "default": True}, *([shared] if self.shape.shared else [])]

    def _mailboxes(self) -> Iterator[dict[str, Any]]:
        for n in self._range():
            for i, name in enumerate(self.having(self.old(n), "mailbox")):
                place = [s for s, _ in self.old(n)].index(name)
                for batch in range(self.shape.sites[n].batches):
                    for user in range(self.shape.mailboxes):
                        yield {
                            "alias": f"u{n}.{batch}.{i}.{user}",
                            "database": f"S{n}-ODB{place}",
                            "size": "100MB",
                        }
        if self.flaw == "left-behind":
            database = next(s for s, r in self.old(0) if "mailbox" in r).replace("OLD", "ODB")
            yield {"alias": "forgotten", "database": database, "size": "100MB"}

    def _folders(self) -> Iterator[dict[str, Any]]:
        if self.shape.folders:
            first = next(s for s, r in self.old(0) if "mailbox" in r).replace("OLD", "OPF")
            yield {"folder": "\\Team", "replicas": [first], "items": 3, "size": "1MB"}

    def _dial_plan(self, n: int) -> dict[str, Any]:
        return {
            "name": f"DP{n}", "servers": self.having(self.old(n), "um"), "gateways": {f"PBX{n}": f"10.{n}.8.1"},
            "policies": [f"P{n}"], "prompts": ["hello.wav"],
        }  # fmt: skip

    def _target(self) -> dict[str, Any]:
        folders = [f"S{n}-PF" for n in self._with_folders()]
        out = {
            "directory_host": "ADM" if self.shape.tools_host else self.new(0)[0][0],
            "namespaces": {
                "primary": "mail.example.com", "autodiscover": ["autodiscover.example.com"], "legacy": "" if self.flaw == "no-legacy-name" else "legacy.example.com",
            },
            "certificates": [self._certificate()],
            "sites": [self._target_site(n) for n in self._range()],
            "servers": [s for n in self._range() for s in self._new_servers(n)],
            "dags": [self._dag(n) for n in self._range() if self._dag_members(n)],
            "client_access": {"outlook_2003_clients": self.shape.outlook_2003, "rpc_encryption_required": not self.shape.outlook_2003,
                              "oab_versions": ["Version2", "Version3", "Version4"], "oab_public_folder_distribution": self.shape.outlook_2003},
            "mail_flow": self._mail_flow(),
            "dial_plans": [
                {"name": f"DP{n}", "servers": self.having(self.new(n), "um")}
                for n in self._range()
                if self.having(self.old(n), "um") and self.having(self.new(n), "um")
            ],
            "edges": [e for n in self._range() for e in self._edge_wishes(n)],
        }  # fmt: skip
        if folders and self.flaw != "no-pf-target":
            out["public_folders"] = {"databases": folders}
        return out

    def _with_folders(self) -> list[int]:
        sites = [
            n for n in self._range() if self.shape.sites[n].folders and self.having(self.new(n), "mailbox")
        ]
        return sites if self.shape.folders else []

    def _certificate(self) -> dict[str, Any]:
        facing = self._facing()
        names = ["autodiscover.example.com", *(self.name_of(n) for n in facing)]
        names += [self._legacy_of(n) for n in facing]
        if self.shape.wildcard:
            names = ["*.example.com", "example.com"]
        if self.flaw == "certificate":
            names = ["mail.example.com"]
        return {
            "name": "web", "subject": "mail.example.com", "names": names, "services": ["IIS", "SMTP"],
            "pfx": "secrets/web.pfx", "password": "env:PFX", "requested_on": self._requester(),
            "request_file": "C:\\web.req",
        }  # fmt: skip

    def _legacy_of(self, n: int) -> str:
        """The name of a site's old servers during coexistence."""
        shared = n == 0 or self.flaw == "shared-legacy-name"
        return "legacy.example.com" if shared else f"legacy{n}.example.com"

    def _requester(self) -> str:
        """The server that requests the certificate."""
        return self.having(self.old(0), "cas")[0]

    def _target_site(self, n: int) -> dict[str, Any]:
        site = self.shape.sites[n]
        address = [f"10.{n}.1.1"]
        out: dict[str, Any] = {"name": f"S{n}", "primary": n == 0}
        if site.array and self.having(self.new(n), "cas"):
            out["cas_array"] = {
                "name": f"A{n}",
                "fqdn": f"outlook{n}.example.local",
                "address": f"10.{n}.1.9",
            }
        if site.facing:
            out |= {"internal_addresses": address, "external_addresses": [f"203.0.113.{n + 1}"]}
            out |= {"legacy_addresses": [f"10.{n}.1.2"], "legacy_external_addresses": [f"198.51.100.{n + 1}"]}
            out |= {"namespace": self.name_of(n)} if n else {}
            out |= {"legacy": self._legacy_of(n)} if n and self.flaw != "no-legacy-name" else {}
        if n == 0 and self.flaw == "order":
            out["role_order"] = ["mailbox", "hub", "cas"]
        if self.shape.routing and n == 0:
            out["hub_site"] = True
        return out

    def _new_servers(self, n: int) -> Iterator[dict[str, Any]]:
        key = {"product_key": "env:KEY"} if self.shape.keys else {}
        for name, roles in self.new(n):
            databases = self._new_databases(n, name) if "mailbox" in roles else []
            edition = "Standard" if self.flaw == "many-databases" else "Enterprise"
            yield {"name": name, "roles": list(roles), "edition": edition, "databases": databases, **key}
        if edge := self._edges(n)[1]:
            yield {"name": edge, "roles": ["edge"], **key}

    def _new_databases(self, n: int, server: str) -> list[dict[str, Any]]:
        boxes = self.having(self.new(n), "mailbox")
        place = boxes.index(server)
        members = self._dag_members(n)
        folders = {"public_folder_database": f"S{n}-PF"} if n in self._with_folders() else {}
        out = [
            {
                "name": f"{server}-DB{k}", "edb": f"D:\\{k}\\{k}.edb", "logs": f"D:\\{k}", "created_by_setup": k == 0,
                "copies": [m for m in members if m != server], **folders,
            }
            for k in range(7 if self.flaw == "many-databases" and n == 0 else 2)
        ]  # fmt: skip
        if folders and place == 0:
            out.append(
                {"name": f"S{n}-PF", "kind": "public-folder", "edb": "D:\\pf\\pf.edb", "logs": "D:\\pf"}
            )
        return out

    def _dag_members(self, n: int) -> list[str]:
        boxes = self.having(self.new(n), "mailbox")
        return boxes if self.shape.sites[n].dag and len(boxes) > 1 else []

    def _dag(self, n: int) -> dict[str, Any]:
        return {
            "name": f"DAG{n}", "members": self._dag_members(n), "witness_directory": "C:\\Witness",
            "witness_server": self.having(self.new(n), "hub")[0] if self.having(self.new(n), "hub") else "files",
            "addresses": [f"10.{n}.1.20"],
        }  # fmt: skip

    def _mail_flow(self) -> dict[str, Any]:
        moved = [
            {"name": name, "sources": self.having(self.new(n), "hub") or self.having(self.new(0), "hub")}
            for name, n in self._connectors()
        ]
        if self.flaw != "connector":
            moved.append({"name": "Last", "sources": self.having(self.new(0), "hub")})
        hubs = self.having(self.new(0), "hub")
        connector = [{"name": "From outside", "use": "internet", "servers": hubs}] if hubs else []
        return {
            "inbound": "direct", "inbound_targets": hubs, "send_connectors": moved, "receive_connectors": connector,
            **({"dsn_mode": "DoNotConvert", "dsn_messages": [{"identity": "en\\Internal\\5.2.2", "text": "Full"}]} if self.shape.dsn else {}),
        }  # fmt: skip

    def _edge_wishes(self, n: int) -> Iterator[dict[str, Any]]:
        old, new = self._edges(n)
        if new:
            yield {"edge": new, "site": f"S{n}", **({"replaces": old} if old else {})}
        elif old:
            yield {"edge": old, "site": f"S{n}"}

    def _targets(self, n: int) -> list[str]:
        site = n if self.having(self.new(n), "mailbox") else 0
        return [f"{s}-DB{k}" for s in self.having(self.new(site), "mailbox") for k in range(2)]

    def _batches(self) -> Iterator[dict[str, Any]]:
        for n in self._range():
            boxes = len(self.having(self.old(n), "mailbox"))
            for batch in range(self.shape.sites[n].batches):
                yield {
                    "name": f"B{n}-{batch}", "targets": self._targets(n), "pilot": n in self.shape.pilots and batch == 0,
                    "members": [
                        f"u{n}.{batch}.{i}.{user}" for i in range(boxes) for user in range(self.shape.mailboxes)
                    ],
                    "outlook_2003": self.shape.outlook_2003,
                }  # fmt: skip

    def _policy(self) -> dict[str, Any]:
        out: dict[str, Any] = {
            "later_sites": self.shape.later_sites,
            "optional": ["clean-2007-groups"] if self.shape.clean else [],
        }
        if self.flaw == "unwaivable":
            out["waivers"] = [
                {"rule": "CA-001", "who": "N. N.", "date": "2011-01-01", "reason": "we take the risk"}
            ]
        return out
