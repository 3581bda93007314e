"""The directory as scripts meet it: ADSI entries and searches, principals and SIDs."""

from exmigrate.twin.cmdlets.directory import entries, principals, searcher
from exmigrate.twin.powershell.packs import Pack

directory_pack = Pack(
    "directory",
    types=(
        entries.ENTRY,
        entries.VALUES,
        entries.PROPERTIES,
        entries.CHILDREN,
        searcher.SEARCHER,
        searcher.RESULT,
        searcher.RESULTS,
        searcher.RESULT_PROPERTIES,
        searcher.RESULT_VALUES,
        searcher.SCOPE,
        *principals.TYPES_OF_PACK,
    ),
)

__all__ = ["directory_pack"]
