"""Plans of shapes with Exchange 2000 or 2003 servers: what `random_plans` writes for 2007, altered and added to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.compile.random_plans import Builder
from tests.compile.random_shapes import LEGACY_LAYOUTS, OLD_LAYOUTS, Shape

MODERN = "Exchange Routing Group (DWBGZMFD01QNBJR)"


class LegacyBuilder(Builder):
    """The document of a shape of transition A, B or D; 2003 servers are `S2-LEG1`, their stores `S2-LDB1`."""

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        self.to_2007 = shape.transition == "A"
        self.with_2007 = shape.transition == "D"

    def plan(self) -> dict[str, Any]:
        """The whole document."""
        out = super().plan()
        versions = sorted({s.version for s in self.shape.sites if s.legacy >= 0})
        out["transition"]["from"] = [
            {"version": v, "service_pack": "SP3" if v == "2000" else "SP2"} for v in versions
        ]
        if self.with_2007:
            out["transition"]["from"].append({"version": "2007", "service_pack": "SP3"})
        if self.to_2007:
            out["transition"]["to"] = {
                "version": "2007",
                "service_pack": "SP1" if self.flaw == "old-windows" else "SP3",
            }
        for n in self._range():
            for name, _ in self.legacy(n):
                out["connections"]["servers"][name] = (
                    {"driven": False} if not self._driven(n) else {"transport": "kerberos"}
                )
        return out

    def old(self, n: int) -> list[tuple[str, tuple[str, ...]]]:
        """2007 servers of a site."""
        layout = OLD_LAYOUTS[self.shape.sites[n].old] if self.shape.sites[n].old >= 0 else ()
        return [(f"S{n}-OLD{i}", roles) for i, roles in enumerate(layout)]

    def legacy(self, n: int) -> list[tuple[str, tuple[str, ...]]]:
        """2000 or 2003 servers of a site."""
        layout = LEGACY_LAYOUTS[self.shape.sites[n].legacy] if self.shape.sites[n].legacy >= 0 else ()
        return [(f"S{n}-LEG{i}", roles) for i, roles in enumerate(layout)]

    def keeping(self, n: int) -> list[tuple[str, tuple[str, ...]]]:
        return [*self.old(n), *self.legacy(n)]

    def _staying_first(self, names: list[str]) -> list[str]:
        """Old servers, those that stay before the others: what one holds has no other owner afterwards."""
        stays = {name for n in self._range() if self.shape.sites[n].keeps for name, _ in self.legacy(n)}
        return sorted(names, key=lambda name: name not in stays)

    def _driven(self, n: int) -> bool:
        return self.shape.sites[n].driven and self.shape.sites[n].version != "2000"

    def _groups(self) -> dict[int, list[str]]:
        """Routing groups with the names of their servers."""
        out: dict[int, list[str]] = {}
        for n in self._range():
            for name, _ in self.legacy(n):
                out.setdefault(self.shape.sites[n].group, []).append(name)
        return out

    def _bridgeheads(self, group: int) -> list[str]:
        """Servers of a routing group that may end a connector."""
        named = [
            name
            for n in self._range()
            if self.shape.sites[n].group == group
            for name, roles in self.legacy(n)
            if "bridgehead" in roles or "mailbox" in roles
        ]
        return named or self._groups()[group]

    def _media(self) -> Iterator[dict[str, Any]]:
        for medium in super()._media():
            if self.to_2007 and medium["version"] == "2010":
                continue
            if not self.to_2007 and not self.with_2007 and medium["version"] == "2007":
                continue
            if self.flaw == "old-windows" and medium["version"] == "2007":
                medium |= {"service_pack": "SP1", "build": "8.1.240.6"}
            yield medium

    def _source(self) -> dict[str, Any]:
        out = super()._source()
        groups = self._groups()
        boxes = [name for n in self._range() for name in self.having(self.legacy(n), "mailbox")]
        out["mixed_mode"] = self.flaw == "mixed-mode"
        out["routing_groups"] = [
            {"name": f"RG{g}", "administrative_group": f"AG{g}", "master": self._staying_first(servers)[0]}
            for g, servers in groups.items()
        ]
        out["routing_group_connectors"] = [*self._between(), *self._standing()]
        out["smtp_connectors"] = [
            {
                "name": "Old Internet",
                "bridgeheads": [self._bridgeheads(min(groups))[0]],
                "address_spaces": ["SMTP:*;1"],
            }
        ]
        if self.flaw == "smtp-stays":
            spaces = ["SMTP:partner.example;1"]
            out["smtp_connectors"].append(
                {"name": "Partner", "bridgeheads": self._staying_first(boxes)[-1:], "address_spaces": spaces}
            )
        out["update_services"] = [
            {
                "name": "Recipient Update Service (Enterprise Configuration)",
                "server": self._staying_first(boxes)[0],
                "enterprise": True,
            },
            *(
                {
                    "name": f"Recipient Update Service (D{d})",
                    "domain": self._domain(d),
                    "server": self._staying_first(boxes)[0],
                }
                for d in range(self.shape.domains)
            ),
        ]
        if self.flaw == "remnants":
            out["connection_agreements"] = ["Config CA EXAMPLE"]
        if self.flaw == "retained":
            out["features"] = [
                {"feature": "x400-connector", "server": self._staying_first(boxes)[-1], "reason": "The bank."}
            ]
        if not self.with_2007:
            out["mail"].pop("send_connectors")
            out["dial_plans"], out["edge_subscriptions"] = [], []
        return out

    def _between(self) -> Iterator[dict[str, Any]]:
        """Connectors of the first routing group with each other one, both ways."""
        first, *others = sorted(self._groups())
        for other in others:
            for a, b in ((first, other), (other, first)):
                yield {
                    "name": f"RG{a} to RG{b}", "source_group": f"RG{a}", "target_group": f"RG{b}",
                    "sources": self._bridgeheads(a)[:1], "targets": self._bridgeheads(b)[:1],
                }  # fmt: skip

    def _standing(self) -> Iterator[dict[str, Any]]:
        """The pair that was made for 2007."""
        if not self.with_2007 or self.flaw == "no-pair":
            return
        group = min(self._groups())
        hubs, ends = self.having(self.old(0), "hub"), self._bridgeheads(group)
        yield {
            "name": "Interop out",
            "source_group": MODERN,
            "target_group": f"RG{group}",
            "sources": hubs,
            "targets": ends,
        }
        yield {
            "name": "Interop back",
            "source_group": f"RG{group}",
            "target_group": MODERN,
            "sources": ends,
            "targets": hubs,
        }

    def _old_servers(self, n: int) -> Iterator[dict[str, Any]]:
        for server in super()._old_servers(n):
            yield server | {"version": "2007", "service_pack": "SP3"}
        site = self.shape.sites[n]
        for i, (name, roles) in enumerate(self.legacy(n)):
            entry: dict[str, Any] = {
                "name": name, "site": f"S{n}", "version": site.version, "os": site.version, "roles": list(roles),
                "service_pack": self._pack(n), "os_service_pack": 4 if site.version == "2000" else 2,
                "routing_group": f"RG{site.group}", "addresses": [f"10.{n}.0.{30 + i}"], "edition": "Standard",
                "databases": self._legacy_databases(n, i) if "mailbox" in roles else [],
                "link_state_suppressed": self.shape.suppressed and self.flaw != "link-state", "memory": "4GB",
                "powershell": "2.0" if self._driven(n) else "",
            }  # fmt: skip
            if site.version == "2003":
                entry |= {"kb937031": True, "activesync_integrated": self.shape.suppressed}
            if site.version == "2003" and self._driven(n):
                entry["listeners"] = [{"scheme": "http", "port": 5985, "auth": ["kerberos"]}]
            yield entry

    def _pack(self, n: int) -> str:
        if self.shape.sites[n].version == "2000":
            return "SP3"
        return "SP1" if self.flaw == "unpatched" else "SP2"

    def _legacy_databases(self, n: int, i: int) -> list[dict[str, Any]]:
        group = "First Storage Group"
        return [
            {"name": f"S{n}-LDB{i}", "storage_group": group, "public_folder_database": f"S{n}-LPF{i}"},
            {"name": f"S{n}-LPF{i}", "kind": "public-folder", "storage_group": group},
        ]

    def _mail_today(self) -> dict[str, Any]:
        out = super()._mail_today() if self.with_2007 else {"accepted_domains": self._domains_of_mail()}
        manager = {"mailbox_manager": "only"} if self.shape.manager else {}
        shared = ["shared.example"] if self.flaw == "shared" else []
        shared += ["both.example"] if self.shape.shared else []
        templates = ["SMTP:@example.com", *(f"smtp:@{d}" for d in shared)]
        out["address_policies"] = [
            {"name": "Default Policy", "templates": templates, "non_authoritative": shared}
        ]
        if manager:
            policy = {"name": "Cleaning", "templates": ["SMTP:@example.com"], "priority": 2, **manager}
            out["address_policies"].insert(0, policy)
            out["address_policies"][1]["priority"] = 3
        return {"send_connectors": [], **out}

    def _oldest(self, n: int) -> list[tuple[str, str]]:
        """Old Mailbox servers of a site with their stores."""
        out = []
        for servers, mark in ((self.old(n), "ODB"), (self.legacy(n), "LDB")):
            out += [
                (name, f"S{n}-{mark}{i}") for i, (name, roles) in enumerate(servers) if "mailbox" in roles
            ]
        return out

    def _mailboxes(self) -> Iterator[dict[str, Any]]:
        for n in self._range():
            for name, store in self._oldest(n):
                for batch in range(self.shape.sites[n].batches):
                    for user in range(self.shape.mailboxes):
                        yield {
                            "alias": f"u.{name}.{batch}.{user}".lower(),
                            "database": store,
                            "size": "100MB",
                        }
        if self.flaw in ("left-behind", "um-stays"):
            store = next(s for n in self._range() for m, s in self._oldest(n) if "LEG" in m)
            yield {"alias": "forgotten", "database": store, "size": "100MB"}

    def _folders(self) -> Iterator[dict[str, Any]]:
        first = next(store for n in self._range() for _, store in self._oldest(n))
        yield {"folder": "\\Team", "replicas": [first.replace("DB", "PF")], "items": 3, "size": "1MB"}

    def _target(self) -> dict[str, Any]:
        out = super()._target()
        if not self.with_2007:
            out["dial_plans"] = list(self._new_dial_plans())
        users = {f"u.{m}.0.0".lower(): "1000" for n in self._range() for m, _ in self._oldest(n)[:1]}
        if self.flaw == "um-stays":
            users = {"forgotten": "1001"}
        if out["dial_plans"] and (self.shape.um_users or self.flaw == "um-stays") and not self.with_2007:
            first = dict(list(users.items())[:1])
            out["um_mailboxes"] = [
                {"name": "First", "dial_plan": out["dial_plans"][0]["name"], "members": first}
            ]
        if self.to_2007:
            self._without_2010(out)
        elif self.flaw == "plain-url":
            out["client_access"]["exchange2003_url"] = "https://legacy.example.com"
        return out

    def _without_2010(self, out: dict[str, Any]) -> None:
        out.pop("dags")
        out["namespaces"].pop("legacy")
        out["client_access"].pop("rpc_encryption_required")
        for site in out["sites"]:
            for key in ("legacy", "legacy_addresses", "legacy_external_addresses", "cas_array"):
                site.pop(key, None)
            if self.flaw == "um-first" and site["name"] == "S0":
                site["role_order"] = ["cas", "um", "hub", "mailbox"]
        for server in out["servers"]:
            for k, database in enumerate(server.get("databases", ())):
                database.pop("created_by_setup", None)
                database.pop("copies", None)
                database["logs"] = f"D:\\logs{k}"

    def _new_dial_plans(self) -> Iterator[dict[str, Any]]:
        for n in self._range():
            servers = self.having(self.new(n), "um")
            if servers:
                yield {
                    "name": f"DP{n}", "create": True, "digits": 4, "servers": servers, "policies": [f"P{n}"],
                    "gateways": {f"PBX{n}": f"10.{n}.8.1"}, **({} if self.to_2007 else {"country_code": "41"}),
                }  # fmt: skip

    def _certificate(self) -> dict[str, Any]:
        out = super()._certificate()
        if self.to_2007:
            out["names"] = [n for n in out["names"] if not n.startswith("legacy")]
        return out

    def _requester(self) -> str:
        """The server that requests the certificate: an old one where an old one can, else the first new one."""
        return next(
            iter([*self.having(self.old(0), "cas"), *self.having(self.new(0), "cas"), self.new(0)[0][0]])
        )

    def _address_books(self) -> list[dict[str, Any]]:
        if self.with_2007 and self.old(0):
            return super()._address_books()
        boxes = [name for n in self._range() for name in self.having(self.legacy(n), "mailbox")]
        return [{"name": "Default Offline Address List", "server": boxes[0]}]

    def _expander(self, n: int) -> str:
        return next(iter([*self.having(self.old(n), "hub"), *(name for name, _ in self.legacy(n))]))

    def _mail_flow(self) -> dict[str, Any]:
        out = super()._mail_flow()
        hubs = self.having(self.new(0), "hub")
        if not self.with_2007:
            out["send_connectors"] = [
                {"name": "Internet", "create": True, "sources": hubs, "address_spaces": ["SMTP:*;1"]}
            ] if hubs else []  # fmt: skip
        pairs = [g for g in sorted(self._groups()) if self._wanted(g)]
        out["routing_group_connectors"] = [
            {"name": f"Pair {g}", "routing_group": f"RG{g}"} for g in pairs if g != min(self._groups())
        ]
        if self.flaw == "link-state":
            out["suppress_link_state"] = False
        if not self.with_2007:
            out["legacy_routing_server"] = self._bridgeheads(min(self._groups()))[0]
        return out

    def _wanted(self, group: int) -> bool:
        return any(s.pair and s.group == group for s in self.shape.sites if s.legacy >= 0)

    def _batches(self) -> Iterator[dict[str, Any]]:
        for n in self._range():
            for kind in ("OLD", "LEG"):
                boxes = [name for name, _ in self._oldest(n) if kind in name]
                for batch in range(self.shape.sites[n].batches if boxes else 0):
                    yield {
                        "name": f"{kind}{n}-{batch}", "targets": self._targets(n), "window": "evening",
                        "pilot": n in self.shape.pilots and batch == 0 and (kind == "LEG" or not self.legacy(n)),
                        "members": [f"u.{b}.{batch}.{u}".lower() for b in boxes for u in range(self.shape.mailboxes)],
                        "outlook_2003": self.shape.outlook_2003,
                    }  # fmt: skip

    def _policy(self) -> dict[str, Any]:
        window = {
            "name": "evening",
            "days": ["mon", "tue", "wed", "thu", "fri"],
            "start": "20:00",
            "length": "8h",
        }
        return {**super()._policy(), "optional": [], "windows": [window]}
