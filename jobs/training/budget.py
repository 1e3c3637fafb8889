"""How long a training that can be stopped early may take, of what all trainings of a run have together."""

from datetime import datetime, timedelta
from typing import Any

from jobs.contract.run import Run
from jobs.contract.stages import STAGES

_Span = tuple[datetime, datetime]


def seconds_for(run: Run, stage: str) -> float:
    """Return the seconds of a training stage: its kept share of ``train.max_seconds``; 0 = not worth beginning.

    A share is kept for its stage in whatever order the trainings run. The sequence model has what the others leave if
    that is more: of those that have finished, the time while at least one of them ran; of the autoencoder, until it has
    finished, its share.
    """
    settings = run.settings
    total = settings.train.max_seconds
    autoencoder = settings.bivae.max_share * total
    if autoencoder < settings.bivae.min_seconds:
        autoencoder = 0.0
    if stage == "train_bivae":
        return autoencoder
    others = [name for name in STAGES if name.startswith("train_") and name != stage]
    finished = {name: run.report(name) for name in others if run.has_report(name)}
    # One of an older version, before the run went on with this one, tells no start.
    taken = _seconds_in_any([_span(report) for report in finished.values() if "started_at" in report])
    awaited = 0.0 if "train_bivae" in finished else autoencoder
    return max(settings.sequence.min_share * total, total - taken - awaited)


def _span(report: dict[str, Any]) -> _Span:
    started = datetime.fromisoformat(report["started_at"])
    return started, started + timedelta(seconds=report["seconds"])


def _seconds_in_any(spans: list[_Span]) -> float:
    """Return the length of the spans' union: what ran side by side counts once."""
    seconds = 0.0
    covered: datetime | None = None
    for begin, end in sorted(spans):
        begin = begin if covered is None else max(begin, covered)
        if end > begin:
            seconds += (end - begin).total_seconds()
            covered = end
    return seconds
