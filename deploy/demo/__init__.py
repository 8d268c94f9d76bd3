"""The demo neighbourhood: Azory as the case example tells it, loaded over the public HTTP API as any program would."""

from deploy.demo.ledger import Ledger
from deploy.demo.loading import Summary, load

__all__ = ["Ledger", "Summary", "load"]
