"""Every setting, from one YAML file and NIGHTSHELF_* variables, as one frozen object.

A variable names its section and field with two underscores between: ``NIGHTSHELF_VALIDATE__MAX_BAD_SHARE=0.5``,
``NIGHTSHELF_RULES__DIVERSITY__RELEVANCE_WEIGHT=0.7``.
The file is ``nightshelf.yaml`` in the working folder, or what ``NIGHTSHELF_SETTINGS`` names. Variables win over it.
"""

import difflib
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    YamlConfigSettingsSource,
)

from jobs.contract.errors import SettingsError
from jobs.contract.masking import MASK, is_secret, masked
from jobs.contract.redis_url import connection_string, without_user
from jobs.contract.rule_settings import Rules
from jobs.contract.section import Section as _Section
from jobs.contract.section import Several

PREFIX = "NIGHTSHELF_"
_SETTINGS_FILE_VARIABLE = f"{PREFIX}SETTINGS"
_DEFAULT_FILE = "nightshelf.yaml"

# The section is called as its stage is; pydantic's deprecated ``BaseModel.validate`` is not used here.
warnings.filterwarnings("ignore", message='Field name "validate" in .* shadows', category=UserWarning)


_HalfLives = Several[Annotated[float, Field(ge=0)]]
_HALF_LIVES = Field(default=(0.0, 30.0, 10.0, 3.0, 1.0), min_length=1)


class Schedule(_Section):
    """When the nightly run starts."""

    cron: str = "0 2 * * *"
    """Cron expression in ``timezone``."""
    timezone: str = "UTC"
    """IANA timezone in which a run's date is counted."""

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"unknown timezone {name!r}; expected an IANA name such as Europe/Paris") from None
        return name


class Spark(_Section):
    """What a stage's Spark session gets; the master comes from spark-submit or the Airflow connection."""

    master: str = "local[*]"
    """Used by ``nightshelf run``; under Airflow the connection says."""
    driver_memory: str = "3g"
    """JVM heap of the driver (with local masters, of everything). Python workers come on top."""
    shuffle_partitions: int = Field(default=0, ge=0)
    """Partitions after a shuffle; 0 = twice the cores of the session."""
    conf: dict[str, str] = {}
    """Any further Spark properties. Where settings are shown, values are masked whose name holds secret, password,
    token, credential or key."""


class Lake(_Section):
    """The tables between stages."""

    keep_days: int = Field(default=14, ge=1)
    """Days of partitions, and of models' weights, kept, counted back from the newest announced night; Feast's history
    is as long."""


class Validate(_Section):
    """What makes a row bad, and how much of it stops the run."""

    max_bad_share: float = Field(default=0.05, ge=0, le=1)
    """Share of quarantined rows of a table past which the run stops. Exact duplicates do not count as bad."""
    min_year: int = Field(default=1990, ge=1)
    """Earlier times are taken for faults (epoch zero, wrong unit)."""
    max_text_chars: int = Field(default=10_000, ge=1)
    """Longer texts are cut here, and counted."""
    max_id_bytes: int = Field(default=1024, ge=1)
    """A longer identifier is a fault."""


class Split(_Section):
    """How events are held out: for the night's own backtest, or by a protocol of ``nightshelf evaluate``."""

    protocol: Literal["night", "random_80_20", "leave_last_out", "global_time", "given", "cold_items"] = "night"
    """night = each user's newest events; the others are ``nightshelf evaluate``'s and never meet a real home."""
    validation_share: float = Field(default=0.1, gt=0, lt=0.5)
    """The part of each user's history, newest but for the test part, on which choices are made."""
    test_share: float = Field(default=0.1, gt=0, lt=0.5)
    """The newest part of each user's history, on which the verdict is given."""
    min_events: int = Field(default=3, ge=3)
    """Nothing of users with fewer events is held out."""
    positive_rating: float | None = None
    """Ratings from here up are positive; unset = the middle of the scale that the data shows."""
    seed: int = 42
    """Of every random choice in a run."""


