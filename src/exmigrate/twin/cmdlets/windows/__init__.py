"""Windows itself as scripts meet it: features module, WMI, Task Scheduler, console programs."""

from exmigrate.twin.cmdlets.windows import (
    access_rules,
    computer,
    digests,
    file_rights,
    natives_certificates,
    natives_network,
    natives_system,
    natives_tasks,
    programs,
    servermanager,
)
from exmigrate.twin.cmdlets.windows.schedule import schedule_service
from exmigrate.twin.cmdlets.windows.wmi import CLASSES
from exmigrate.twin.cmdlets.windows.wmi_exchange import CLASSES as EXCHANGE_CLASSES
from exmigrate.twin.powershell.packs import Native, Pack

SYSTEM_PROGRAMS: dict[str, Native] = {
    **natives_system.PROGRAMS,
    **natives_network.PROGRAMS,
    **natives_certificates.PROGRAMS,
    **access_rules.PROGRAMS,
    **natives_tasks.PROGRAMS,
}
"""Programs that come with Windows, by file name."""

FILE_PROGRAMS: dict[str, Native] = dict(programs.PROGRAMS)
"""Programs that are there only where a file of that name is."""

PACKAGE: Native = programs.package
"""Any other installer that is a file."""

windows_pack = Pack(
    "windows",
    cmdlets=(
        *servermanager.CMDLETS,
        *computer.CMDLETS,
    ),
    types=(*digests.TYPES_OF_PACK, *file_rights.TYPES_OF_PACK),
    com={"Schedule.Service": schedule_service},
    natives={**SYSTEM_PROGRAMS, **FILE_PROGRAMS, "*.exe": PACKAGE},
    modules=servermanager.MODULES,
    wmi={**CLASSES, **EXCHANGE_CLASSES},
)

__all__ = ["FILE_PROGRAMS", "PACKAGE", "SYSTEM_PROGRAMS", "windows_pack"]
