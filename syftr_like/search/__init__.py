"""Deciding what to try next. Pure: knows no Ray, database or MLflow."""

from .auto import MethodChoice, choose_method
from .loop import Ended, run_loop
from .methods import METHODS, Method, make_proposer
from .objective import Constraint, Objective, losses
from .proposer import Feedback, Proposal, Proposer, Value

__all__ = [
    "METHODS",
    "Constraint",
    "Ended",
    "Feedback",
    "Method",
    "MethodChoice",
    "Objective",
    "Proposal",
    "Proposer",
    "Value",
    "choose_method",
    "losses",
    "make_proposer",
    "run_loop",
]
