"""Search spaces: the grammar, loading, and the walk from decisions to flows."""

from .cardinality import Cardinality
from .decisions import Decision
from .flow_config import ComponentConfig, FlowConfig, NodeConfig
from .flow_file import flow_to_yaml_data
from .loading import load_space, space_from_source
from .rules import ForbiddenCombination
from .schema import space_json_schema
from .space import Params, Space
from .walk import Chooser, OutOfDomainError

__all__ = [
    "Cardinality",
    "Chooser",
    "ComponentConfig",
    "Decision",
    "FlowConfig",
    "ForbiddenCombination",
    "NodeConfig",
    "OutOfDomainError",
    "Params",
    "Space",
    "flow_to_yaml_data",
    "load_space",
    "space_from_source",
    "space_json_schema",
]
