"""`study.lock.yaml`: the resolved study with all that its results rest on."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from syftr_like.contracts import Json

from .judges import judges_json
from .loading import LoadedStudy

PACKAGES = (
    "syftr-like",
    "optuna",
    "ray",
    "langchain-core",
    "faiss-cpu",
    "pymoo",
    "mlflow",
    "networkx",
    "scikit-learn",
    "numpy",
    "bm25s",
)
"""The packages whose versions can change a result."""


def lock(loaded: LoadedStudy) -> dict[str, Any]:
    """Return the lock as JSON-like data; secrets are in none of its sources."""
    return {
        "study": loaded.file.model_dump(mode="json"),
        "file": str(loaded.path),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in PACKAGES},
        },
        "dataset": {
            "fingerprint": loaded.dataset.fingerprint,
            "documents": len(loaded.dataset.documents),
            "questions": len(loaded.dataset.questions),
            "unanswerable": sum(not q.answerable for q in loaded.dataset.questions),
            "tune": [question.id for question in loaded.split.tune],
            "holdout": [question.id for question in loaded.split.holdout],
        },
        "space": {
            "fingerprint": loaded.space.fingerprint,
            "cardinality": str(loaded.space.cardinality()),
            "parameters": len(loaded.space.decisions()),
        },
        "metrics": {e.name: e.version for e in loaded.evaluators},
        "judges": judges_json(loaded.judges),
        "prices": {
            "usd_per_cpu_hour": loaded.file.prices.usd_per_cpu_hour,
            "fingerprint": _digest(loaded.space.models_json()),
        },
    }


def facts(content: Mapping[str, Any]) -> dict[str, dict[str, Json]]:
    """Return what people are told of a locked study: `dataset`, `space` and `search`."""
    study, dataset, space = content["study"], content["dataset"], content["space"]
    return {
        "dataset": {
            "documents_path": study["dataset"]["documents"],
            "questions_path": study["dataset"]["questions"],
            "documents": dataset["documents"],
            "questions": dataset["questions"],
            "tune": len(dataset["tune"]),
            "holdout": len(dataset["holdout"]),
            "unanswerable": dataset["unanswerable"],
            "fingerprint": dataset["fingerprint"],
        },
        "space": {
            "path": study["space"],
            "cardinality": space["cardinality"],
            "parameters": space["parameters"],
        },
        "search": {
            "method": study["search"]["method"],
            "seed": study["search"]["seed"],
            "trials": study["search"]["trials"],
            "workers": study["workers"]["count"],
            "early_stopping": study["search"]["early_stopping"]["method"],
            "usd_per_cpu_hour": study["prices"]["usd_per_cpu_hour"],
        },
    }


def write_lock(path: Path, content: dict[str, Any]) -> None:
    """Write the lock."""
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
    path.write_text(text, encoding="utf-8")


def _digest(value: Json) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
