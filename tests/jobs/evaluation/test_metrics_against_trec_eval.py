"""Our metrics beside those of trec_eval, which information retrieval has used for thirty years."""

import numpy as np
import pytest
import pytrec_eval

from jobs.evaluation.metrics import user_metrics

N_USERS, N_ITEMS = 60, 40
OURS = {
    "ndcg": "ndcg_cut_{k}",
    "recall": "recall_{k}",
    "precision": "P_{k}",
    "hitrate": "success_{k}",
    "mrr": "recip_rank",
}


@pytest.mark.parametrize("k", [1, 5, 10, 30])
def test_every_metric_agrees_with_trec_eval_on_random_lists(k):
    rng = np.random.default_rng(k)
    lists = [rng.permutation(N_ITEMS)[: rng.integers(k, N_ITEMS + 1)] for _ in range(N_USERS)]
    wanted = [set(rng.choice(N_ITEMS, rng.integers(1, 15), replace=False).tolist()) for _ in range(N_USERS)]
    hits = np.zeros((N_USERS, N_ITEMS), dtype=bool)
    for user, items in enumerate(lists):
        hits[user, : len(items)] = [item in wanted[user] for item in items.tolist()]
    ours = user_metrics(hits, np.array([len(items) for items in wanted]), k)

    names = [f"{user:03d}" for user in range(N_USERS)]
    relevant = {name: {str(item): 1 for item in wanted[user]} for user, name in enumerate(names)}
    # Reciprocal rank knows no cut-off there, so that it is given lists of k.
    run = {
        name: {str(item): float(-place) for place, item in enumerate(lists[user][:k].tolist())}
        for user, name in enumerate(names)
    }
    measures = {template.format(k=k).replace(f"_{k}", f".{k}") for template in OURS.values()}
    theirs = pytrec_eval.RelevanceEvaluator(relevant, measures).evaluate(run)
    for metric, template in OURS.items():
        expected = [theirs[name][template.format(k=k)] for name in names]
        assert ours[f"{metric}@{k}"] == pytest.approx(expected), metric
