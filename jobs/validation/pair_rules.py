"""How users, the graph, item links and the social network are judged."""

from datetime import datetime

from pyspark.sql import Column
from pyspark.sql import functions as F

from jobs.contract.settings import Validate
from jobs.dataset.source import Source
from jobs.validation.identifiers import identifier_rules
from jobs.validation.item_rules import fullness
from jobs.validation.judgement import Judgement, no_record, raw, replaced_utf8
from jobs.validation.time_rules import naive_repair, parsed_rule, range_rules, typed_time


def user_judgement(source: Source, limits: Validate) -> Judgement:
    """Return the judgement of users."""
    key = F.col("user_id")
    return _plain(source, limits, key=key, preference=fullness(source).desc())


def identifiers_judgement(source: Source, limits: Validate) -> Judgement:
    """Return the judgement of a table that is identifiers only: graph, item_links."""
    return _plain(source, limits)


def social_judgement(source: Source, limits: Validate, end_of_date: datetime, now: datetime) -> Judgement:
    """Return the judgement of who follows whom; of one pair the newest row stays."""
    plain = _plain(source, limits)
    return Judgement(
        source=source,
        typed={**plain.typed, "timestamp": typed_time(source, "timestamp")},
        rules=[
            *plain.rules,
            parsed_rule(source, "timestamp"),
            *range_rules("timestamp", limits.min_year, end_of_date, now),
        ],
        repairs={**plain.repairs, **naive_repair(source, "timestamp")},
        key=F.to_json(F.struct("user_id", "follows_user_id")),
        preference=(F.col("timestamp").desc_nulls_last(),),
    )


def _plain(source: Source, limits: Validate, key: Column | None = None, preference: Column | None = None) -> Judgement:
    typed = {name: raw(name) for name in source.table.columns}
    rules = [no_record(), *identifier_rules(source.table.required, limits.max_id_bytes)]
    return Judgement(source, typed, rules, replaced_utf8(), key, () if preference is None else (preference,))
