"""What models are asked stands in files; a changed one is another component."""

from __future__ import annotations

from importlib.resources import files

import pytest

from syftr_like.contracts import fingerprint
from syftr_like.contracts.registry import component_class

# The text of a task decides what is replied: change it and raise the version of the component of
# its name.
TEXTS = {
    ("best_of_n", 1): "b6cbff3638d7127eb43c8c6398c72b37",
    ("decompose", 1): "03c12acc8ab724873c23fcff46b2b07b",
    ("hyde", 1): "118466f5c418434f55567c8cb03b6ca3",
    ("llm_compression", 1): "243e4a236aee848c695128dc30019f27",
    ("llm_listwise", 1): "aed14fdca64f4c1d08b3cdd7986840e8",
    ("llm_pairwise", 1): "52d52d0e8ca0714ae0c5488b9e6ca931",
    ("llm_pointwise", 1): "e6b0dbed93c7fc949bd857dc70bc5a01",
    ("multi_query", 1): "fd0444b3c5c64c401fadf03721e840aa",
    ("rewrite", 1): "a713e29332c1deb644d87a4b5c3e6668",
    ("step_back", 1): "e88fc3940b96d0045cfd60e1a7b78477",
}


@pytest.mark.parametrize("name", sorted({name for name, _ in TEXTS}))
def test_a_changed_text_is_another_version(name: str) -> None:
    text = files("syftr_like.components").joinpath("tasks", f"{name}.md").read_text("utf-8")
    assert fingerprint(text) == TEXTS[(name, component_class(name).version)]
