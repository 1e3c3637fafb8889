"""A dataset's valid events without a night: read and judged as ``validate`` does, and no other table with them."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from pyspark.sql import DataFrame, SparkSession

from jobs.contract.settings import Settings
from jobs.dataset.open_dataset import Dataset
from jobs.dataset.tables import EVENTS
from jobs.validation.bad_share import check_bad_share
from jobs.validation.judged_dataset import judged_dataset


@contextlib.contextmanager
def valid_events(spark: SparkSession, dataset: Dataset, settings: Settings) -> Iterator[DataFrame]:
    """Yield the events that broke no rule, with the columns of validated_events, for the block.

    Raises:
        DatasetError: If a part cannot be read to its end, or too many events are bad.
    """
    alone = replace(dataset, sources={EVENTS.name: dataset.sources[EVENTS.name]})
    now = datetime.now(UTC)
    with judged_dataset(spark, alone, settings.validate, now, now) as judged:
        check_bad_share(
            judged, settings.validate.max_bad_share, f"the dataset (nightshelf data check {dataset.folder} lists them)"
        )
        yield judged[EVENTS.name].valid
