"""Deciding what to try next. Pure: knows no Ray, database or MLflow."""

from .auto import MethodChoice, choose_method
from .early_stopping import EarlyStopping, EarlyStoppingMethod, Verdict, make_early_stopping
from .loop import Ended, run_loop
from .methods import METHODS, Method, make_proposer
from .objective import Constraint, Objective, losses
from .proposer import Feedback, Proposal, Proposer, Value

__all__ = [
    "METHODS",
    "Constraint",
    "EarlyStopping",
    "EarlyStoppingMethod",
    "Ended",
    "Feedback",
    "Method",
    "MethodChoice",
    "Objective",
    "Proposal",
    "Proposer",
    "Value",
    "Verdict",
    "choose_method",
    "losses",
    "make_early_stopping",
    "make_proposer",
    "run_loop",
]
