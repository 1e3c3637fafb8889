"""What a run's trainings reported that its sources need to know."""

from collections import defaultdict

from jobs.contract.run import Run


def half_lives(run: Run) -> dict[str, float]:
    """Return by model how fast histories fade for it, as its training chose; 0 where none was chosen."""
    item_item, spectral = (run.report(stage).get("chosen", {}) for stage in ("train_item_item", "train_spectral"))
    of_spectral = {model: chosen["half_life"] for model, chosen in spectral.items()}
    return defaultdict(float, item_item.get("half_lives", {}) | of_spectral)


def with_why(run: Run, source: str, needs: str) -> str:
    """Return what a source that stepped aside needs, with what its training said if that stepped aside too."""
    stage = f"train_{source}"
    why = run.report(stage).get("stepped_aside") if run.has_report(stage) else None
    return f"{needs}: {why}" if why else needs
