"""``nightshelf evaluate``: any protocol on any dataset, apart from the home."""

from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from jobs.commands.log_file import logging_to
from jobs.commands.output import console, say, table
from jobs.contract.settings import Split, load

PROTOCOLS = tuple(name for name in get_args(Split.model_fields["protocol"].annotation) if name != "night")


def evaluate(
    protocol: Annotated[str, typer.Option(help=f"One of {', '.join(PROTOCOLS)}.")],
    out: Annotated[Path, typer.Option(help="Folder that metrics.json and report.html are written to.")],
    dataset: Annotated[str | None, typer.Option(help="Built-in name or folder; default: the setting.")] = None,
    k: Annotated[list[int] | None, typer.Option(help="Cut-off; may be repeated. Default: 10.")] = None,
    seed: Annotated[int | None, typer.Option(help="Of every random choice; default: split.seed.")] = None,
) -> None:
    """Measure every source and the blend by a protocol, with intervals; never touches the home."""
    if protocol not in PROTOCOLS:
        raise typer.BadParameter(f"found {protocol!r}, expected one of {', '.join(PROTOCOLS)}", param_hint="--protocol")
    settings = load(**({} if seed is None else {"split": {"seed": seed}}))
    name = dataset or settings.dataset
    if not name:
        raise typer.BadParameter("name a dataset: ml-100k, or a folder", param_hint="--dataset")
    cutoffs = k or [10]
    from jobs.evaluation.protocol_run import evaluate_dataset
    from jobs.spark_io import session

    spark = session(settings, f"nightshelf evaluate {protocol}")
    with console.status(f"evaluating {name} by {protocol}"), logging_to(out / "evaluate.log"):
        metrics = evaluate_dataset(spark, name, protocol, cutoffs, out, settings)
    spark.stop()
    _show(metrics, cutoffs)
    say(f"Everything, with intervals: {out / 'metrics.json'}; to read and to show: {out / 'report.html'}")


def _show(metrics: dict[str, Any], cutoffs: list[int]) -> None:
    """Print the two metrics that matter most at each cut-off, the best system first, and what stepped aside and why."""
    names = [f"{metric}@{cutoff}" for cutoff in cutoffs for metric in ("ndcg", "recall")]
    systems = sorted(metrics["systems"].items(), key=lambda system: -system[1][names[0]])
    rows = [(system, *(f"{values[name]:.4f}" for name in names)) for system, values in systems]
    console.print(table(("system", *names), rows, title=f"{metrics['n_users']:,} users, {metrics['n_items']:,} items"))
    for source, why in metrics["stepped_aside"].items():
        say(f"Stepped aside: {source}: {why}")
