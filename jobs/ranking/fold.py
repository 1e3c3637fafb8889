"""One fold as it is ranked: its candidates, what training says of items, and the rules."""

from dataclasses import dataclass, replace
from datetime import datetime

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs import spark_io
from jobs.candidates.build import REASONS
from jobs.contract import tables
from jobs.contract.rule_settings import Rules
from jobs.contract.run import Run
from jobs.contract.tables import FOLD, ITEM_ID, USER_ID, Fold
from jobs.interactions.aggregate import merge_parts
from jobs.interactions.folds import trained_on
from jobs.ranking.choose import Validation, without_source
from jobs.ranking.lists import Lister, rankable
from jobs.ranking.ranker import Ranker
from jobs.ranking.rules.active import active_rules, without
from jobs.ranking.rules.build import build_rulebook
from jobs.ranking.rules.rulebook import Rulebook, rulebook
from jobs.ranking.statistics import ItemStatistics, item_statistics, user_statistics

_ADDING = {"pins", "exploration"}


@dataclass(frozen=True)
class RankedFold:
    """What lists of a fold are made of.

    Attributes:
        rows: Candidates, from ``rankable``.
        items: Of the fold's training interactions.
        book: The rules.
    """

    rows: DataFrame
    items: ItemStatistics
    book: Rulebook

    def lister(self, ranker: Ranker, run: Run) -> Lister:
        """Return how ``ranker`` lists this fold."""
        settings = run.settings
        bits = {source: bit for bit, source in enumerate(settings.candidates.sources)}
        # Each night explores other items.
        seed = settings.split.seed + run.run_date.toordinal()
        rank = settings.rank
        return Lister(ranker, self.items, self.book, bits, REASONS, rank.k, seed, rank.new_item_place)


def open_fold(spark: SparkSession, run: Run, fold: Fold, parted: DataFrame) -> RankedFold:
    """Return a fold's candidates with what ranking needs beside them; ``parted`` holds rows of ``interactions``."""
    settings = run.settings
    candidates = spark_io.read(spark, run, tables.CANDIDATES).where(F.col(FOLD) == fold.value)
    trained = merge_parts(parted, trained_on(fold, settings.split)).persist()
    items, embeddings = (spark_io.read(spark, run, table) for table in (tables.VALIDATED_ITEMS, tables.ITEM_EMBEDDINGS))
    as_of = datetime.fromisoformat(run.report("validate")["as_of"])
    met = trained.select(USER_ID, ITEM_ID) if _ADDING & set(active_rules(settings.rules)) else None
    return RankedFold(
        rows=rankable(candidates, user_statistics(trained), met),
        items=item_statistics(trained),
        book=build_rulebook(settings, fold, items, embeddings, parted, trained, as_of),
    )


def variants(fold: RankedFold, ranker: Ranker, validation: Validation, run: Run, n_judged: int) -> dict[str, Lister]:
    """Return the other ways to rank that are judged beside the chosen one, by system.

    What every rule costs, and all together; and what every source adds, as "without/<source>". By a protocol the ranker
    is fitted anew without it; a night, which is not paid to learn that, leaves its candidates out.

    Args:
        fold: The judged one.
        ranker: The chosen one.
        validation: What it was chosen on.
        run: Its settings.
        n_judged: Users; with more than ``evaluate.night_ablation_users`` a night leaves no source out.
    """
    settings = run.settings
    lister, rules = fold.lister(ranker, run), settings.rules
    found: dict[str, Lister] = {}
    if fold.book.active:
        found["without_rules"] = replace(lister, book=rulebook(Rules(), fold.book.catalogue))
    for name in fold.book.active if len(fold.book.active) > 1 else ():
        found[f"without_rule/{name}"] = replace(lister, book=rulebook(without(rules, name), fold.book.catalogue))
    for source in ranker.sources if len(ranker.sources) > 1 else ():
        if settings.split.protocol != "night":
            found[f"without/{source}"] = replace(lister, ranker=without_source(validation, ranker, source))
        elif n_judged <= settings.evaluate.night_ablation_users:
            found[f"without/{source}"] = replace(lister, silent=source)
    return found
