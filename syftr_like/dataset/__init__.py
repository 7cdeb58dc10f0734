"""Datasets: loading documents and labelled questions, and splitting the questions."""

from syftr_like.dataset.dataset import Dataset, load_dataset
from syftr_like.dataset.loading import load_documents, load_questions
from syftr_like.dataset.source import Form, Source
from syftr_like.dataset.split import Split, split_questions

__all__ = [
    "Dataset",
    "Form",
    "Source",
    "Split",
    "load_dataset",
    "load_documents",
    "load_questions",
    "split_questions",
]
