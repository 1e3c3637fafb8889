"""How items are judged."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from jobs.contract.settings import Validate
from jobs.dataset.source import Source
from jobs.validation.identifiers import identifier_rules
from jobs.validation.judgement import Judgement, Rule, no_record, raw, replaced_utf8, why
from jobs.validation.texts import cut, was_cut
from jobs.validation.time_rules import naive_repair, parsed_rule, typed_time

_TIMES = ("available_from", "available_until")


def item_judgement(source: Source, limits: Validate) -> Judgement:
    """Return the judgement of items; one without a title is called by its id, and counted."""
    max_chars = limits.max_text_chars
    title = cut("title", max_chars)
    typed = {
        **{name: raw(name) for name in source.table.columns},
        "title": F.coalesce(title, raw("item_id")),
        "text": cut("text", max_chars),
        **{name: typed_time(source, name) for name in _TIMES},
    }
    rules = [
        no_record(),
        *identifier_rules(("item_id",), limits.max_id_bytes),
        *(parsed_rule(source, name) for name in _TIMES),
        _order_rule(),
    ]
    repairs = {
        **replaced_utf8(),
        "title_from_id": title.isNull(),
        "text_cut": was_cut("title", max_chars) | was_cut("text", max_chars),
        **naive_repair(source, *_TIMES),
        **({"text_empty": F.col("text").isNull()} if "text" in source.present else {}),
    }
    return Judgement(source, typed, rules, repairs, F.col("item_id"), (fullness(source).desc(),))


def fullness(source: Source) -> Column:
    """Return how many of a row's columns are filled: of two rows of one key the fuller one stays."""
    filled = [F.col(name).isNotNull().cast("int") for name in source.table.columns]
    return sum(filled[1:], filled[0])


def _order_rule() -> Rule:
    start, end = F.col("available_from"), F.col("available_until")
    found = F.concat(why("available_from ", start, ""), why(" is after available_until ", end, ""))
    return Rule("available_from_after_until", start > end, found)
