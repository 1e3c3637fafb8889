"""One attempt at publishing a release, written where it will lie.

Feast's registry and SQLite file hold absolute paths, so a release cannot be written elsewhere and renamed. Its manifest
is written last: a folder without one never finished, nothing reads it, and ``releases gc`` removes it.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jobs.contract.feast_config import feast_config
from jobs.contract.run import Run
from jobs.releases.online_rows import Target


@dataclass(frozen=True)
class Attempt:
    """One attempt at publishing.

    Attributes:
        run: The night's run.
        folder: ``releases/<release_id>``.
        as_of: The night's point in time.
    """

    run: Run
    folder: Path
    as_of: datetime

    @property
    def release_id(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def target(self) -> Target:
        """Where the attempt's online rows go."""
        config = feast_config(self.folder, self.run.settings.online_store)
        return Target(config, self.run.home.root, self.run.opened_at, self.run.settings.publish.batch_rows)
