"""The tables of the ledger."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

SCHEMA_VERSION = 2

metadata = MetaData()

study = Table(
    "study",
    metadata,
    Column("name", Text, primary_key=True),
    Column("schema_version", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("lock", JSON, nullable=False),
    Column("ended", Text, nullable=False, default=""),
    Column("seconds", Float, nullable=False, default=0.0),
)

trials = Table(
    "trials",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key", String(64), nullable=False),
    Column("params", JSON, nullable=False),
    Column("flow", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("error", Text),
    Column("index_seconds", Float, nullable=False, default=0.0),
    Column("index_usd", Float, nullable=False, default=0.0),
    Column("index_paid_usd", Float, nullable=False, default=0.0),
    Column("index_builds", Integer, nullable=False, default=0),
    Column("starts", Integer, nullable=False, default=1),
    Column("started_at", Float, nullable=False),
    Column("finished_at", Float),
)

rungs = Table(
    "rungs",
    metadata,
    Column("trial", Integer, primary_key=True, autoincrement=False),
    Column("questions", Integer, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    Column("verdict", String(10), nullable=False),
    ForeignKeyConstraint(["trial"], ["trials.number"]),
)

evaluations = Table(
    "evaluations",
    metadata,
    Column("trial", Integer, primary_key=True, autoincrement=False),
    Column("split", String(10), primary_key=True),
    Column("question", Text, primary_key=True),
    Column("answer", Text),
    Column("abstained", Boolean),
    Column("confidence", Float),
    Column("error", Text),
    Column("latency_s", Float, nullable=False),
    Column("cpu_s", Float, nullable=False),
    Column("usd", Float, nullable=False),
    Column("model_usd", Float, nullable=False),
    Column("paid_usd", Float, nullable=False),
    Column("cache_hits", Integer, nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("finished_at", Float, nullable=False),
    Column("scores", JSON, nullable=False),
    Column("retrieved", JSON, nullable=False),
    Column("nodes", JSON, nullable=False),
    ForeignKeyConstraint(["trial"], ["trials.number"]),
)

model_calls = Table(
    "model_calls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("trial", Integer, nullable=False, index=True),
    Column("split", String(10), nullable=False),
    Column("question", Text, nullable=False),
    Column("node", Text, nullable=False),
    Column("request", String(64), nullable=False),
    Column("model", Text, nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("tokens_estimated", Boolean, nullable=False),
    Column("usd", Float, nullable=False),
    Column("price_source", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("cached", Boolean, nullable=False),
    ForeignKeyConstraint(["trial"], ["trials.number"]),
)
"""`split` is `index` and `question` empty for the calls of a trial's index-time work."""

payments = Table(
    "payments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("model", Text, nullable=False),
    Column("reserved_usd", Float, nullable=False),
    Column("paid_usd", Float),
    Column("at", Float, nullable=False),
)
"""Money: a row is committed with the worst case before a call is made, and settled after it.

What was never settled, because the process died, counts as paid in full.
"""
