"""Makes the simulated organization of a plan: source state, bare machines, DNS, media. Decides nothing of any step."""

from .organization import EPOCH, world_spec

__all__ = ["EPOCH", "world_spec"]
