"""The runner: drives the engine with clock, worker threads, lease and inbox. It decides nothing.

outcome = run(journal, sessions, Options(...), change_bytes=...)
"""

from .ambient import RunnerAmbient, SystemAmbient
from .basis import Moved, facts_to_compare, moved, refuse_moved
from .errors import BasisMoved, NoSecret, NoZone, OtherChange, OtherMode
from .foresight import window_findings
from .hosts import Directory
from .probe import probe
from .progress import Listener, Running, Silent, Snapshot
from .questions import Asking, Questions, Unheard
from .run import Options, RunOutcome, ask, begin, run, settle
from .secretstore import SecretStore
from .settle import refused
from .status import Moment, RunStatus, history, status

__all__ = [
    "Asking",
    "BasisMoved",
    "Directory",
    "Listener",
    "Moment",
    "Moved",
    "NoSecret",
    "NoZone",
    "Options",
    "OtherChange",
    "OtherMode",
    "Questions",
    "RunOutcome",
    "RunStatus",
    "RunnerAmbient",
    "Running",
    "SecretStore",
    "Silent",
    "Snapshot",
    "SystemAmbient",
    "Unheard",
    "ask",
    "begin",
    "facts_to_compare",
    "history",
    "moved",
    "probe",
    "refuse_moved",
    "refused",
    "run",
    "settle",
    "status",
    "window_findings",
]
