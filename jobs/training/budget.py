"""How long a training may take, of what all trainings of a run have together."""

from datetime import datetime, timedelta
from typing import Any

from jobs.contract.run import Run
from jobs.contract.settings import Settings
from jobs.contract.stages import STAGES

_Span = tuple[datetime, datetime]


LEFT_OUT = "candidates.sources leaves it out"
"""Why a model that takes long is not trained; the others cost little, and ALS's items are also what is indexed."""


def seconds_for(run: Run, stage: str) -> float:
    """Return the seconds of a training stage: its kept share of ``train.max_seconds``; 0 = not worth beginning.

    A stage that tries values while its share lasts begins all the same, and with none of it tries the first alone.
    A share is kept for its stage in whatever order the trainings run. The sequence model has what the others leave if
    that is more: of those that have finished, the time while at least one of them ran; of those that have not, what is
    expected of them.
    """
    total = run.settings.train.max_seconds
    expected = _expected(run.settings)
    if stage in expected:
        return expected[stage]
    finished = {name: run.report(name) for name in expected if run.has_report(name)}
    # One of an older version, before the run went on with this one, tells no start.
    taken = _seconds_in_any([_span(report) for report in finished.values() if "started_at" in report])
    awaited = sum(seconds for name, seconds in expected.items() if name not in finished)
    return max(run.settings.sequence.min_share * total, total - taken - awaited)


def _expected(settings: Settings) -> dict[str, float]:
    """Return by stage what the trainings beside the sequence model are to take: of the time, all but its share."""
    others = [name for name in STAGES if name.startswith("train_") and name not in ("train_bivae", "train_sequence")]
    total = settings.train.max_seconds
    autoencoder = settings.bivae.max_share * total
    if autoencoder < settings.bivae.min_seconds or "bivae" not in settings.candidates.sources:
        autoencoder = 0.0
    each = max(0.0, (1 - settings.sequence.min_share) * total - autoencoder) / len(others)
    return {"train_bivae": autoencoder, **dict.fromkeys(others, each)}


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
