"""Mistakes in a study's own keys and values, objectives and constraints."""

from __future__ import annotations

from ..study.tiny_study import json_lines, question_rows
from .mistake import Mistake, change, in_study, whole, with_key

NO_EVIDENCE = whole(json_lines(question_rows(evidence=False)), "questions.jsonl")
SEARCH = "search: {method: random, trials: 4, seed: 0}"
OBJECTIVES = "  maximize: [answer_match]\n  minimize: [usd_per_1k_questions, latency_p95_s]"
A_NAME = "expected: a name of at most 64 letters, digits, - and _"

STUDY_MISTAKES: dict[str, Mistake] = {
    # --- keys
    "unknown key of the study": in_study(
        change("search: {", "serach: {"), 11, 1, "unknown key 'serach'", "expected: one of study,",
        meant="search",
    ),
    "a needed key is misspelt": in_study(
        change("space: space.yaml", "spaces: space.yaml"), 6, 1, "unknown key 'spaces'\n",
        meant="space",
    ),
    "unknown key of dataset": in_study(
        change("questions: q", "question: q"), 4, 3, "unknown key 'question'",
        "expected: one of documents, questions, limit, split", meant="questions",
    ),
    "unknown key of split": in_study(
        change("holdout: 0.5", "hold_out: 0.5"), 5, 22, "unknown key 'hold_out'", meant="holdout"
    ),
    "unknown key of objectives": in_study(
        change("maximize:", "maximise:"), 8, 3, "unknown key 'maximise'", meant="maximize"
    ),
    "unknown key of search": in_study(
        change("trials: 4", "trails: 4"), 11, 26, "unknown key 'trails'", meant="trials"
    ),
    "unknown key of workers": in_study(
        change("questions_in_flight", "question_in_flight"), 12, 21, "unknown key",
        meant="questions_in_flight",
    ),
    "unknown key of tracking": in_study(
        change("mlflow: null", "ml_flow: null"), 13, 12, "unknown key 'ml_flow'", meant="mlflow"
    ),
    "unknown key that is near to none": in_study(
        with_key("budget: {dollars: 2}"), 12, 10, "unknown key 'dollars'",
        "expected: one of usd, minutes",
    ),
    "unknown key of limits": in_study(
        with_key("limits: {timeout_s: 2}"), 12, 10, "unknown key", meant="question_timeout_s"
    ),
    "unknown key of prices": in_study(
        with_key("prices: {usd_per_hour: 2}"), 12, 10, "unknown key", meant="usd_per_cpu_hour"
    ),
    "no name": in_study(
        change("study: tiny\n", ""), 1, 1, "the key 'study' is missing", "expected: `study: ...`"
    ),
    "no space": in_study(
        change("space: space.yaml\n", ""), 1, 1, "the key 'space' is missing",
        "expected: `space: ...`, path of the search space",
    ),
    "no documents": in_study(
        change("  documents: documents.jsonl\n", ""), 3, 3, "the key 'documents' is missing"
    ),
    "no dataset": in_study(
        whole("study: a\nspace: space.yaml\nobjectives: {maximize: [answer_match]}\n"),
        1, 1, "the key 'dataset' is missing", "a mapping with documents, questions",
    ),
    "two mistakes": in_study(
        change("study: tiny", "study: my study\nbudgets: 1"), 1, 8, "the value of 'study'",
        "(1 more mistake in this file)", A_NAME,
    ),
    # --- values
    "a name with a space": in_study(
        change("study: tiny", "study: my study"), 1, 8, "the value of 'study' is not valid",
        "found:    'my study'", A_NAME,
    ),
    "a name that leaves the folder": in_study(
        change("study: tiny", "study: ../up"), 1, 8, "the value of 'study'", "'../up'", A_NAME
    ),
    "a name that is a number": in_study(
        change("study: tiny", "study: 12"), 1, 8, "the value of 'study'", "found:    12", A_NAME
    ),
    "a name left out": in_study(
        change("study: tiny", "study:"), 1, 7, "the value of 'study'", "found:    nothing", A_NAME
    ),
    "a section left out": in_study(
        change(SEARCH, "search:"), 11, 8, "the value of 'search' is not valid",
        "found:    nothing", "expected: a mapping with method, trials, seed",
    ),
    "a list for a section": in_study(
        change(SEARCH, "search: [random]"), 11, 9, "the value of 'search'", "found:    ['random']",
        "expected: a mapping with method, trials, seed",
    ),
    "text for a list": in_study(
        change("[answer_match]", "answer_match"), 8, 13, "the value of 'maximize'",
        "found:    'answer_match'", "expected: a list",
    ),
    "numbers for metrics": in_study(
        change("[answer_match]", "[1]"), 8, 14, "an entry of 'maximize' is not valid", "found:    1"
    ),
    "negative trials": in_study(
        change("trials: 4", "trials: -4"), 11, 34, "the value of 'trials' is not valid",
        "found:    -4", "expected: a whole number from 1",
    ),
    "no trials": in_study(
        change("trials: 4", "trials: 0"), 11, 34, "the value of 'trials'", "found:    0"
    ),
    "half a trial": in_study(
        change("trials: 4", "trials: 4.5"), 11, 34, "the value of 'trials'", "found:    4.5",
        "expected: a whole number",
    ),
    "a number in quotes": in_study(
        change("trials: 4", 'trials: "4"'), 11, 34, "the value of 'trials'", "found:    '4'",
        "expected: a whole number",
    ),
    "yes for a number": in_study(
        change("trials: 4", "trials: yes"), 11, 34, "the value of 'trials'",
        "found:    yes, which YAML reads as true", "expected: a whole number",
    ),
    "unknown method": in_study(
        change("method: random", "method: randm"), 11, 18, "the value of 'method'",
        "expected: one of auto, tpe, nsga2, nsga3, random, grid", meant="random",
    ),
    "negative seed": in_study(
        change("seed: 0}", "seed: -1}"), 11, 43, "the value of 'seed'", "a whole number from 0"
    ),
    "a budget of nothing": in_study(
        with_key("budget: {usd: 0}"), 12, 15, "the value of 'usd'", "found:    0",
        "expected: a number above 0, or null",
    ),
    "a budget with its unit": in_study(
        with_key("budget: {minutes: 10m}"), 12, 19, "the value of 'minutes'", "found:    '10m'"
    ),
    "negative workers": in_study(
        change("count: 0", "count: -1"), 12, 18, "the value of 'count'", "a whole number from 0 to"
    ),
    "no question in flight": in_study(
        change("in_flight: 2", "in_flight: 0"), 12, 42, "the value of 'questions_in_flight'"
    ),
    "an endless timeout": in_study(
        with_key("limits: {question_timeout_s: .inf}"), 12, 30, "this is not a finite number"
    ),
    "a limit too low to split": in_study(
        change("  split:", "  limit: 1\n  split:"), 5, 10, "the value of 'limit'", "number from 2"
    ),
    "false for no address": in_study(
        change("mlflow: null", "mlflow: false"), 13, 20, "the value of 'mlflow'", "or null"
    ),
    # --- objectives, constraints, metrics
    "unknown metric": in_study(
        change("[answer_match]", "[answer_mach]"), 8, 14, "unknown metric 'answer_mach'",
        "expected: one of abstention_rate", meant="answer_match",
    ),
    "a metric turned the wrong way": in_study(
        change("[answer_match]", "[cpu_seconds]"), 8, 14,
        "'cpu_seconds' is better when it is smaller", "under maximize", "under minimize",
    ),
    "an objective twice": in_study(
        change("[answer_match]", "[answer_match, answer_match]"), 8, 28, "the metric",
        "is an objective twice", "first in study.yaml:8:14",
    ),
    "no objective": in_study(
        change(OBJECTIVES, "  maximize: []"), 8, 3, "a study needs at least one objective"
    ),
    "unknown further metric": in_study(
        with_key("metrics: [tokenf1]"), 12, 11, "unknown metric 'tokenf1'", meant="token_f1"
    ),
    "a constraint with another sign": in_study(
        change("context_tokens <= 5000", "context_tokens < 5000"), 10, 15,
        "this is not a constraint", "found:    context_tokens < 5000", "`metric <= number`",
    ),
    "a constraint in percent": in_study(
        change("context_tokens <= 5000", "failure_rate <= 10%"), 10, 15, "this is not a constraint"
    ),
    "a constraint on an unknown metric": in_study(
        change("context_tokens <=", "context_token <="), 10, 15, "unknown metric",
        meant="context_tokens",
    ),
    "a constraint twice": in_study(
        change("<= 5000", "<= 5000, context_tokens <= 9"), 10, 39,
        "'context_tokens' is bounded twice", "context_tokens <= 5000, context_tokens <= 9",
    ),
    "constraints that exclude each other": in_study(
        change("<= 5000", "<= 5000, context_tokens >= 5001"), 10, 39,
        "no value of 'context_tokens' keeps both bounds",
    ),
    "a share taken for percent": in_study(
        change("context_tokens <= 5000", "failure_rate <= 10"), 10, 15,
        "'failure_rate' never has this value", "expected: a number from 0 to 1",
    ),
    "constraints as a mapping": in_study(
        change("[context_tokens <= 5000]", "{context_tokens: 5000}"), 10, 14,
        "the value of 'constraints'", "a mapping with context_tokens", "expected: a list",
    ),
    "an objective that needs evidence": Mistake(
        (NO_EVIDENCE, change("[answer_match]", "[answer_match, retrieval_recall]")),
        "study.yaml:8:28: 'retrieval_recall' is defined for no question of the tune split",
        ("8 questions, 6 answerable, 0 with evidence",),
    ),
    "a constraint that needs evidence": Mistake(
        (NO_EVIDENCE, change("<= 5000", "<= 5000, retrieval_recall >= 0.2")),
        "study.yaml:10:39: 'retrieval_recall' is defined for no question of the tune split",
    ),
}  # fmt: skip
