"""Attention over text: an item attends to the texts of what the user liked and of the reviews they wrote.

score(u, k) = 1 + t log sum_j w_j exp((<e_k, h_j> - 1) / t), over the user's liked items and reviews j: the log of what
softmax attention (Vaswani et al. 2017) with target k as the query divides by, as target attention does in DIN (Zhou et
al. 2018) with learnt weights. We take the sum itself and not the average under it, so that much that is near counts for
more than little, and learn nothing: the space is the language model's. As t falls it becomes the best match alone.

w_j is the weight of j, fading by how many newer texts there are (``jobs.vectors.fading``).

Items with the same text share one row, so that the cost of a block of users is distinct texts of their histories x
distinct texts x dim, however many users share them; memory is chunks of _KERNEL_A_CHUNK float32.
"""

from dataclasses import dataclass

import numpy as np
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F
from scipy import sparse

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.scoring.neighbours import liked_matrix
from jobs.candidates.sources.contract import Definition, Inputs, IntArray, Source, User
from jobs.contract.reasons import Reason
from jobs.contract.settings import Candidates
from jobs.contract.tables import ITEM_ID, USER_ID
from jobs.vectors.collect import dense_vectors
from jobs.vectors.fading import faded
from jobs.vectors.top_k import FloatArray

_KERNEL_A_CHUNK = 1 << 24


@dataclass(frozen=True)
class AttentionScores:
    """Attention of items to a user's texts.

    Attributes:
        texts: float32[n_texts, dim], distinct unit rows.
        text_of: int32[n_items], each item's row of ``texts``, -1 without one.
        temperature: t above; cosines are divided by it.
        half_life: Newer items after which one counts half; 0 = all count alike.
    """

    texts: FloatArray
    text_of: IntArray
    temperature: float
    half_life: float

    def scores(self, users: list[User]) -> FloatArray:
        """Return the scores, at most 1 + t log(sum of weights); -inf where user or item has no text."""
        keys, attended = self._keys(users)
        sums = np.zeros((len(users), len(self.texts)), dtype=np.float32)
        size = max(1, _KERNEL_A_CHUNK // max(1, len(keys)))
        for start in range(0, len(self.texts), size):
            chunk = self.texts[start : start + size]
            sums[:, start : start + size] = attended @ self._kernel(keys, chunk)
        with np.errstate(divide="ignore"):
            by_text = np.where(sums > 0, 1 + self.temperature * np.log(sums), -np.inf).astype(np.float32)
        scores = by_text[:, self.text_of]
        scores[:, self.text_of < 0] = -np.inf
        return scores

    def evidence(self, user: User, chosen: IntArray) -> FloatArray | None:
        """Return the attention that chosen items give to liked ones, before it is divided by its sum."""
        liked, taken = self.text_of[user.liked], self.text_of[chosen]
        near = self.texts[liked] @ self.texts[taken].T
        weights = faded(user.weights, self.half_life)[:, None] * np.exp((near - 1) / self.temperature)
        known = (liked[:, None] >= 0) & (taken[None, :] >= 0) & (near > 0)
        return np.where(known, weights, 0).astype(np.float32)

    def _keys(self, users: list[User]) -> tuple[FloatArray, sparse.csr_matrix]:
        """Return the block's distinct texts, float32[n_keys, dim], and each user's weight on them."""
        liked = [faded(user.weights, self.half_life) for user in users]
        by_item = liked_matrix(users, liked, len(self.text_of)).tocoo()
        text = self.text_of[by_item.col]
        known = text >= 0
        shape = (len(users), len(self.texts))
        by_text = sparse.csr_matrix((by_item.data[known], (by_item.row[known], text[known])), shape=shape)
        used = np.flatnonzero(by_text.getnnz(axis=0))
        written = [np.zeros(0, np.float32) if user.reviews is None else user.reviews for user in users]
        reviews = np.concatenate(written).reshape(-1, self.texts.shape[1])
        counts = [len(flat) // self.texts.shape[1] for flat in written]
        offsets = np.cumsum([0, *counts])
        weights = np.concatenate([faded(np.ones(count, dtype=np.float32), self.half_life) for count in counts])
        of_user = sparse.csr_matrix((weights, np.arange(len(reviews)), offsets), shape=(len(users), len(reviews)))
        keys = np.concatenate([self.texts[used], reviews])
        return keys, sparse.hstack([by_text[:, used], of_user], format="csr")

    def _kernel(self, keys: FloatArray, texts: FloatArray) -> FloatArray:
        near = keys @ texts.T
        near -= 1
        near /= self.temperature
        return np.asarray(np.exp(near, out=near))


def build(inputs: Inputs, items: Catalogue, settings: Candidates) -> Source | None:
    """Return the source, or None where nothing is embedded, or more distinct texts than the settings allow."""
    vectors = dense_vectors(inputs.embeddings, items.index(), "embedding")
    if vectors is None:
        return None
    known = np.flatnonzero(vectors.any(axis=1))
    texts, places = np.unique(vectors[known], axis=0, return_inverse=True)
    if len(texts) > settings.attention_max_texts:
        return None
    text_of = np.full(len(vectors), -1, dtype=np.int32)
    text_of[known] = places.reshape(-1)
    # Whether tastes move is what validation said of the nearest model of histories that was fitted.
    half_life = settings.attention_half_life if inputs.half_lives["item_item"] else 0.0
    return AttentionScores(texts, text_of, settings.attention_temperature, half_life)


def user_reviews(inputs: Inputs, items: Catalogue, settings: Candidates) -> DataFrame:
    """Return (user_id, reviews): vectors of each user's newest reviews, laid end to end.

    A review counts where the fold's own interactions hold the pair, liked, and no earlier than the review: what was
    written of a held-out event is held out with it.
    """
    pair = [USER_ID, ITEM_ID]
    known = inputs.liked.select(*pair, "last_timestamp", "last_order")
    early = F.col("timestamp").isNull() | (F.col("timestamp") <= F.col("last_timestamp"))
    written = inputs.review_embeddings.join(known, on=pair, how="inner").where(early)
    newest = Window.partitionBy(USER_ID).orderBy(F.desc("last_order"), "text_hash")
    kept = written.withColumn("place", F.row_number().over(newest)).where(F.col("place") <= settings.max_reviews)
    ordered = F.sort_array(F.collect_list(F.struct("place", "embedding")))
    gathered = kept.groupBy(USER_ID).agg(ordered.alias("newest"))
    return gathered.select(USER_ID, F.flatten("newest.embedding").alias("reviews"))


ATTENTION = Definition(
    build,
    "no item has a text, or there are more distinct ones than candidates.attention_max_texts",
    Reason.BECAUSE,
    user_reviews,
)
