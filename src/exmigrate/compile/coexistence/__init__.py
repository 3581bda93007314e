"""What each client sees at each stage of a plan: the client-access matrices as data, read for the plan's sites and names.

A stage is the time from one marker to the next; a row says what one protocol does for a mailbox of one version in one
site when the user comes by one name. See docs/coexistence.md.
"""

from .matrix import Matrix, Protocol, matrix
from .rows import KEYS, coexistence, expanded

__all__ = ["KEYS", "Matrix", "Protocol", "coexistence", "expanded", "matrix"]
