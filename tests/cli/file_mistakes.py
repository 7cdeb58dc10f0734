"""Mistakes in the files that a study refers to, in addresses, in YAML and on the command line."""

from __future__ import annotations

from ..study.tiny_study import STUDY
from .mistake import Mistake, change, in_study, typed, whole, with_key

FILE_MISTAKES: dict[str, Mistake] = {
    # --- the space
    "the space is not there": in_study(
        change("space: space.yaml", "space: spcae.yaml"), 6, 8, "the search space is not there",
        "found:    spcae.yaml", meant="space.yaml",
    ),
    "the space is a directory": in_study(
        change("space: space.yaml", "space: ."), 6, 8, "the search space is a directory"
    ),
    "a grid on an infinite space": in_study(
        change("method: random", "method: grid"), 11, 18, "method 'grid' needs a finite space",
        "found:    real numbers without a step: answer.extractive_reader.abstain_below",
    ),
    "unknown component": Mistake(
        (change("bm25:", "bm52:", "space.yaml"),), "space.yaml:11:9: unknown component 'bm52'",
        meant="bm25",
    ),
    "unknown parameter": Mistake(
        (change("k: {int: [1, 4]}", "n: {int: [1, 4]}", "space.yaml"),),
        "space.yaml:12:11: unknown parameter 'n' of 'bm25'", ("expected: one of k, k1, b",),
    ),
    "an empty domain": Mistake(
        (change("k: {int: [1, 4]}", "k: {int: [4, 1]}", "space.yaml"),),
        "space.yaml:12:20: the domain is empty",
    ),
    "an import that is not allowed": Mistake(
        (change("- abstain", '- {as: mine, uses: "some_package.module:Thing"}', "space.yaml"),),
        "space.yaml:18:26: importing from 'some_package.module' is not allowed",
        ("found:    some_package.module:Thing", "allow_imports, or --allow-import"),
    ),
    # --- the dataset
    "no such documents": in_study(
        change("documents: documents.jsonl", "documents: document.jsonl"), 3, 14,
        "documents: no such file or folder", "found:    document.jsonl", meant="documents.jsonl",
    ),
    "no such questions": in_study(
        change("questions: questions.jsonl", "questions: asked.jsonl"), 4, 14,
        "questions: no such file or folder", "found:    asked.jsonl",
    ),
    "documents from the web": in_study(
        change("documents: documents.jsonl", 'documents: "https://example.org/d.jsonl"'), 3, 14,
        "documents: datasets are read from local files",
    ),
    "questions that are no table": in_study(
        change("questions: questions.jsonl", "questions: space.yaml"), 4, 14,
        "questions: files with the extension '.yaml' cannot be read as questions",
    ),
    "a question without its text": Mistake(
        (change('"question": "Who services', '"qustion": "Who services', "questions.jsonl"),),
        "questions.jsonl:3: 'question' is missing",
    ),
    "a row that is not JSON": Mistake(
        (change('{"id": "q-pump"', '{"id": q-pump', "questions.jsonl"),),
        "questions.jsonl:3:8: invalid JSON",
    ),
    "evidence in no document": Mistake(
        (change('"document": "pump"', '"document": "pumps"', "questions.jsonl"),),
        "questions.jsonl:3: 'evidence[0]' names an unknown document", ("found:    'pumps'",),
        meant="pump",
    ),
    "no documents in the file": Mistake(
        (whole("", "documents.jsonl"),), "documents.jsonl: there are no documents in it"
    ),
    "no questions in the file": Mistake(
        (whole("", "questions.jsonl"),), "questions.jsonl: there are no questions in it"
    ),
    "a split above one": in_study(
        change("tune: 0.5", "tune: 0.8"), 5, 10, "the splits are more than all questions",
        "together 1.3", "expected: tune + holdout <= 1",
    ),
    "a split of nothing": in_study(
        change("tune: 0.5", "tune: 0"), 5, 17, "the value of 'tune'", "found:    0",
        "expected: a number above 0 and below 1",
    ),
    "a split in percent": in_study(
        change("tune: 0.5", "tune: 50%"), 5, 17, "the value of 'tune'", "found:    '50%'"
    ),
    "a split without a question": in_study(
        change("tune: 0.5", "tune: 0.01"), 5, 10, "the tune split has no question", "16 questions"
    ),
    "stratified by a field that is not there": in_study(
        change("seed: 1}", "seed: 1, stratify_by: [type]}"), 5, 59, "no question has this field",
        "found:    type", "expected: questions with more fields",
    ),
    # --- addresses
    "an address of another kind": in_study(
        change("mlflow: null", 'mlflow: "mongodb://host/name"'), 13, 20, "this is not an address",
        "found:    'mongodb://host/name'", "expected: an address that starts with sqlite:///",
    ),
    "a folder for an address": in_study(
        change("mlflow: null", "mlflow: mlruns"), 13, 20, "this is not an address", "'mlruns'"
    ),
    "a misspelt address": in_study(
        change("mlflow: null", 'mlflow: "sqlit:///mlflow.db"'), 13, 20, "this is not an address",
        meant="sqlite:///...",
    ),
    "an address without its file": in_study(
        change("mlflow: null", 'mlflow: "sqlite://mlflow.db"'), 13, 20,
        "the address names no file", "expected: sqlite:///folder/name.db",
    ),
    "an address without its host": in_study(
        change("mlflow: null", 'mlflow: "http://"'), 13, 20, "the address names no host"
    ),
    "an address with an odd port": in_study(
        change("mlflow: null", 'mlflow: "http://host:abc"'), 13, 20, "the address is malformed"
    ),
    "a password in MLflow's address": in_study(
        change("mlflow: null", 'mlflow: "http://me:hunter2@host:5000"'), 13, 20,
        "the address holds a password", "found:    http://...", "MLFLOW_TRACKING_PASSWORD",
    ),
    "a password in an unknown address": in_study(
        change("mlflow: null", 'mlflow: "htp://me:hunter2@host:5000"'), 13, 20,
        "this is not an address", "found:    htp://...", meant="http://...",
    ),
    "a password in the ledger's address": in_study(
        with_key('ledger: "postgresql+psycopg://me:hunter2@host/db"'), 12, 9,
        "the address holds a password", "found:    postgresql+psycopg://...", "PGPASSWORD",
    ),
    "a password behind the address": in_study(
        with_key('ledger: "postgresql+psycopg://me@host/db?password=hunter2"'), 12, 9,
        "the address holds a password", "found:    postgresql+psycopg://...",
    ),
    "a ledger of another kind": in_study(
        with_key('ledger: "mysql://host/db"'), 12, 9, "this is not an address", "mysql"
    ),
    "a ledger whose driver is not there": in_study(
        with_key('ledger: "postgresql+nodriver://host/db"'), 12, 9,
        "the address of the ledger is malformed", "expected: sqlite:///path/ledger.db",
    ),
    # --- the file
    "a key twice": in_study(
        change("space: space.yaml", "space: space.yaml\nspace: other.yaml"), 7, 1,
        "the key 'space' stands twice, first in line 6",
    ),
    "a tab": in_study(change("  documents", "\tdocuments"), 3, 1, "a tab stands where YAML wants"),
    "a bracket not closed": in_study(
        change("[answer_match]", "[answer_match"), 9, 11, "this is not valid YAML",
        "a list in brackets is not closed",
    ),
    "a line pushed in": in_study(
        change("  questions: q", "   questions: q"), 4, 13, "this is not valid YAML",
        "mend the indentation",
    ),
    "an empty file": in_study(whole(""), 1, 1, "the file is empty"),
    "comments only": in_study(whole("# to be written\n"), 1, 1, "the file is empty"),
    "a list for a study": in_study(
        whole("- study: tiny\n"), 1, 1, "a study file holds keys and values", "found:    a list"
    ),
    "two documents": in_study(
        whole(f"{STUDY}---\n{STUDY}"), 14, 1, "this is not valid YAML: the file holds more than one"
    ),
    "a tag that would run code": in_study(
        change("study: tiny", 'study: !!python/object/apply:os.mkdir ["runs"]'), 1, 8,
        "YAML tags are not allowed", "found:    !!python/object/apply:os.mkdir",
    ),
    "another encoding": Mistake(
        (whole(STUDY.replace("tiny", "tïny").encode("latin-1")),),
        "study.yaml:1: the file is not UTF-8 text", ("found:    byte 0xef",),
    ),
    # --- the command line
    "no such study": typed(
        "studdy.yaml", at="there is no such study file", parts=("found:    studdy.yaml",),
        meant="study.yaml",
    ),
    "no such study at all": typed(
        "nowhere/at-all.yaml", at="there is no such study file",
        parts=("a study that ships with syftr-like: agents_practice, judges_practice, quickstart",),
    ),
    "a folder for a study": typed("run", ".", at="this is a folder, not a study file"),
    "a misspelt shipped study": typed(
        "quickstrat", at="there is no command and no study 'quickstrat'", meant="quickstart"
    ),
    "a misspelt command": typed(
        "statsu", "study.yaml", at="there is no command and no study 'statsu'",
        parts=("run, lint, check, plan, schema, components, status, reprice",), meant="status",
    ),
    "an unknown option": typed(
        "study.yaml", "--trails", "3", at="there is no option '--trails'", meant="--trials"
    ),
    "an unknown option before the study": typed(
        "--sed", "3", "study.yaml", at="there is no option '--sed'", meant="--seed"
    ),
    "an option without its value": typed("study.yaml", "--trials", at="option '--trials' requires"),
    "no study at all": typed(
        "run", at="missing argument 'STUDY'", parts=("expected: optimize run [OPTIONS] STUDY",)
    ),
    "two studies": typed("run", "study.yaml", "study.yaml", at="got unexpected extra argument"),
    "text for --trials": typed(
        "study.yaml", "--trials", "x", at="--trials: this value is not valid",
        parts=("found:    'x'", "expected: a whole number from 1"),
    ),
    "negative --workers": typed(
        "--workers", "-1", "study.yaml", at="--workers: this value is not valid",
        parts=("found:    -1", "expected: a whole number from 0"),
    ),
    "--max-usd of nothing": typed(
        "study.yaml", "--max-usd", "0", at="--max-usd: this value is not valid",
        parts=("found:    0", "expected: a number above 0"),
    ),
    "--max-minutes with its unit": typed(
        "study.yaml", "--max-minutes", "5m", at="--max-minutes: this value is not valid"
    ),
    "--set without a value": typed(
        "study.yaml", "--set", "search.trials", at="--set takes a key and a value",
        parts=("found:    search.trials", "expected: --set search.trials=20"),
    ),
    "--set to nothing": typed(
        "study.yaml", "--set", "search.trials=", at="--set search.trials: there is no value"
    ),
    "--set of an unknown key": typed(
        "study.yaml", "--set", "unknown.key=1",
        at="--set unknown.key: a study has no key 'unknown.key'", parts=("expected: one of study",),
    ),
    "--set of a misspelt key": typed(
        "study.yaml", "--set", "search.trails=1",
        at="--set search.trails: a study has no key 'search.trails'",
        parts=("expected: one of search.method, search.trials, search.seed",),
        meant="search.trials",
    ),
    "--set of the wrong section": typed(
        "study.yaml", "--set", "serach.trials=1", at="--set serach.trials: a study has no key",
        meant="search.trials",
    ),
    "--set of the wrong type": typed(
        "study.yaml", "--set", "search.trials=abc",
        at="--set search.trials: this value is not valid", parts=("'abc'", "a whole number"),
    ),
    "--set below a value": typed(
        "study.yaml", "--set", "search.trials.x=1",
        at="--set search.trials.x: 'search.trials' has no keys",
    ),
    "--set to broken YAML": typed(
        "study.yaml", "--set", "search.trials=[1",
        at="--set search.trials: this is not valid YAML", parts=("found:    [1",),
    ),
    "--set with a password": typed(
        "study.yaml", "--set", "tracking.mlflow=http://me:hunter2@host",
        at="--set tracking.mlflow: the address holds a password",
    ),
    "lint of a mistake": Mistake(
        (change("[answer_match]", "[answer_mach]"),),
        "study.yaml:8:14: unknown metric 'answer_mach'", meant="answer_match",
        words=("lint", "study.yaml"),
    ),
    "a schema of something else": typed(
        "schema", "spaces", at="there is no schema of 'spaces'", meant="space"
    ),
    "a kind of component that is not there": typed(
        "components", "--kind", "retriver", at="there is no kind 'retriver'", meant="retriever"
    ),
    "status of what was never run": typed(
        "status", "tiny", at="there is no run of 'tiny' here", parts=("found:    runs/tiny",)
    ),
}  # fmt: skip
