"""How events are judged."""

from datetime import datetime

from pyspark.sql import Column
from pyspark.sql import functions as F

from jobs.contract.settings import Validate
from jobs.contract.tables import EventType
from jobs.dataset.source import Source
from jobs.validation.identifiers import form_rules, identifier_rules
from jobs.validation.judgement import Judgement, Rule, no_record, raw, replaced_utf8, why
from jobs.validation.numbers import parse_integer, parse_number, unparsed
from jobs.validation.texts import cut, was_cut
from jobs.validation.time_rules import naive_repair, parsed_rule, range_rules, typed_time

# A scale may reach below zero; counts and durations do not.
_SIGNED = (EventType.RATING, EventType.REVIEW)


def event_judgement(
    source: Source, event_types: dict[str, EventType], limits: Validate, end_of_date: datetime, now: datetime
) -> Judgement:
    """Return the judgement of events.

    Args:
        source: Where they come from.
        event_types: Their event type -> ours.
        limits: What makes a row bad.
        end_of_date: The first instant after the run date, UTC.
        now: The present moment, UTC.
    """
    typed = {
        **{name: raw(name) for name in source.table.columns},
        "timestamp": typed_time(source, "timestamp"),
        "event_type": _event_type(event_types),
        "value": parse_number(raw("value")),
        "position": parse_integer(raw("position")),
        "propensity": parse_number(raw("propensity")),
        "text": cut("text", limits.max_text_chars),
    }
    rules = [
        no_record(),
        *identifier_rules(("user_id", "item_id"), limits.max_id_bytes),
        *form_rules("event_id", limits.max_id_bytes),
        parsed_rule(source, "timestamp"),
        *range_rules("timestamp", limits.min_year, end_of_date, now),
        *_type_and_value_rules(),
        *_exposure_rules(),
    ]
    repairs = {
        **replaced_utf8(),
        **naive_repair(source, "timestamp"),
        "text_cut": was_cut("text", limits.max_text_chars),
    }
    key = F.concat(F.lit("event_id "), F.col("event_id"))
    return Judgement(source, typed, rules, repairs, key, (F.col("timestamp").desc_nulls_last(),))


def _event_type(event_types: dict[str, EventType]) -> Column:
    plain = F.lower(F.trim(raw("event_type")))
    named = [F.when(raw("event_type") == theirs, F.lit(ours.value)) for theirs, ours in event_types.items()]
    return F.coalesce(*named, plain)


def _type_and_value_rules() -> list[Rule]:
    known = [kind.value for kind in EventType]
    value, kind = F.col("value"), F.col("event_type")
    signed = F.coalesce(kind.isin([kind.value for kind in _SIGNED]), F.lit(False))
    negative = F.concat(
        why("value ", value, " is negative, as for a return; only ratings and reviews may be (event_type "),
        F.coalesce(kind, F.lit("not given")),
        F.lit(")"),
    )
    return [
        Rule(
            "unknown_event_type",
            ~kind.isin(known),
            why("event_type ", raw("event_type"), f" is unknown; map it in dataset.yaml to one of {', '.join(known)}"),
        ),
        unparsed("value", "bad_value", "number"),
        Rule("value_not_finite", _not_finite(value), why("value ", raw("value"), " is not finite")),
        Rule("negative_quantity", (value < 0) & ~signed, negative),
    ]


def _exposure_rules() -> list[Rule]:
    position, propensity = F.col("position"), F.col("propensity")
    outside = F.isnan(propensity) | (propensity <= 0) | (propensity > 1)
    return [
        unparsed("position", "bad_position", "whole number"),
        Rule("bad_position", position < 0, why("position ", position, " is negative")),
        unparsed("propensity", "bad_propensity", "number"),
        Rule("bad_propensity", outside, why("propensity ", raw("propensity"), " is not above 0 and at most 1")),
    ]


def _not_finite(value: Column) -> Column:
    return F.isnan(value) | (F.abs(value) == float("inf"))
