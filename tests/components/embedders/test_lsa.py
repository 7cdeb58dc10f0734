from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from syftr_like.components.embedders.lsa import Lsa
from syftr_like.components.words import WordAnalyser

TEXTS = [
    "Amber is fossil resin that floats in salt water.",
    "A lighthouse warns ships of rocks and shallow water, and of more rocks.",
    "Salt is won from sea water by evaporation in shallow ponds.",
    "Ships carried amber and salt along the coast; ships carried resin.",
    "Resin drips from pines; fossil pines stand by the sea.",
    "Ponds and pines stand along the coast.",
]


def fit(texts=TEXTS, **values):
    return Lsa(Lsa.Parameters(**values)).fit(texts)


def test_vectors_have_unit_length_and_the_length_asked_for() -> None:
    fitted = fit(dimensions=4)
    vectors = fitted.embed_documents(TEXTS)
    assert vectors.shape == (6, 4) == (6, fitted.dimensions)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(6), abs=1e-5)


def test_cosines_are_those_of_the_textbook_pipeline() -> None:
    tfidf = TfidfVectorizer(analyzer=WordAnalyser().words, sublinear_tf=True)
    svd = TruncatedSVD(3, algorithm="arpack", random_state=0)
    expected = normalize(svd.fit_transform(tfidf.fit_transform(TEXTS)))
    vectors = fit(dimensions=3).embed_documents(TEXTS)
    assert vectors @ vectors.T == pytest.approx(expected @ expected.T, abs=1e-4)


def test_a_question_is_embedded_as_a_document_is() -> None:
    fitted = fit(dimensions=4)
    assert fitted.embed_query(TEXTS[1]) == pytest.approx(fitted.embed_documents([TEXTS[1]])[0])


def test_the_same_texts_give_the_same_vectors() -> None:
    first, second = fit(), fit()
    assert np.array_equal(first.embed_documents(TEXTS), second.embed_documents(TEXTS))


def test_a_small_corpus_has_no_more_dimensions_than_its_rank() -> None:
    assert fit(dimensions=256).dimensions == 6
    assert fit([TEXTS[0]] * 10, dimensions=256).dimensions == 1


def test_text_without_a_known_word_has_the_zero_vector() -> None:
    assert not fit().embed_query("xylophone").any()
    assert not fit().embed_query("").any()


@pytest.mark.parametrize("texts", [[], [""], ["the of"], ["?!"]])
def test_a_corpus_without_words_knows_nothing(texts) -> None:
    fitted = fit(texts)
    assert fitted.embed_documents(["amber", ""]).shape == (2, fitted.dimensions)
    assert not fitted.embed_query("amber").any()


def test_words_in_too_few_chunks_are_left_out() -> None:
    assert fit().embed_query("lighthouse").any()
    assert not fit(min_chunks=2).embed_query("lighthouse").any()
    assert not fit(min_chunks=50).embed_query("water").any()
