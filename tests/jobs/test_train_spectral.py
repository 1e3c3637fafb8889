"""Sessions tell apart what whole histories mix up: everybody takes everything, but never in one sitting."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from jobs import spark_io
from jobs.contract.tables import INTERACTIONS, SPECTRAL_ITEM_VECTORS, Fold
from jobs.train_spectral import run as train_spectral

START = datetime(2026, 1, 1, tzinfo=UTC)
N_USERS, TASTES = 30, ("xyz", "abc", "pqr")


def _interactions(timed, held_out):
    rows = []
    for user in range(N_USERS):
        days = np.random.default_rng(user).permutation(len(TASTES))
        for order, (day, item) in enumerate((days[t], item) for t, own in enumerate(TASTES) for item in own):
            at = START + timedelta(days=int(day), seconds=order) if timed else None
            part = "validation" if held_out and item == TASTES[user % 3][2] else "train"
            rows.append((f"u{user}", item, part, 1.0, 1, at, order))
    return rows


def _stage(spark, run, timed, held_out=False):
    spark_io.write(spark.createDataFrame(_interactions(timed, held_out), INTERACTIONS.ddl), run, INTERACTIONS)
    report = train_spectral(spark, run)
    rows = spark_io.read(spark, run, SPECTRAL_ITEM_VECTORS).collect()
    return report, {(row.fold, row.model, row.item_id): row for row in rows}


def test_what_is_taken_in_one_sitting_speaks_for_each_other_and_for_nothing_else(spark, make_run):
    report, vectors = _stage(spark, make_run(spectral={"rank": 1}, session={"pause_share": 0.7}), timed=True)
    assert report["chosen"].keys() == {"spectral", "session"}

    def weight(fold, model, liked, item):
        return float(np.dot(vectors[fold, model, liked].gathers, vectors[fold, model, item].gives))

    for fold in Fold:
        for own in TASTES:
            assert weight(fold, "session", own[0], own[1]) == pytest.approx(1 / 3, abs=0.05)
        assert weight(fold, "session", "x", "a") == pytest.approx(0, abs=1e-4)
        assert weight(fold, "spectral", "x", "a") == pytest.approx(weight(fold, "spectral", "x", "y"), abs=1e-4)
        # Of the 48 directions asked for there are as many as tastes: no more are above 0.
        assert len(vectors[fold, "session", "x"].gives) == len(TASTES)


def test_without_times_there_are_no_sessions_and_nothing_fades(spark, make_run):
    report, vectors = _stage(spark, make_run(), timed=False, held_out=True)
    assert report["chosen"].keys() == {"spectral"}
    tried = [name for name in report["chosen"]["spectral"]["tried"] if name.startswith("rank")]
    assert tried
    assert all(name.endswith("half-life 0") for name in tried)
    assert {model for _, model, _ in vectors} == {"spectral"}