class Embedding(_Section):
    """The language model that embeds texts."""

    model: str = "minilm"
    """``minilm`` (MiniLM-L6-v2 from its wheel), a local folder, or a hub name."""
    revision: str | None = None
    """Pinned revision for a hub name."""
    dim: int | None = Field(default=None, ge=8)
    """Keep the first ``dim`` components (for models trained so); unset = all."""
    batch_size: int = Field(default=64, ge=1)
    """Texts encoded at once."""
    max_chars: int = Field(default=2_000, ge=16)
    """Of a text, what the model is given."""
    reviews_per_user: int = Field(default=20, ge=0)
    """Newest reviews of a user that are embedded."""
    reviews_a_night: int = Field(default=20_000, ge=0)
    """New review texts that a night embeds at most; the others wait, so that a first night stays bounded."""


class Als(_Section):
    """Implicit matrix factorisation (Hu, Koren and Volinsky 2008).

    Of several values the best on validation is taken, else the first.
    """

    rank: Several[Annotated[int, Field(ge=1)]] = Field(default=(64, 32, 16), min_length=1)
    """Factors per user and item."""
    iterations: int = Field(default=10, ge=1)
    """Alternations."""
    alpha: Several[Annotated[float, Field(gt=0)]] = Field(default=(2.0, 0.5), min_length=1)
    """Confidence per unit of weight, each tried with the regularisation in its place; the usual 40 overfits. By default
    what suits long histories, then what suits short ones (EXPERIMENTS.md)."""
    regularisation: Several[Annotated[float, Field(ge=0)]] = Field(default=(0.2, 0.5), min_length=1)
    """Spark's ``regParam``, scaled by each row's count; as many as ``alpha``, or one of the two is a single value."""

    @model_validator(mode="after")
    def _pairs(self) -> "Als":
        n_alphas, n_regularisations = len(self.alpha), len(self.regularisation)
        if 1 not in (n_alphas, n_regularisations) and n_alphas != n_regularisations:
            raise ValueError(
                f"alpha and regularisation are tried in pairs: expected as many of both, or one of either; found "
                f"{n_alphas} and {n_regularisations}"
            )
        return self


class Train(_Section):
    """What all trainings of a run share."""

    max_seconds: float = Field(default=1_500.0, gt=0)
    """Wall clock for all trainings of a run; what runs side by side counts once. Two can be stopped early, each at half
    of its time in the backtest: the bilateral autoencoder has ``bivae.max_share`` of it, the sequence model what the
    others leave, and no less than ``sequence.min_share``. ALS and the closed forms share the rest: once a stage's part
    is over, or a twentieth of all for ALS, no further value is tried; fits that have begun, and refits, are not
    stopped."""


class ItemItem(_Section):
    """Item-to-item cosine with shrinkage. Of several values the best on validation is taken, else the first."""

    neighbours: Several[Annotated[int, Field(ge=1)]] = Field(default=(100, 50, 200), min_length=1)
    """Neighbours kept per item."""
    shrinkage: Several[Annotated[float, Field(ge=0)]] = Field(default=(10.0, 0.0, 50.0), min_length=1)
    """Users added to the denominator of co-occurrence, so that rare pairs count less."""
    user_exponent: Several[Annotated[float, Field(ge=0, le=1)]] = Field(default=(0.5, 0.0), min_length=1)
    """A history of n items counts n to minus this in each place of its pairs: whoever takes everything says little."""
    half_life: _HalfLives = _HALF_LIVES
    """After so many newer items one that was liked counts half; 0 = all count alike. Tastes move in some data only."""


class Ease(_Section):
    """EASE (Steck 2019): every item predicted from all others, in closed form."""

    regularisation: Several[Annotated[float, Field(gt=0)]] = Field(default=(300.0, 30.0, 100.0, 1000.0), min_length=1)
    """Values tried on validation; where there is too little to choose by, the first is taken."""
    half_life: _HalfLives = _HALF_LIVES
    """As of ``item_item``."""
    max_items: int = Field(default=20_000, ge=1)
    """The most liked items that the model covers: its memory is 4 bytes x items squared, 1.6 GB for 20,000."""
    kept: int = Field(default=400, ge=1)
    """Weights kept per item; on ml-100k so many rank as well as all of them (EXPERIMENTS.md)."""


class Spectral(_Section):
    """The few directions along which tastes differ most; of several values the best on validation, else the first."""

    rank: Several[Annotated[int, Field(ge=1)]] = Field(default=(32, 16, 64, 128), min_length=1)
    """Directions kept."""
    item_exponent: Several[Annotated[float, Field(ge=0, le=1)]] = Field(default=(0.3, 0.5), min_length=1)
    """How far popular items are damped: an item of n users counts n to minus this."""
    half_life: _HalfLives = _HALF_LIVES
    """As of ``item_item``."""
    max_items: int = Field(default=20_000, ge=1)
    """The most liked items that it covers: its memory is 4 bytes x items squared, 1.6 GB for 20,000."""


