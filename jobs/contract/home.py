"""Where everything lies inside NIGHTSHELF_HOME."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jobs.contract.atomic_files import MOMENT_SECONDS, lock, read_json, write_json
from jobs.contract.errors import ContractError


@dataclass(frozen=True)
class Home:
    """The absolute folder that holds one dataset's lake, models, releases and CURRENT."""

    root: Path

    @property
    def lake(self) -> Path:
        """Tables, one folder each, partitioned by run date."""
        return self.root / "lake"

    @property
    def models(self) -> Path:
        """What a night's trainings leave for the next one's, one folder a model, partitioned by run date."""
        return self.root / "models"

    @property
    def embedding_cache(self) -> Path:
        """Embeddings by model and by hash of the text."""
        return self.root / "cache" / "embeddings"

    @property
    def releases(self) -> Path:
        """One folder a release."""
        return self.root / "releases"

    @property
    def current(self) -> Path:
        """The pointer to the announced release."""
        return self.root / "CURRENT"

    @property
    def overlay(self) -> Path:
        """What changed since the release: withdrawn items, erased users."""
        return self.root / "overlay"

    @property
    def runs(self) -> Path:
        """One folder a run: its settings and each stage's report."""
        return self.root / "runs"

    @property
    def locks(self) -> Path:
        """Lock files."""
        return self.root / "locks"

    def partition(self, table: str, run_date: date) -> Path:
        """Return the folder of one table's partition."""
        return self.lake / table / f"run_date={run_date.isoformat()}"

    def weights(self, model: str, run_date: date) -> Path:
        """Return the folder of the weights that one model had on one date."""
        return self.models / model / f"run_date={run_date.isoformat()}"

    def claim(self, dataset: str) -> None:
        """Record that this home holds ``dataset``; one home holds one dataset.

        Raises:
            ContractError: If it already holds another.
        """
        owner = self.root / "dataset.json"
        with lock(self.locks / "dataset", dataset, wait_seconds=MOMENT_SECONDS):
            if not owner.exists():
                write_json(owner, {"dataset": dataset})
            held = read_json(owner)["dataset"]
        if held != dataset:
            raise ContractError(
                f"{self.root} holds dataset {held!r}, not {dataset!r}. "
                "One home holds one dataset: set NIGHTSHELF_HOME to another folder."
            )
