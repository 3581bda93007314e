"""Step kinds, one `.ps1` file each in the folder of its phase, libraries they share, and the transitions that use them.

The files are the content; the Python here only loads them.
"""

from .expressions import ExpressionFault, expression, template
from .frontmatter import INVENTORY, CatalogError, check_texts, parse_kind
from .kind import Need, StepKind
from .loader import Catalog, Transition, load_catalog

__all__ = [
    "INVENTORY",
    "Catalog",
    "CatalogError",
    "ExpressionFault",
    "Need",
    "StepKind",
    "Transition",
    "check_texts",
    "expression",
    "load_catalog",
    "parse_kind",
    "template",
]
