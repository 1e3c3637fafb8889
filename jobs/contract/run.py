"""One nightly run: its date, fencing token and frozen settings, in one file that every stage gets as its argument."""

import os
import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jobs.contract.atomic_files import MOMENT_SECONDS, lock, read_json, write_json
from jobs.contract.builtin_names import BUILT_IN_NAMES
from jobs.contract.errors import ContractError, LockedError
from jobs.contract.home import Home
from jobs.contract.settings import Settings, from_json


@dataclass(frozen=True)
class Run:
    """What every stage of one run shares.

    Attributes:
        run_id: Name of the run's folder under ``runs``: date and token.
        run_date: The logical date in ``schedule.timezone``.
        token: Fencing token, strictly increasing from run to run of one home.
        opened_at: When the run was opened, UTC; strictly increasing with the token.
        announce: Whether the run may move CURRENT; a backfill may not.
        force: A reason to announce against the verdict, or None.
        settings: Frozen when the run was opened.
        code_version: Version of this code.
    """

    run_id: str
    run_date: date
    token: int
    opened_at: datetime
    announce: bool
    force: str | None
    settings: Settings
    code_version: str

    @property
    def home(self) -> Home:
        """Where the run reads and writes."""
        return Home(self.settings.home)

    @property
    def folder(self) -> Path:
        """The run's own folder: run.json and a report a stage."""
        return self.home.runs / self.run_id

    @property
    def file(self) -> Path:
        """The one argument of every stage program."""
        return self.folder / "run.json"

    @property
    def end_of_date(self) -> datetime:
        """The first instant after ``run_date``, in UTC."""
        midnight = datetime.combine(
            self.run_date + timedelta(days=1), time(), ZoneInfo(self.settings.schedule.timezone)
        )
        return midnight.astimezone(UTC)

    def report(self, stage: str) -> dict[str, Any]:
        """Return what ``stage`` reported in this run.

        Raises:
            ContractError: If it has not finished in this run.
        """
        if not self.has_report(stage):
            raise ContractError(
                f"Stage {stage} has not finished in run {self.run_id}. Run it first: nightshelf run {stage}."
            )
        return dict(read_json(self._report_file(stage)))

    def has_report(self, stage: str) -> bool:
        """Return whether ``stage`` has finished in this run."""
        return self._report_file(stage).exists()

    def write_report(self, stage: str, report: dict[str, Any]) -> None:
        """Keep a finished stage's report."""
        write_json(self._report_file(stage), report)

    def _report_file(self, stage: str) -> Path:
        return self.folder / f"{stage}.json"

    def check_not_superseded(self) -> None:
        """Refuse to go on once a newer run of the same date was opened.

        Raises:
            LockedError: Naming the newer run.
        """
        owner = read_json(_owner_file(self.home, self.run_date))
        if owner["token"] > self.token:
            raise LockedError(
                f"Run {self.run_id} of {self.run_date} was superseded by run {owner['run_id']}; it writes nothing more."
            )


def run_date_of(moment: datetime, timezone: str) -> date:
    """Return the date of ``moment`` in ``timezone``; a naive moment counts as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(timezone)).date()


def open_run(settings: Settings, run_date: date, *, announce: bool = True, force: str | None = None) -> Run:
    """Open a run: draw its token, freeze its settings, and take its date from any older run.

    Raises:
        ContractError: If no dataset is set, the home holds another, or the date is not there yet.
    """
    if not settings.dataset:
        raise ContractError("No dataset is set. Name one: --dataset ml-100k, --dataset DIR, or NIGHTSHELF_DATASET.")
    today = run_date_of(datetime.now(UTC), settings.schedule.timezone)
    if run_date > today:
        # Once announced, it would be newer than every night to come.
        raise ContractError(f"Run date {run_date} is in the future: today is {today} in {settings.schedule.timezone}.")
    settings = settings.replace(dataset=absolute_dataset(settings.dataset))
    home = Home(settings.home)
    home.claim(settings.dataset)
    with lock(home.locks / "fence", "open_run", wait_seconds=MOMENT_SECONDS):
        fence = home.root / "fence.json"
        last: dict[str, Any] = (
            read_json(fence) if fence.exists() else {"token": 0, "opened_at": "1970-01-01T00:00:00+00:00"}
        )
        token = last["token"] + 1
        opened_at = max(datetime.now(UTC), datetime.fromisoformat(last["opened_at"]) + timedelta(milliseconds=1))
        run = Run(
            run_id=f"{run_date:%Y%m%d}_{token:06d}",
            run_date=run_date,
            token=token,
            opened_at=opened_at,
            announce=announce,
            force=force,
            settings=settings,
            code_version=code_version(),
        )
        write_json(fence, {"token": token, "opened_at": opened_at.isoformat()})
        write_json(run.file, _as_json(run), private=True)  # the online store's password is in it
        write_json(_owner_file(home, run_date), {"run_id": run.run_id, "token": token})
    return run


def load_run(file: Path) -> Run:
    """Return the run that ``open_run`` wrote to ``file``."""
    values = read_json(file)
    return Run(
        run_id=values["run_id"],
        run_date=date.fromisoformat(values["run_date"]),
        token=values["token"],
        opened_at=datetime.fromisoformat(values["opened_at"]),
        announce=values["announce"],
        force=values["force"],
        settings=from_json(values["settings"]),
        code_version=values["code_version"],
    )


def newest_run(home: Home, run_date: date) -> Run | None:
    """Return the run that owns ``run_date``, or None if there is none."""
    owner = _owner_file(home, run_date)
    return load_run(home.runs / read_json(owner)["run_id"] / "run.json") if owner.exists() else None


def accepted_run(home: Home, run_date: date) -> Run | None:
    """Return the run that owns ``run_date`` if its own verdict let it through: what is bad goes no further."""
    owner = newest_run(home, run_date)
    verdict = owner.report("evaluate")["verdict"] if owner and owner.has_report("evaluate") else None
    return owner if verdict and verdict["publish"] else None


def absolute_dataset(dataset: str) -> str:
    """Return a dataset's name unchanged, and a dataset folder as an absolute path.

    A built-in's name wins over a folder of that name beside it; ``./ml-100k`` is the folder.
    """
    if dataset in BUILT_IN_NAMES:
        return dataset
    return str(Path(dataset).expanduser().absolute()) if os.sep in dataset or Path(dataset).is_dir() else dataset


def code_version() -> str:
    """Return the package's version, with the commit where the code lies in a checkout."""
    version = metadata.version("nightshelf")
    checkout = Path(__file__).parents[2]
    if not (checkout / ".git").exists():
        return version
    command = ["git", "-C", str(checkout), "rev-parse", "--short=12", "HEAD"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed arguments
    return f"{version}+{found.stdout.strip()}" if found.returncode == 0 else version


def _owner_file(home: Home, run_date: date) -> Path:
    return home.runs / "owners" / f"{run_date.isoformat()}.json"


def _as_json(run: Run) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "run_date": run.run_date.isoformat(),
        "token": run.token,
        "opened_at": run.opened_at.isoformat(),
        "announce": run.announce,
        "force": run.force,
        "settings": run.settings.as_json(),
        "code_version": run.code_version,
    }
