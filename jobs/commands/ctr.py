"""``nightshelf ctr``: the click-through rate of one policy from what another one logged."""

from pathlib import Path
from typing import Annotated, Any

import typer

from jobs.commands.output import console, say, table
from jobs.contract.errors import DatasetError
from jobs.contract.settings import Settings, load


def ctr(
    from_arm: Annotated[str, typer.Option("--from", help="The arm whose log answers.")],
    to_arm: Annotated[str, typer.Option("--to", help="The arm that is asked about; it must have been logged too.")],
    dataset: Annotated[str | None, typer.Option(help="Built-in name or folder; default: the setting.")] = None,
    campaign: Annotated[
        str | None, typer.Option("--campaign", "--platform", help="Only events of this platform (or campaign).")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="JSON file that everything is written to.")] = None,
) -> None:
    """Estimate what share of an arm's impressions would be clicked, by IPS, SNIPS and DR, with 95% intervals.

    What the arm shows is read from its own log: its stated propensities, or the share of each item at each position.
    """
    settings = load()
    name = dataset or settings.dataset
    if not name:
        raise typer.BadParameter("name a dataset: open-bandit, or a folder", param_hint="--dataset")
    with console.status(f"reading {name}"):
        found = {"dataset": name, "campaign": campaign, **_estimate(name, (from_arm, to_arm), campaign, settings)}
    _show(found)
    if out:
        from jobs.contract.atomic_files import write_json

        out.parent.mkdir(parents=True, exist_ok=True)
        write_json(out, found)
        say(f"Everything: {out}")


def _estimate(name: str, arms: tuple[str, str], campaign: str | None, settings: Settings) -> dict[str, Any]:
    from pyspark.sql import functions as F

    from jobs.dataset.open_dataset import open_dataset
    from jobs.dataset.resolve import resolve
    from jobs.evaluation.counterfactual import ctr_of_arm
    from jobs.evaluation.dataset_events import valid_events
    from jobs.evaluation.logged_feedback import logged_impressions
    from jobs.spark_io import session

    opened = open_dataset(resolve(name))
    spark = session(settings, "nightshelf ctr")
    try:
        with valid_events(spark, opened, settings) as events:
            kept = events if campaign is None else events.where(F.col("platform") == campaign)
            return ctr_of_arm(logged_impressions(kept), arms, settings)
    except DatasetError as error:
        raise (error if campaign is None else DatasetError(f"Of platform {campaign!r}: {error}")) from None
    finally:
        spark.stop()


def _show(found: dict[str, Any]) -> None:
    own = found["own_log"]
    rows = [(f"{found['to']}'s own log", *_cells(own))]
    rows += [(f"{name.upper()} from {found['from']}", *_cells(one)) for name, one in found["estimates"].items()]
    console.print(table(("click-through rate", "estimate", "95% interval"), rows))
    say(
        f"{found['n']:,} impressions of {found['from']}, worth {found['effective_n']:,.0f} of {found['to']}'s own "
        f"(effective sample size); mean weight {found['mean_weight']['value']:.3f}; "
        f"{found['to']}'s propensities: {found['propensities_of_target']}."
    )
    for note in found["notes"]:
        say(note, style="yellow")


def _cells(one: dict[str, Any]) -> tuple[str, str]:
    return f"{one['value']:.5f}", f"{one['ci_low']:.5f} to {one['ci_high']:.5f}"
