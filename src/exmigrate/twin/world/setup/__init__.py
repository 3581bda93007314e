"""Exchange Setup as a program of the simulated servers.

It reads its switches as setup.com does, checks prerequisites for the reasons the real one has, takes
organization time stage by stage, and leaves registry, services, directory objects and its log.
"""

from exmigrate.twin.world.setup.program import run_setup
from exmigrate.twin.world.setup.rollup import run_installer

__all__ = ["run_installer", "run_setup"]
