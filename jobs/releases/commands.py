"""What ``nightshelf releases`` and ``nightshelf feast-config`` call, in one place; light to import.

Each function is defined in the module of its concept. Where that module brings Feast or Spark, which take seconds to
import, it is imported when the command is called.
"""

from typing import TYPE_CHECKING

from jobs.contract.home import Home
from jobs.contract.settings import Settings
from jobs.releases.collect import Garbage, collect
from jobs.releases.listing import ReleaseRow, feast_config_text, list_releases, show
from jobs.releases.pins import pin, unpin
from jobs.releases.rollback import resume, rollback

if TYPE_CHECKING:
    from jobs.releases.compare import ReleaseComparison

__all__ = [
    "Garbage",
    "ReleaseRow",
    "compare",
    "feast_config",
    "gc",
    "list_releases",
    "materialise",
    "pin",
    "resume",
    "rollback",
    "show",
    "unpin",
]

gc = collect
feast_config = feast_config_text


def compare(home: Home, a: str, b: str) -> "ReleaseComparison":
    """Return what differs between two releases; see ``jobs.releases.compare``."""
    from jobs.releases.compare import compare as compare_releases

    return compare_releases(home, a, b)


def materialise(settings: Settings, release_id: str) -> float:
    """Write a release's online rows again and return the seconds it took; see ``jobs.releases.materialise``."""
    from jobs.releases.materialise import materialise as write_again

    return write_again(settings, release_id)
