"""How long a training that can be stopped early may take, of what all trainings of a run have together."""

from jobs.contract.run import Run
from jobs.contract.stages import STAGES


def seconds_for(run: Run, stage: str) -> float:
    """Return the seconds of a training stage: its set share of ``train.max_seconds``, or all that the others leave.

    A share is kept for its stage in whatever order the trainings run. Of the others, those that have finished count
    what they took; one that has not counts its share.
    """
    total = run.settings.train.max_seconds
    shares = {"train_bivae": run.settings.bivae.max_share * total}
    if stage in shares:
        return shares[stage]
    others = [name for name in STAGES if name.startswith("train_") and name != stage]
    taken = [float(run.report(name)["seconds"]) if run.has_report(name) else shares.get(name, 0.0) for name in others]
    return max(0.0, total - sum(taken))