class Session(Spectral):
    """The spectral model of what was taken in one sitting, which more directions tell apart."""

    rank: Several[Annotated[int, Field(ge=1)]] = Field(default=(48, 96, 192), min_length=1)
    """Directions kept."""
    pause_share: float = Field(default=0.85, gt=0, lt=1)
    """Of all pauses between what a user took and what next, the share that ends no session (EXPERIMENTS.md)."""


class Bivae(_Section):
    """The bilateral variational autoencoder (Truong, Salah and Lauw 2021), several from different starts."""

    starts: int = Field(default=4, ge=1)
    """Models trained side by side, whose scores are averaged."""
    dim: int = Field(default=50, ge=1)
    """Length of a user's and an item's vector, a start."""
    hidden: int = Field(default=100, ge=1)
    """Width of an encoder's hidden layer, a start."""
    learning_rate: float = Field(default=1e-3, gt=0)
    """Of Adam."""
    batch_rows: int = Field(default=128, ge=1)
    """Users, or items, encoded at once."""
    max_epochs: int = Field(default=500, ge=1)
    """Passes over items and users at most."""
    patience: int = Field(default=12, ge=1)
    """Checks on validation, some two hundred updates apart, after which training stops if NDCG rises no further, three
    checks taken together."""
    epochs_unvalidated: int = Field(default=50, ge=1)
    """Passes where there is nothing to validate on."""
    max_share: float = Field(default=0.25, gt=0, le=1)
    """Of ``train.max_seconds``, kept for it in whatever order the trainings run."""
    min_seconds: float = Field(default=60.0, ge=0)
    """Where its share is shorter it steps aside at once: reading what it learns from would take most of it."""
    max_users: int = Field(default=20_000, ge=1)
    """Users it learns from, sampled by hash; every user is placed."""
    max_items: int = Field(default=20_000, ge=1)
    """The most liked items that it covers."""


class Sequence(_Section):
    """The causal transformer over what a user took, several from different starts."""

    models: int = Field(default=2, ge=1)
    """Models trained one after the other, whose scores are added; those after the first only where time is left."""
    dim: int = Field(default=64, ge=8)
    """Width of its states and item vectors."""
    blocks: int = Field(default=2, ge=1)
    """Layers of attention."""
    heads: int = Field(default=2, ge=1)
    """Attention heads a layer; they divide ``dim``."""
    dropout: float = Field(default=0.2, ge=0, lt=1)
    """Share of activations dropped in training."""
    max_length: int = Field(default=200, ge=2)
    """The newest items of a user that it sees."""
    free_norm: float = Field(default=1.0, gt=0)
    """Longest trainable part of an item's vector beside its projected text."""
    learning_rate: float = Field(default=1e-3, gt=0)
    """Of AdamW."""
    weight_decay: float = Field(default=0.01, ge=0)
    """Of AdamW."""
    batch_users: int = Field(default=128, ge=1)
    """Users of a batch at most: short histories want many small steps, in large ones the model stays with what is
    popular (EXPERIMENTS.md)."""
    batch_positions: int = Field(default=8_192, ge=2)
    """Positions of a batch at most, padding included."""
    max_epochs: int = Field(default=100, ge=1)
    """Passes over the data at most."""
    min_share: float = Field(default=0.3, gt=0, le=1)
    """Of ``train.max_seconds``, kept for it even where the closed forms and ALS, which nothing stops, took the rest."""
    patience: int = Field(default=10, ge=1)
    """Passes without a better validation NDCG after which training stops."""
    epochs_unvalidated: int = Field(default=20, ge=1)
    """Passes where there is nothing to validate on."""
    warm_start: bool = True
    """Whether the refit on all data begins with the weights of the newest earlier night that was found good."""
    warm_epochs_share: float = Field(default=0.1, gt=0, le=1)
    """Passes of such a refit, as a share of those that the backtest chose."""
    warm_learning_rate: float = Field(default=3e-4, gt=0)
    """Of AdamW in such a refit; with the full rate it loses for a few passes what it had (EXPERIMENTS.md)."""
    warm_nights: int = Field(default=6, ge=1)
    """Nights in a row that begin so; the next begins anew, so that nothing old or erased stays for good."""
    max_users: int = Field(default=1_000_000, ge=1)
    """Users it learns from, sampled by hash; every user is scored."""
    full_softmax_items: int = Field(default=20_000, ge=1)
    """Up to so many items the loss runs over all of them, past it over sampled ones."""
    negatives: int = Field(default=1_024, ge=1)
    """Items drawn a batch by the square root of their popularity, past ``full_softmax_items``."""


