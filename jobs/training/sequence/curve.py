"""A training's curves as a picture."""

from pathlib import Path

from matplotlib.figure import Figure

from jobs.training.sequence.checkpoint import Epoch


def plot_curve(path: Path, curve: list[Epoch]) -> None:
    """Write loss and, where there is one, validation NDCG by epoch to ``path``."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    epochs = range(1, len(curve) + 1)
    lines = axes.plot(epochs, [epoch.loss for epoch in curve], color="tab:blue", label="training loss (nats)")
    axes.set(xlabel="epoch", ylabel="mean negative log-likelihood of the next item, nats", title="Sequence model")
    reached = [(place, epoch.ndcg) for place, epoch in zip(epochs, curve, strict=True) if epoch.ndcg is not None]
    if reached:
        right = axes.twinx()
        right.set_ylabel("validation NDCG")
        lines += right.plot(*zip(*reached, strict=True), color="tab:orange", label="validation NDCG")
    axes.legend(handles=lines, loc="center right")
    figure.savefig(path, dpi=120)
