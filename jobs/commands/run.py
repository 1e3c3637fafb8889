"""``nightshelf run``: the stages of a night in one process, without Airflow."""

import difflib
import importlib
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer

from jobs.commands.log_file import logging_to
from jobs.commands.output import console, say, table
from jobs.contract.errors import ContractError
from jobs.contract.home import Home
from jobs.contract.run import Run, absolute_dataset, newest_run, open_run, run_date_of
from jobs.contract.settings import Settings, load
from jobs.contract.stages import STAGES


def run(  # noqa: PLR0913 - a command's options
    stages: Annotated[list[str] | None, typer.Argument(help="Stages to run; default: all, in order.")] = None,
    dataset: Annotated[str | None, typer.Option(help="Built-in name or folder; default: the setting.")] = None,
    run_date: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Default: today.")] = None,
    max_bad_share: Annotated[float | None, typer.Option(help="Share of bad rows that stops the run.")] = None,
    force: Annotated[str | None, typer.Option(help="Reason to announce against the verdict; recorded.")] = None,
    no_announce: Annotated[bool, typer.Option("--no-announce", help="Compute, but leave CURRENT alone.")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Say what would run, and run nothing.")] = False,
) -> None:
    """Run a night: from the dataset to an announced release, or single stages of the date's newest run."""
    chosen = in_order(stages or list(STAGES))
    settings = changed_settings(dataset, max_bad_share)
    day = run_date.date() if run_date else run_date_of(datetime.now(UTC), settings.schedule.timezone)
    earlier = reusable_run(settings, day, chosen)
    if plan:
        _show_plan(chosen, settings, day, earlier)
        return
    current = earlier or open_run(settings, day)
    execute(chosen, replace(current, announce=not no_announce, force=force))


def in_order(stages: list[str]) -> list[str]:
    """Return the stages in running order, each once.

    Raises:
        ContractError: For a name that is no stage, with the nearest that is.
    """
    for name in stages:
        if name not in STAGES:
            near = difflib.get_close_matches(name, STAGES, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise ContractError(f"{name!r} is no stage. Stages: {', '.join(STAGES)}.{hint}")
    return [name for name in STAGES if name in stages]


def changed_settings(dataset: str | None, max_bad_share: float | None) -> Settings:
    """Return the process's settings with the command's options applied."""
    changes: dict[str, Any] = {}
    if dataset:
        changes["dataset"] = absolute_dataset(dataset)
    if max_bad_share is not None:
        changes["validate"] = {"max_bad_share": max_bad_share}
    return load(**changes)


def reusable_run(settings: Settings, day: date, stages: list[str]) -> Run | None:
    """Return the date's newest run if ``stages`` continue it, else None: a run that validates is a new one.

    Raises:
        ContractError: If that run was opened with other settings, which its earlier stages have used.
    """
    earlier = newest_run(Home(settings.home), day)
    if earlier is None or "validate" in stages:
        return None
    wanted = settings if settings.dataset else settings.replace(dataset=earlier.settings.dataset)
    differing = _differing(earlier.settings, wanted)
    if differing:
        raise ContractError(
            f"Run {earlier.run_id} of {day} was opened with other settings ({'; '.join(differing)}). "
            "Run all stages anew (nightshelf run), or set them as they were."
        )
    return earlier


def execute(stages: list[str], current: Run) -> None:
    """Run the stages in this process, a line and its seconds each; their log goes to the run's folder."""
    say(f"Run {current.run_id} of {current.settings.dataset} for {current.run_date}")
    with console.status("starting"):
        from jobs import spark_io, stage

        # Announcing moves a pointer: with --force, after the gate has said no, nothing else is run.
        only_announce = stages == ["announce"]
        spark = None if only_announce else spark_io.session(current.settings, f"nightshelf {current.run_date}")
    try:
        with logging_to(current.folder / "run.log"):
            for name in stages:
                with console.status(name):
                    report = stage.execute(name, current, spark)
                say(f"  {name:<22}{report['seconds']:7.1f} s")
                if report.get("announced") is False:
                    say(f"  Not announced: {report['why']}", style="yellow")
    finally:
        if spark:
            spark.stop()
    say(f"Reports and log: {current.folder}")


def _differing(was: Settings, now: Settings) -> list[str]:
    """Return a phrase for each setting that differs; secrets are compared, but not shown."""
    before, after = _flat(was.as_json()), _flat(now.as_json())
    shown_before, shown_after = _flat(was.without_secrets()), _flat(now.without_secrets())
    found = []
    for name in [*before, *(name for name in after if name not in before)]:
        if before.get(name) == after.get(name):
            continue
        if shown_before.get(name) == shown_after.get(name):
            found.append(f"{name}: another secret")
        else:
            found.append(f"{name}: then {shown_before.get(name)!r}, now {shown_after.get(name)!r}")
    return found


def _flat(values: dict[str, Any], path: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        flat |= _flat(value, f"{path}{name}.") if isinstance(value, dict) else {f"{path}{name}": value}
    return flat


def _show_plan(stages: list[str], settings: Settings, day: date, earlier: Run | None) -> None:
    rows = []
    for name in stages:
        program = importlib.import_module(f"jobs.{name}")
        rows.append((name, ", ".join(program.READS), ", ".join(program.WRITES)))
    console.print(table(("stage", "reads", "writes"), rows))
    opened = f"continues run {earlier.run_id}" if earlier else "opens a new run"
    dataset = (earlier.settings.dataset if earlier else settings.dataset) or "not set: name one with --dataset"
    say(f"For {day} in {settings.home}: {opened}. Dataset: {dataset}. Nothing was run.")