class Candidates(_Section):
    """Where candidates come from, and how many."""

    sources: tuple[str, ...] = (
        "sequence",
        "als",
        "item_item",
        "ease",
        "spectral",
        "session",
        "bivae",
        "attention",
        "text",
        "graph",
        "social",
        "group_popular",
        "popular",
        "trending",
        "history",
        "again",
    )
    """The sources that run, where their input is there; their order is the bit order of a list's ``sources``."""
    per_source: int = Field(default=200, ge=1)
    """Candidates a source gives each user."""
    max_history: int = Field(default=500, ge=1)
    """The newest items of a user that a source scores from; every seen item is still masked."""
    neighbours: int = Field(default=100, ge=1)
    """Neighbours by text, and by the graph, kept per item."""
    attention_temperature: float = Field(default=0.05, ge=0.02)
    """What cosines are divided by before attention's softmax; lower = the nearest texts alone count."""
    attention_half_life: float = Field(default=10.0, gt=0)
    """After so many newer items one counts half for attention, where validation lets ``item_item`` fade at all."""
    attention_max_texts: int = Field(default=50_000, ge=1)
    """Distinct item texts past which attention steps aside: its work for a user grows with them."""
    max_reviews: int = Field(default=20, ge=0)
    """Newest reviews of a user that attention sees."""
    graph_max_degree: int = Field(default=500, ge=2)
    """Entities that more items share say little of any, and cost their square: they are left out."""
    group_attribute: str | None = None
    """Attribute of users whose groups get a popular list each; unset = none, since attributes are for audits."""
    half_life_days: float = Field(default=7.0, gt=0)
    """After so many days before ``as_of`` an event counts half for the trending list."""
    block_users: int = Field(default=512, ge=1)
    """Users scored at once: block x items float32 is the memory of one executor core."""


class Rank(_Section):
    """The blend and the list."""

    k: int = Field(default=200, ge=1, le=1000)
    """Items per user in a release."""
    seen: Literal["auto", "remove", "keep", "repeat_model"] = "auto"
    """Whether what a user took may be recommended again. keep: if a source comes upon it. repeat_model: it is proposed,
    too, by how often, how lately and how usually (sources history and again). auto: removed or modelled, as validation
    says."""
    new_item_place: int = Field(default=20, ge=0)
    """Where an item that nobody took yet stands at the latest in the lists of users to whom some source gives it as
    near the top; 0 = it gets no place of its own."""
    max_validation_users: int = Field(default=3_000, ge=1)
    """Users on which settings and the ranker are chosen, sampled by hash."""


class Ranker(_Section):
    """Learned trees beside the fusion of the sources; used where they help on validation users they never saw."""

    objective: Literal["rank_xendcg", "lambdarank"] = "rank_xendcg"
    """LightGBM's loss; on few positives a user the first overfits less (EXPERIMENTS.md)."""
    rounds: Several[Annotated[int, Field(ge=1)]] = Field(default=(40, 80, 160), min_length=1)
    """Trees tried; the number is chosen on held-out validation users."""
    min_hits: int = Field(default=500, ge=1)
    """Validation items among the candidates below which no trees are learnt."""
    seed: int = 42
    """Of samples of rows, columns and users."""


class Evaluate(_Section):
    """The backtest and its verdict."""

    cutoffs: Several[Annotated[int, Field(ge=1, le=1000)]] = Field(default=(10,), min_length=1)
    """Lengths at which lists are measured; the first is the verdict's and the one that the blend is chosen for."""
    max_users: int = Field(default=100_000, ge=1)
    """Users judged, sampled by hash."""
    night_ablation_users: int = Field(default=2_000, ge=0)
    """A night that judges no more users than this also ranks without each source, for its report; 0 = never."""
    bootstrap: int = Field(default=1_000, ge=100)
    """Resamples of each interval."""
    min_group: int = Field(default=20, ge=2)
    """Users that a group needs for it to count in the gap between groups; fewer are mostly chance."""
    max_impressions: int = Field(default=1_000_000, ge=1)
    """Logged impressions from which a click-through rate is estimated, whole answers sampled by hash."""


