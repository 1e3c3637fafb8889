import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.dataset.csv_records import (
    MAX_RECORD_CHARS,
    Dialect,
    Malformed,
    parse_line,
    records,
    sniff_delimiter,
    sniff_newline,
)


def read(text: str, n_fields: int, dialect: Dialect | None = None, newline: str = "\n") -> list:
    return list(records(io.StringIO(text, newline=newline), n_fields, dialect or Dialect(), newline))


def test_a_plain_line_is_split_at_its_delimiters():
    assert read("u1,i1,3\nu2,,4\n", 3) == [["u1", "i1", "3"], ["u2", "", "4"]]


def test_the_last_line_needs_no_terminator():
    assert read("u1,i1", 2) == [["u1", "i1"]]


def test_carriage_returns_before_line_feeds_belong_to_the_terminator():
    assert read("u1,i1\r\nu2,i2\r\n", 2) == [["u1", "i1"], ["u2", "i2"]]


def test_files_with_carriage_returns_alone_have_lines():
    assert read("u1,i1\ru2,i2\r", 2, newline="\r") == [["u1", "i1"], ["u2", "i2"]]


def test_blank_lines_are_no_records():
    assert read("\nu1,i1\n\r\n\nu2,i2\n", 2) == [["u1", "i1"], ["u2", "i2"]]


def test_quoted_fields_may_hold_delimiters_doubled_quotes_and_line_breaks():
    assert read('u1,"a,b"\nu2,"say ""hi"""\nu3,"two\r\nlines"\n', 2) == [
        ["u1", "a,b"],
        ["u2", 'say "hi"'],
        ["u3", "two\r\nlines"],
    ]


def test_a_quote_inside_an_unquoted_field_is_a_quote():
    assert read('u1,5" disk\n', 2) == [["u1", '5" disk']]


def test_an_escape_character_is_used_where_it_is_named():
    assert read('u1,"say \\"hi\\""\n', 2, Dialect(escape="\\")) == [["u1", 'say "hi"']]


def test_rows_with_too_few_or_too_many_fields_are_malformed_alone():
    assert read("u1\nu2,i2\nu3,i3,x\n", 2) == [
        Malformed("1 fields, expected 2", "u1"),
        ["u2", "i2"],
        Malformed("3 fields, expected 2", "u3,i3,x"),
    ]


def test_text_after_a_closing_quote_is_malformed():
    assert read('u1,"The "best" one"\nu2,b\n', 2) == [
        Malformed("',' expected after '\"'", 'u1,"The "best" one"'),
        ["u2", "b"],
    ]


def test_an_unclosed_quote_costs_its_own_row_and_no_other():
    lines = [f"u{i},i{i},{i}" for i in range(100)]
    lines[3] = 'u3,"i3,3'
    found = read("\n".join(lines), 3)
    assert found[3] == Malformed("a quote is opened and not closed", 'u3,"i3,3')
    assert [row for row in found if isinstance(row, list)] == [line.split(",") for line in lines if '"' not in line]


def test_two_unclosed_quotes_do_not_close_each_other_over_rows():
    lines = [f"u{i},i{i},{i}" for i in range(20)]
    lines[2] = 'u2,i2,"'
    lines[15] = 'u15,i15,"'
    found = read("\n".join(lines), 3)
    assert [i for i, row in enumerate(found) if isinstance(row, Malformed)] == [2, 15]
    assert len(found) == 20


def test_a_long_text_over_many_lines_is_one_field():
    text = "\n".join(f"line {i}, with a comma" for i in range(200))
    assert read(f'u1,i1,"{text}",4\nu2,i2,,5\n', 4) == [["u1", "i1", text, "4"], ["u2", "i2", "", "5"]]


def test_a_row_longer_than_the_limit_is_malformed_and_the_next_is_read():
    found = read(f"u1,{'x' * (2 * MAX_RECORD_CHARS)}\nu2,i2\n", 2)
    assert found == [Malformed(f"longer than {MAX_RECORD_CHARS:,} characters", f"u1,{'x' * 9_997}"), ["u2", "i2"]]


def test_hostile_quotes_do_not_take_quadratic_time():
    line = 'u,"",","x'
    found = read('a,"\n' + f"{line}\n" * 3_000, 2)
    assert len(found) == 3_001


def test_a_nul_is_an_ordinary_character():
    assert read("u\0001,i1\n", 2) == [["u\0001", "i1"]]


@settings(deadline=None)
@given(
    st.lists(
        st.lists(st.text(alphabet=st.sampled_from('ab,"\n\r é🎬'), max_size=8), min_size=3, max_size=3), max_size=12
    )
)
def test_what_a_csv_writer_wrote_is_read_back(rows):
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    assert read(file.getvalue(), 3) == rows


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from('ab,"\n\r'), max_size=200))
def test_any_text_at_all_gives_records_of_the_right_width_or_malformed_rows(text):
    for row in read(text, 3):
        assert isinstance(row, Malformed) or len(row) == 3


@settings(deadline=None)
@given(st.lists(st.sampled_from(["u1,i1,3", 'u2,"i2",4', 'u3,"i3,5', 'u4,i4,"', '"', 'u5,i"5,6', '""']), max_size=30))
def test_good_plain_rows_survive_any_bad_neighbours(lines):
    found = read("\n".join(lines), 3)
    swallowed = sum(row[2].count("u1,i1,3") + row[0].count("u1,i1,3") for row in found if isinstance(row, list))
    assert found.count(["u1", "i1", "3"]) + swallowed == lines.count("u1,i1,3")


def test_a_quote_open_at_the_end_of_a_line_is_told_from_a_complete_record():
    assert parse_line('a,"b', Dialect()) is None
    assert parse_line('a,"b"', Dialect()) == ["a", "b"]


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [("a,b,c", ","), ("a\tb", "\t"), ("a;b;c", ";"), ("a|b", "|"), ("alone", ","), ('"a,b,c";d', ";")],
)
def test_the_delimiter_is_the_most_frequent_one_outside_quotes(header, delimiter):
    assert sniff_delimiter(header) == delimiter


def test_a_carriage_return_ends_lines_only_where_no_line_feed_does():
    assert [sniff_newline(text) for text in ("a\rb", "a\r\nb", "a\nb", "a")] == ["\r", "\n", "\n", "\n"]
