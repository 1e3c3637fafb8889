from jobs.report.choices import choices, choices_json, chosen
from jobs.report.data import ReportData

STAGES = {
    "train_als": {"chosen": "rank 32", "tried": {"rank 64": 0.19, "rank 32": 0.2}},
    "train_item_item": {
        "chosen": {
            "neighbours": 200,
            "shrinkage": 0.0,
            "user_exponent": 0.5,
            "regularisation": 300.0,
            "half_lives": {"item_item": 1.0, "ease": 3.0},
            "tried": {
                "users": 900,
                "items": 1600,
                "item_item": {"200 neighbours, shrinkage 0, user exponent 0.5, half-life 1": 0.119},
                "ease": {"regularisation 300, half-life 0": 0.08, "regularisation 300, half-life 3": 0.129},
            },
        }
    },
    "train_spectral": {
        "chosen": {
            "spectral": {
                "rank": 32,
                "item_exponent": 0.3,
                "half_life": 0.0,
                "tried": {"why": "fewer than 20 validation users: the first of each"},
            }
        }
    },
    "train_bivae": {"epochs": 18, "tried": {"9": 0.15, "18": 0.16}, "stepped_aside": "on validation 0.16, popular 0.2"},
    "train_sequence": {
        "how": "softmax over all 20 items",
        "backtest": {
            "epochs": 2,
            "pool": "last",
            "ndcg": 0.11,
            "further": [{}],
            "curve": [{"ndcg": 0.1}, {"ndcg": 0.11}, {"ndcg": None}],
        },
    },
    "rank_candidates": {
        "rounds": 40,
        "trees_weight": 0.5,
        "validation": {
            "chosen": True,
            "weighed_by": "both",
            "held_out_ndcg": {"both": 0.14, "logit": 0.13},
            "trees": {"40 rounds, weight 0.5": 0.15},
            "ndcg": 0.15,
        },
    },
}


def test_every_model_says_what_was_taken_and_what_it_reached():
    found = {choice.model: choice for choice in choices(STAGES)}
    assert {model: (choice.taken, choice.ndcg) for model, choice in found.items()} == {
        "als": ("rank 32", 0.2),
        "item_item": ("200 neighbours, shrinkage 0, user exponent 0.5, half-life 1", 0.119),
        "ease": ("regularisation 300, half-life 3", 0.129),
        "spectral": ("rank 32, exponent 0.3, half-life 0", None),
        "bivae": ("18 passes", 0.16),
        "sequence": ("2 passes, last state, 2 models", 0.11),
        "ranker": ("sources weighed by both, trees 40 rounds, weight 0.5", 0.15),
    }
    assert found["ease"].tried == {"regularisation 300, half-life 0": 0.08, "regularisation 300, half-life 3": 0.129}
    assert found["spectral"].why == "fewer than 20 validation users: the first of each"
    assert found["spectral"].tried == {}
    assert found["bivae"].why == "on validation 0.16, popular 0.2"
    assert found["sequence"].why == "softmax over all 20 items"
    assert found["sequence"].tried == {"1 pass": 0.1, "2 passes": 0.11}
    assert found["ranker"].tried == {"both": 0.14, "logit": 0.13, "40 rounds, weight 0.5": 0.15}


def test_without_enough_users_the_ranker_says_so():
    few = {"rank_candidates": {"rounds": 0, "trees_weight": 0.0, "validation": {"chosen": False, "why": "too few"}}}
    (ranker,) = choices(few)
    assert (ranker.taken, ranker.ndcg, ranker.tried, ranker.why) == ("all sources alike", None, {}, "too few")


def test_a_model_that_never_began_says_why():
    aside = {"train_bivae": {"stepped_aside": "too little time"}, "train_sequence": {"stepped_aside": "no timestamps"}}
    assert [(choice.model, choice.taken, choice.ndcg, choice.why) for choice in choices(aside)] == [
        ("bivae", "stepped aside", None, "too little time"),
        ("sequence", "stepped aside", None, "no timestamps"),
    ]


def test_how_validation_was_taken_is_told_where_the_split_names_none():
    (told,) = choices({"split_events": {"validation": "each user's newest"}})
    assert (told.model, told.taken) == ("validation", "each user's newest")
    assert not choices({"split_events": {"validation": None}})


def test_as_json_it_is_by_model():
    assert choices_json(STAGES)["als"] == {
        "taken": "rank 32",
        "ndcg": 0.2,
        "tried": {"rank 64": 0.19, "rank 32": 0.2},
        "why": "",
    }


def test_the_section_shows_what_was_taken_and_folds_away_what_was_tried():
    section = chosen(ReportData(title="", facts=[], k=10, evaluation=[], stages=STAGES))
    taken, tried = section.tables
    assert taken.rows[0] == ["als", "rank 32", "0.2000", "2", "–"]
    assert tried.folded
    assert tried.rows[:2] == [["als", "rank 64", "0.1900"], ["als", "rank 32", "0.2000"]]
    assert "NDCG@10" in section.reading


def test_where_nothing_was_chosen_it_says_so():
    section = chosen(ReportData(title="", facts=[], k=10, evaluation=[]))
    assert section.missing == "No stage has reported what it chose."


def test_ease_says_what_it_does_not_cover_beside_why_it_tried_no_more():
    own = STAGES["train_item_item"]["chosen"]
    tried = {**own["tried"], "ease": {**own["tried"]["ease"], "why": "no time"}}
    stage = {"chosen": {**own, "tried": tried}, "ease_items": 20_000, "items": 92_348}
    why = {choice.model: choice.why for choice in choices({"train_item_item": stage})}
    left = "solved over the 20,000 most liked of 92,348 items; als and item_item cover the others"
    assert why == {"item_item": "", "ease": f"no time; {left}"}


def test_a_refit_that_time_cut_short_is_told():
    report = {"epochs": 18, "tried": {"18": 0.16}, "refit": {"epochs": 7, "stopped": "time"}}
    (choice,) = choices({"train_bivae": report})
    assert choice.why == "the refit had time for 7 passes"
    (whole,) = choices({"train_bivae": {**report, "refit": {"epochs": 18, "stopped": "epochs"}}})
    assert whole.why == ""