class Verdict(_Section):
    """When a release may be announced."""

    max_ndcg_drop: float = Field(default=0.05, ge=0)
    """Relative loss of NDCG against the current release that blocks, once its interval excludes it."""
    max_popularity_loss: float = Field(default=0.02, ge=0)
    """Relative loss against the popular list that blocks, once its interval excludes it."""
    min_coverage: float = Field(default=0.005, ge=0, le=1)
    """Share of the catalogue that the lists must reach."""
    max_users_drop: float = Field(default=0.2, ge=0, le=1)
    """Share of the current release's users that may be missing."""
    max_items_drop: float = Field(default=0.2, ge=0, le=1)
    """Share of the current release's items that may be missing."""
    max_coverage_drop: float = Field(default=0.5, ge=0, le=1)
    """Relative loss of coverage in the backtest against the current release's that blocks."""
    max_gini: float = Field(default=0.999, ge=0, le=1)
    """Gini index of exposure, over the items that the judged lists could reach, past which a release is blocked. One
    list for everybody has 1 - k / items: .994 for ten of 1,682."""
    max_arp_rise: float = Field(default=0.5, ge=0)
    """Relative rise of the recommended items' mean popularity against the current release that blocks, once its
    interval excludes it. More data raises it too: a count of users is not a share."""
    max_group_gap: float = Field(default=0.7, ge=0, le=1)
    """Difference of NDCG between the best and the worst served group of users that blocks, once its interval excludes
    it. Wide, since thirds by activity differ by nature: by .51 in complete-journey, where no other gap is above .16."""
    max_group_gap_rise: float = Field(default=0.2, ge=0, le=1)
    """Rise of that difference against the current release, attribute by attribute, that blocks, once its interval
    excludes it."""
    max_ndcg_drift: float = Field(default=0.15, ge=0)
    """Relative loss of NDCG against the best earlier night that blocks, once its interval excludes it: small losses,
    each borne by itself, add up. Earlier nights are those that the lake keeps (``lake.keep_days``)."""
    max_coverage_drift: float = Field(default=0.6, ge=0, le=1)
    """Relative loss of coverage in the backtest against the best earlier night's that blocks."""
    max_arp_drift: float = Field(default=1.0, ge=0)
    """Relative rise of the recommended items' mean popularity against the earlier night where it was least."""
    max_group_gap_drift: float = Field(default=0.25, ge=0, le=1)
    """Rise of the difference of NDCG between groups of users, attribute by attribute, against the earlier night where
    it was least, that blocks, once its interval excludes it."""


class Publish(_Section):
    """Releases and their index."""

    keep_releases: int = Field(default=3, ge=2)
    """Releases whose files are kept, besides pinned ones."""
    n_trees: int = Field(default=50, ge=1)
    """Annoy trees."""
    min_recall: float = Field(default=0.95, gt=0, le=1)
    """Recall@10 against exact search from which ``search_k`` is chosen."""
    neighbours: int = Field(default=50, ge=1)
    """Similar items per item in the online store."""
    fallback: int = Field(default=1_000, ge=1)
    """Length of the popular list for unknown users."""
    batch_rows: int = Field(default=500, ge=1)
    """Online rows written at once."""


class Serving(_Section):
    """The server."""

    host: str = "127.0.0.1"
    """Where it listens."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Port; 0 = any free one."""
    poll_seconds: float = Field(default=1.0, gt=0)
    """How often CURRENT is looked at."""
    max_batch: int = Field(default=100, ge=1)
    """Users in one batch call."""
    max_body_bytes: int = Field(default=1 << 20, ge=1024)
    """A larger request body is refused."""


