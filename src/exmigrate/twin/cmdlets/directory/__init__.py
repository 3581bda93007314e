"""The directory as scripts meet it: ADSI entries and searches."""

from exmigrate.twin.cmdlets.directory import entries, searcher
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
    ),
)

__all__ = ["directory_pack"]
