"""The Certificate provider: ``Cert:\\LocalMachine\\My\\<thumbprint>``."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.machine.ports import MachineError
from exmigrate.twin.powershell.providers.base import Provider, path_not_found
from exmigrate.twin.powershell.typeinfo import declare_type
from exmigrate.twin.powershell.types.certificates import Certificate

_LOCATIONS = ("CurrentUser", "LocalMachine")
LOCATION = v.record_type(
    "Microsoft.PowerShell.Commands.X509StoreLocation",
    {"Location": "System.String", "StoreNames": "System.Object"},
    to_string="Location",
)
STORE = v.record_type(
    "Microsoft.PowerShell.Commands.X509StoreItem", {"Name": "System.String"}, to_string="Name"
)
declare_type("Microsoft.PowerShell.Commands.CertificateProviderItem", is_abstract=True)


class CertificateProvider(Provider):
    """Certificate stores of the machine."""

    name = "Certificate"
    drives = ("Cert",)

    def drive_names(self, session: Any) -> list[str]:
        return list(self.drives) if session.machine.platform == "windows" else []

    def root_of(self, drive: str, session: Any) -> str | None:
        return "" if drive.lower() == "cert" else None

    def normal(self, path: str, session: Any) -> str:
        return "\\".join(part for part in path.replace("/", "\\").split("\\") if part and part != ".")

    def _split(self, session: Any, path: str) -> list[str] | None:
        """Location, store and thumbprint with their own case, None when one of them is not there."""
        parts = path.split("\\") if path else []
        proper: list[str] = []
        for depth, part in enumerate(parts):
            known = self._names(session, proper)
            found = next((name for name in known if name.lower() == part.lower()), None)
            if found is None or depth > 2:
                return None
            proper.append(found)
        return proper

    def _names(self, session: Any, parts: list[str]) -> list[str]:
        certificates = session.machine.certificates
        if not parts:
            return list(_LOCATIONS)
        if len(parts) == 1:
            return list(certificates.stores(parts[0]))
        if len(parts) == 2:
            return [Certificate(one).thumbprint for one in certificates.all(parts[0], parts[1])]
        return []

    def item(self, session: Any, path: str) -> Any:
        parts = self._split(session, path)
        if not parts:
            return None
        if len(parts) == 1:
            return v.Record(LOCATION, {"Location": parts[0], "StoreNames": self._names(session, parts)})
        if len(parts) == 2:
            return v.Record(STORE, {"Name": parts[1]})
        stored = session.machine.certificates.all(parts[0], parts[1])
        found = (Certificate(one, parts[0], parts[1]) for one in stored)
        return next((one for one in found if one.thumbprint == parts[2]), None)

    def exists(self, session: Any, path: str) -> bool:
        return self._split(session, path) is not None

    def is_container(self, session: Any, path: str) -> bool:
        parts = self._split(session, path)
        return parts is not None and len(parts) < 3

    def children(self, session: Any, path: str) -> list[str]:
        parts = self._split(session, path)
        return [] if parts is None else self._names(session, parts)

    def remove(self, session: Any, path: str, recurse: bool, force: bool) -> None:
        parts = self._split(session, path)
        if parts is None or len(parts) != 3:
            raise path_not_found(path)
        try:
            session.machine.certificates.remove(*parts)
        except MachineError:
            raise path_not_found(path) from None
