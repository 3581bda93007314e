"""Frozen value objects, ids, errors and the ambient port: the words that every room shares. Imports nothing above it."""

from .change import FORMAT, Change, Finding, Marker, PhaseView, ScriptText
from .errors import ExmigrateError, Failed, Location, Refused
from .identity import LEVELS, PHASES, Scope, marker_id, step_id
from .port import Ambient
from .step import Estimate, Gate, KnownFailure, Step
from .topology import ROLES, Topology

__all__ = [
    "FORMAT",
    "LEVELS",
    "PHASES",
    "ROLES",
    "Ambient",
    "Change",
    "Estimate",
    "ExmigrateError",
    "Failed",
    "Finding",
    "Gate",
    "KnownFailure",
    "Location",
    "Marker",
    "PhaseView",
    "Refused",
    "Scope",
    "ScriptText",
    "Step",
    "Topology",
    "marker_id",
    "step_id",
]
