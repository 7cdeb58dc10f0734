"""The splits of a study as MLflow datasets."""

from __future__ import annotations

import json
from collections.abc import Sequence

from syftr_like.contracts import Question

from .content import DatasetContent
from .source import StudySource

_SCHEMA = json.dumps(
    {
        "mlflow_colspec": [
            {"type": "string", "name": "id", "required": True},
            {"type": "string", "name": "question", "required": True},
            {
                "type": "array",
                "items": {"type": "string"},
                "name": "answers",
                "required": True,
            },
            {"type": "boolean", "name": "answerable", "required": True},
        ]
    }
)


def split_dataset(source: StudySource, split: str) -> DatasetContent:
    """Return `tune` or `holdout` as a dataset: its digest is the dataset's, with the split."""
    questions = source.tune if split == "tune" else source.holdout
    facts = source.dataset
    where = {
        "documents": facts["documents_path"],
        "questions": facts["questions_path"],
        "split": split,
    }
    return DatasetContent(
        name=f"{source.study} {split}",
        digest=f"{str(facts['fingerprint'])[:12]}-{split}",
        context=split,
        source=json.dumps(where, ensure_ascii=False),
        schema=_SCHEMA,
        profile=json.dumps(_counts(questions) | {"documents": len(source.documents)}),
    )


def _counts(questions: Sequence[Question]) -> dict[str, int]:
    return {
        "num_rows": len(questions),
        "answerable": sum(question.answerable for question in questions),
        "with_evidence": sum(bool(question.evidence) for question in questions),
    }
