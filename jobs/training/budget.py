"""How long a run's trainings may take together."""

from jobs.contract.run import Run
from jobs.contract.stages import STAGES


def seconds_left(run: Run, stage: str) -> float:
    """Return what ``train.max_seconds`` leaves for a training stage: all but what others of this run have taken."""
    others = [name for name in STAGES if name.startswith("train_") and name != stage]
    taken = sum(float(run.report(name)["seconds"]) for name in others if run.has_report(name))
    return max(0.0, run.settings.train.max_seconds - taken)
