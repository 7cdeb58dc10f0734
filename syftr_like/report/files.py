"""Writing a run's files."""

from __future__ import annotations

import json
from pathlib import Path

from syftr_like.results import StudyResult
from syftr_like.space import Space, flow_to_yaml_data
from syftr_like.space.flow_config import FlowConfig
from syftr_like.yaml_source import dump_yaml

from .front_json import front_document
from .html import report_html
from .trials_csv import trials_frame


def write_files(result: StudyResult, folder: Path, space: Space) -> None:
    """Write `front.json`, `trials.csv`, `report.html` and `flows/<id>.yaml`.

    Args:
        result: The study.
        folder: The run's folder, which exists.
        space: Where models and imports of the flows are declared.
    """
    front = json.dumps(front_document(result), indent=2, ensure_ascii=False, allow_nan=False)
    write_text(folder / "front.json", front + "\n")
    write_text(folder / "trials.csv", trials_frame(result).to_csv(index=False))
    flows = folder / "flows"
    flows.mkdir(exist_ok=True)
    for old in flows.glob("*.yaml"):
        if old.stem not in result.front:
            old.unlink()
    for id in result.front:
        write_text(flows / f"{id}.yaml", flow_file(result, id, space))
    write_text(folder / "report.html", report_html(result))


def flow_file(result: StudyResult, id: str, space: Space) -> str:
    """Return a flow as a file: a search space in which every choice is made."""
    trial = result.trial(id)
    values = ", ".join(f"{o.metric} {trial.tune[o.metric].value:.4g}" for o in result.objectives)
    head = f"# Flow {id} of the study {result.study}. On the tune split: {values}.\n"
    data = flow_to_yaml_data(FlowConfig.from_json(trial.flow), space)
    return head + dump_yaml(data)


def write_text(path: Path, text: str) -> None:
    """Write a file so that it is there in full or not at all."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