class Settings(_Section):
    """Everything a run or a server needs to know, written with every run's output."""

    home: Path = Path(".nightshelf")
    """Folder of lake, models, releases and CURRENT; made absolute when loaded."""
    dataset: str = ""
    """A built-in dataset's name or a dataset folder."""
    online_store: str = "sqlite"
    """``sqlite`` or ``redis://host:port[/db]``."""
    schedule: Schedule = Schedule()
    spark: Spark = Spark()
    lake: Lake = Lake()
    validate: Validate = Validate()  # type: ignore[assignment]
    split: Split = Split()
    embedding: Embedding = Embedding()
    train: Train = Train()
    als: Als = Als()
    item_item: ItemItem = ItemItem()
    ease: Ease = Ease()
    spectral: Spectral = Spectral()
    session: Session = Session()
    bivae: Bivae = Bivae()
    sequence: Sequence = Sequence()
    candidates: Candidates = Candidates()
    rank: Rank = Rank()
    ranker: Ranker = Ranker()
    rules: Rules = Rules()
    evaluate: Evaluate = Evaluate()
    verdict: Verdict = Verdict()
    publish: Publish = Publish()
    serving: Serving = Serving()

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @field_validator("online_store")
    @classmethod
    def _known_store(cls, store: str) -> str:
        if store != "sqlite" and not store.startswith("redis://"):
            raise ValueError(f"found {without_user(store)!r}, expected 'sqlite' or 'redis://host:port'")
        if store != "sqlite":
            connection_string(store)  # refused now, and not when a night's rows are to be written
        return store

    def as_json(self) -> dict[str, Any]:
        """Return the settings as JSON values that ``from_json`` reads back."""
        return self.model_dump(mode="json")

    def without_secrets(self) -> dict[str, Any]:
        """Return the settings as JSON values that anyone may read, and that ``from_json`` takes.

        The online store's URL loses user and password; secret properties of ``spark.conf`` are masked.
        """
        values = self.as_json()
        values["online_store"] = without_user(self.online_store)
        values["spark"]["conf"] = masked(values["spark"]["conf"])
        return values

    def replace(self, **changes: dict[str, Any] | str) -> "Settings":
        """Return a copy with fields replaced, sections by their changed fields: ``replace(validate={...})``."""
        values = self.as_json()
        for name, change in changes.items():
            values[name] = {**values[name], **change} if isinstance(change, dict) else change
        return from_json(values)


class _Variables(EnvSettingsSource):
    """Variables; what is no JSON where JSON is wanted is left to validation, which names the field."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:  # noqa: ANN401, ARG002
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


class _Sources(Settings, BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = os.environ.get(_SETTINGS_FILE_VARIABLE) or _DEFAULT_FILE
        return init_settings, _Variables(settings_cls), YamlConfigSettingsSource(settings_cls, yaml_file=file)


def load(**changes: dict[str, Any] | str) -> Settings:
    """Return the settings of this process: the file, then the variables, then ``changes``.

    Raises:
        SettingsError: For an unknown variable or field, or a value out of range, naming each.
    """
    _refuse_unknown_variables()
    named = os.environ.get(_SETTINGS_FILE_VARIABLE)
    if named and not Path(named).is_file():
        raise SettingsError(f"{_SETTINGS_FILE_VARIABLE} names {named}, which is not a file.")
    try:
        loaded = _Sources()
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None
    return from_json(loaded.as_json()).replace(**changes)


def from_json(values: dict[str, Any]) -> Settings:
    """Return the settings that ``Settings.as_json`` wrote, reading no variable.

    Raises:
        SettingsError: For an unknown field or a value out of range.
    """
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None


def variables() -> list[str]:
    """Return the name of every variable that is read, sorted."""
    return sorted([_SETTINGS_FILE_VARIABLE, *_variables_of(Settings, PREFIX)])


def _variables_of(section: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in section.model_fields.items():
        variable = f"{prefix}{name}".upper()
        yield variable
        if isinstance(field.annotation, type) and issubclass(field.annotation, _Section):
            yield from _variables_of(field.annotation, f"{variable}__")


def _refuse_unknown_variables() -> None:
    known = variables()
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name.upper() not in known)
    if unknown:
        near = difflib.get_close_matches(unknown[0], known, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise SettingsError(f"Unknown settings in the environment: {', '.join(unknown)}.{hint}")


def _explain(error: ValidationError) -> str:
    faults = [f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']} (found {_shown(e)!r})" for e in error.errors()]
    return "Settings are not valid. " + "; ".join(faults)


def _shown(fault: ErrorDetails) -> Any:  # noqa: ANN401 - whatever was given
    """Return what was given, without the secrets in it."""
    path, given = [str(part) for part in fault["loc"]], fault["input"]
    if path[:1] == ["online_store"] and isinstance(given, str):
        return without_user(given)
    return MASK if any(is_secret(name) for name in path) else masked(given)
