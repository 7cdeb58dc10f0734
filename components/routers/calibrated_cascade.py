"""A cascade that learns from labelled questions when an answer is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import (
    Answer,
    AskedAnswer,
    Embedder,
    Examples,
    FittedEmbedder,
    FloatDomain,
    Indexes,
    IntDomain,
    Query,
    component_parameter,
    parameter,
)
from syftr_like.contracts.learning import LearningRouter, Try

from .answer_scorer import AnswerScorer, evidence, fit_scorer
from .crossfitting import CrossFitted, Rows, cross_fit
from .escalation import ThresholdParameters, check_thresholds, escalate, thresholds_of
from .labelled import LabelledQuestions, LearningParameters, embedded_questions, try_branches
from .question_features import QuestionFeatures, question_features


class CalibratedCascade(LearningRouter):
    """Asks its branches in order until an answer is likely enough to be right, as it has learned.

    Tries every branch but the last on every labelled question once, at index time. For each of them
    a logistic regression learns how likely its answer is right: from the answer's own confidence,
    where it has one, from how far it says the same as those before it, whether it abstains, how
    long it is, and from the question. So thresholds mean the same whatever the branch, confidences
    need not be comparable, and an abstention may stand where it tends to be right. What was learned
    is kept as the answer's confidence; the last branch's answer keeps its own. A branch that fails
    is passed over, but for the last. For branches from cheap to dear, from some dozens of labels.
    (FrugalGPT's scorer, Chen et al. 2023; the map from confidence to probability, Platt 1999.)
    """

    name = "calibrated_cascade"

    class Parameters(ThresholdParameters, LearningParameters):
        """How likely is enough, and how that is learned."""

        embedder: Embedder = component_parameter("lsa", "Turns questions into vectors.")
        components: int = parameter(
            4, "Leading components of the questions' vectors that are features.", ge=0, le=256,
            search=IntDomain(2, 32, log=True),
        )  # fmt: skip
        regularisation: float = parameter(
            10.0, "Strength of the L2 penalty; the fewer labels, the stronger.", gt=0, le=1e6,
            search=FloatDomain(0.1, 1000.0, log=True),
        )  # fmt: skip

    parameters: Parameters

    @classmethod
    def check_branches(cls, possible: Mapping[str, Sequence[Any]], branches: Sequence[str]) -> None:
        """Check that thresholds are stated for places that there are."""
        check_thresholds(possible, len(branches))

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> LabelledQuestions:
        """Return the labelled questions with their vectors.

        Raises:
            ComponentError: There are none.
        """
        p = self.parameters
        return embedded_questions(inputs["examples"], p, p.embedder, indexes)

    async def learn(
        self, examples: Examples, branches: tuple[str, ...], attempt: Try, prepared: Any
    ) -> LearnedScorers | None:
        """Learn when answers are right; None where there is one branch, whose answers all stand.

        Raises:
            ComponentError: There are not two different questions to learn from, or a threshold is
                stated for a step that there is not.
        """
        p = self.parameters
        thresholds_of(p, len(branches))
        if len(branches) == 1:
            return None
        labelled: LabelledQuestions = prepared
        labels = await try_branches(labelled.questions, branches[:-1], attempt, p)
        features = question_features(labelled.texts, labelled.vectors, p.components)
        known = features.of_all(labelled.texts, labelled.vectors)
        answers = [[tried.answer for tried in row] for row in labels.attempts]

        def of(rows: Rows) -> tuple[AnswerScorer, ...]:
            chosen = [answers[row] for row in rows]
            return fit_scorers(chosen, known[rows], labels.scores[rows], p.regularisation)

        return LearnedScorers(labelled.embedder, features, cross_fit(labelled.texts, p.folds, of))

    async def route(
        self,
        question: Query,
        branches: Mapping[str, AskedAnswer],
        prepared: LearnedScorers | None,
    ) -> Answer:
        """Return the first answer that is likely enough to be right.

        Raises:
            ComponentError: The last branch failed.
        """
        if prepared is None:
            (only,) = branches.values()
            return await only.ask()
        vector = await prepared.embedder.aembed_query(question.text)
        features = prepared.features.of(question.text, vector)
        scorers = prepared.scorers.serving(question.original)

        async def likely(answers: Sequence[Answer | None]) -> float:
            return scorers[len(answers) - 1].probability(evidence(answers), features)

        thresholds = thresholds_of(self.parameters, len(branches))
        return (await escalate(branches, thresholds, likely)).with_confidence


@dataclass(frozen=True, slots=True)
class LearnedScorers:
    """What was learned: a scorer for every step but the last."""

    embedder: FittedEmbedder
    features: QuestionFeatures
    scorers: CrossFitted[tuple[AnswerScorer, ...]]


def fit_scorers(
    answers: Sequence[Sequence[Answer | None]],
    features: NDArray[np.float64],
    scores: NDArray[np.float64],
    regularisation: float,
) -> tuple[AnswerScorer, ...]:
    """Fit a scorer for each step; where its branch failed there is no answer to learn from.

    Args:
        answers: Of each question, those of the branches; None where one failed.
        features: (questions, size).
        scores: (questions, branches), from 0 to 1.
        regularisation: Strength of the L2 penalty.
    """
    scorers = []
    for step in range(scores.shape[1]):
        rows = [row for row, given in enumerate(answers) if given[step] is not None]
        seen = np.array([evidence(answers[row][: step + 1]) for row in rows]).reshape(-1, 6)
        scorers.append(fit_scorer(seen, features[rows], scores[rows, step], regularisation))
    return tuple(scorers)
