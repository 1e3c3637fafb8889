"""``nightshelf data``: fetch a built-in dataset, check any."""

from pathlib import Path
from typing import Annotated

import typer

from jobs.commands.output import console, say
from jobs.contract.settings import load

app = typer.Typer(
    help="Fetch a built-in dataset; check one of your own.",
    epilog="Example: nightshelf data fetch ml-100k",
    no_args_is_help=True,
)


@app.command(epilog="Example: nightshelf data fetch ml-100k")
def fetch(name: Annotated[str, typer.Argument(help="ml-100k, complete-journey or open-bandit.")]) -> None:
    """Download a built-in dataset once, check it, and say where it lies."""
    from jobs.dataset.fetch import fetch as fetch_dataset

    with console.status(f"Fetching {name}"):
        folder = fetch_dataset(name)
    say(f"{name} lies in {folder}. Use it: nightshelf run --dataset {name}")


@app.command(epilog="Example: nightshelf data check ./my-shop")
def check(
    folder: Annotated[
        Path, typer.Argument(help="Folder with events.*; items.*, dataset.yaml and the rest are optional.")
    ],
) -> None:
    """Say what a dataset holds, what it switches off, and every fault with rows; exit code 1 if a run would stop."""
    with console.status(f"Reading {folder}"):
        from jobs.dataset.check import check_dataset
        from jobs.dataset.check_report import render

        report = check_dataset(folder, load())
    console.print(render(report))
    if report.stops:
        raise typer.Exit(1)
