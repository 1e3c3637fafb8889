"""``nightshelf doctor``: what is installed, what is missing, what to do."""

from collections.abc import Iterator

import typer

from jobs.commands.output import console, say, table
from jobs.contract.errors import SettingsError
from jobs.contract.settings import load
from jobs.diagnosis import installation, machine, project
from jobs.diagnosis.finding import Finding, State

AIRFLOW_PORT = 8080
_STYLES = {State.OK: "green", State.NOTE: "yellow", State.MISSING: "bold red"}


def doctor() -> None:
    """Say what is installed, what is missing, and what to do; exit code 1 if something is missing."""
    found = list(findings())
    shown = table(("", "", "found", "what to do"), [(f.name, f.state, f.found, f.advice) for f in found])
    for row, finding in zip(shown.rows, found, strict=True):
        row.style = None if finding.state == State.OK else _STYLES[finding.state]
    console.print(shown)
    missing = [finding.name for finding in found if finding.state == State.MISSING]
    if missing:
        say(f"Missing: {', '.join(missing)}.", style=_STYLES[State.MISSING])
        raise typer.Exit(1)
    say("Everything that is needed is there.", style=_STYLES[State.OK])


def findings() -> Iterator[Finding]:
    """Yield every finding; faulty settings leave out what would need them."""
    yield machine.python()
    yield machine.java()
    yield machine.memory()
    yield from (installation.packages(name) for name in installation.EXTRAS)
    try:
        settings = load()
    except SettingsError as error:
        yield Finding("Settings", State.MISSING, str(error), "Mend nightshelf.yaml or the variable.")
        return
    yield Finding("Settings", State.OK, f"home {settings.home}")
    yield machine.disk(settings.home)
    yield machine.port("Server's port", settings.serving.host, settings.serving.port, "NIGHTSHELF_SERVING__PORT")
    yield machine.port("Airflow's port", "127.0.0.1", AIRFLOW_PORT, "AIRFLOW__API__PORT")
    yield project.dataset(settings)
    yield project.model(settings)
    yield project.online_store(settings)
    yield project.airflow(settings)
    yield project.release(settings)
