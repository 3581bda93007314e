"""Step kinds, one `.ps1` file each in the folder of its phase, libraries they share, and the transitions that use them.

The files are the content; the Python here only loads them.
"""

from .expressions import ExpressionFault, expression, template
from .frontmatter import CatalogError, check_texts
from .kind import Need, StepKind
from .loader import Catalog, Transition, load_catalog

__all__ = [
    "Catalog",
    "CatalogError",
    "ExpressionFault",
    "Need",
    "StepKind",
    "Transition",
    "check_texts",
    "expression",
    "load_catalog",
    "template",
]
