"""The directory as scripts meet it beyond ADSI: principals, SIDs, group membership of the process."""

from exmigrate.twin.cmdlets.directory.principals import TYPES_OF_PACK
from exmigrate.twin.powershell.packs import Pack

directory_pack = Pack("directory", types=TYPES_OF_PACK)

__all__ = ["directory_pack"]
