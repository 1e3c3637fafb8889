"""Rules for identifiers, which are kept byte for byte: no trimming, no case folding, no Unicode normalisation."""

from collections.abc import Sequence

from pyspark.sql import functions as F

from jobs.validation.judgement import Rule, raw, why


def identifier_rules(names: Sequence[str], max_id_bytes: int) -> list[Rule]:
    """Return the rules that required identifiers obey: there, no NUL within, not too long."""
    missing = [
        Rule(f"missing_{name}", raw(name).isNull() | raw(name).rlike(r"^\s*$"), F.lit(f"{name} is missing"))
        for name in names
    ]
    return [*missing, *(rule for name in names for rule in form_rules(name, max_id_bytes))]


def form_rules(name: str, max_id_bytes: int) -> list[Rule]:
    """Return the rules that an identifier obeys where there is one."""
    size = F.octet_length(raw(name))
    too_long = F.concat(F.lit(f"{name} has "), size.cast("string"), F.lit(f" bytes, at most {max_id_bytes} expected: "))
    return [
        Rule("nul_in_id", F.contains(raw(name), F.lit("\0")), F.lit(f"{name} holds a NUL character")),
        Rule("id_too_long", size > max_id_bytes, F.concat(too_long, why("", raw(name), ""))),
    ]
