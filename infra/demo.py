"""``make demo``: ml-100k through the Airflow DAG, then answers over HTTP for three real users."""

import os
import sys
import time

from rich.console import Console
from rich.table import Table

from infra.dag_run import DagRun
from infra.http_server import HttpServer
from jobs.contract.errors import NightshelfError
from jobs.contract.home import Home
from jobs.contract.settings import Settings, load
from jobs.dataset.fetch import fetch

DATASET = "ml-100k"
USERS = ("1", "196", "943")
ITEMS = 5
SHORTER = {
    "NIGHTSHELF_TRAIN__MAX_SECONDS": "120",
    "NIGHTSHELF_CANDIDATES__PER_SOURCE": "50",
    "NIGHTSHELF_RANK__K": "50",
}
"""A night in some minutes instead of twenty; what the environment sets already stays."""


def main() -> int:
    """Run the whole line once and show what came out; return the exit code."""
    console = Console(highlight=False)
    started = time.monotonic()
    # The stages, programs of their own, read them too.
    for name, value in SHORTER.items():
        os.environ.setdefault(name, value)
    try:
        settings = load(dataset=DATASET)
        Home(settings.home).claim(DATASET)
        with console.status(f"fetching {DATASET}"):
            console.print(f"{DATASET} lies in {fetch(DATASET)}", markup=False, soft_wrap=True)
        console.print(
            f"Shorter than a night of yours: all trainings together are to take {settings.train.max_seconds:g} s, the "
            "sequence model what the others leave and at least "
            f"{settings.sequence.min_share * settings.train.max_seconds:g} s; lists hold {settings.rank.k} items, "
            f"of {settings.candidates.per_source} candidates a source. ({', '.join(SHORTER)})"
        )
        run_night(console, settings)
        show_answers(console, settings)
    except NightshelfError as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        return 1
    console.print(f"\nDone in {time.monotonic() - started:.0f} s. [bold]make serve[/bold] serves this until stopped.")
    return 0


def run_night(console: Console, settings: Settings) -> None:
    """Run the DAG ``nightly`` and print a line per stage as it finishes.

    Raises:
        NightshelfError: If a stage fails, with the end of its log; or if nothing was announced.
    """
    dag_run = DagRun.start(settings)
    console.print(f"Airflow runs the DAG nightly; its log: {dag_run.log}", markup=False, soft_wrap=True)
    last = time.monotonic()
    with dag_run, console.status("Airflow starts") as status:
        for stage, report in dag_run.finished_stages(on_wait=status.update):
            took, last = time.monotonic() - last, time.monotonic()
            console.print(f"  {stage:<20} {took:6.1f} s, its own work {report['seconds']:6.1f} s", markup=False)
            if report.get("announced") is False:
                raise NightshelfError(f"The release was not announced: {report.get('why')}")


def show_answers(console: Console, settings: Settings) -> None:
    """Start the server on a free port, print what it answers for three users, and stop it."""
    with console.status("the server starts"):
        server = HttpServer.start(settings)
    with server:
        for user_id in USERS:
            path = f"/v1/recommendations/{user_id}?k={ITEMS}"
            answer = server.get(path)
            table = Table(title=f"GET {server.url}{path}", title_justify="left", box=None, pad_edge=False)
            for column in ("rank", "title", "reason"):
                table.add_column(column, justify="right" if column == "rank" else "left")
            for item in answer["items"]:
                table.add_row(*(str(item[column]).replace("[", r"\[") for column in ("rank", "title", "reason")))
            console.print()
            console.print(table)
    console.print(f"\nAll from release {answer['release']}; the server is stopped.", markup=False)


if __name__ == "__main__":
    sys.exit(main())
