"""Search spaces: every flow that a study may try, written as a YAML file.

```yaml
models:                       # configured components, used by name; nothing here is searched
  small: {llm: "openai:gpt-4o-mini", price: {...}}    # the component chat_model
  vectors: {embedder: "provider:model"}               # the component embedding_model
  mine: {uses: "acme.models:Chat", arguments: {...}}  # a class of an allowed module
  keywords: {bm25: {k: 20}}                           # any component
graph:
  passages:                   # a node: lower-case letters, digits, `_`
    from: [question, chunks]  # documents, question, or other nodes; may be left out
    choose:                   # the options; a single one is no decision
      - keywords                               # an entry of models
      - bm25                                   # a component with its declared defaults
      - {as: tuned, bm25: {k: {int: [25, 50]}}}  # under a name of its own
      - dense: auto                            # searched over the domains that it declares
      - hybrid:
          k: 5                                 # a literal is fixed
          fusion: {choose: [rrf, weighted]}    # a choice
          bm25_weight: {float: [0.1, 0.9]}     # exists only where fusion is weighted
          embedder: {choose: [vectors, lsa: {dimensions: {int: [32, 256], log: true}}]}
      - {as: acme, uses: "acme.rag:Retriever", arguments: {k: {int: [2, 8], step: 2}}}
      - {as: agent, flow: agent.yaml}          # another file of this grammar
      - {as: inline, graph: {...}, output: hits}
      - none                                   # passes on the input of the node's own type
output: answer                # a node that yields an answer or passages
forbid:                       # a flow that matches all entries of a rule is not in the space
  - {passages: dense, answer: [llm_answer, strong], passages.hybrid.k: {min: 10}}
```

- A decision is named by its path: `<node>`, `<node>.<option>.<parameter>`, and so on inwards.
- Inputs are wired by type. Each required input of an option must be offered by exactly one entry
  of `from`; an optional one is fed when it is offered; an entry that no option uses is an error.
- All options of a node yield the same type, and `none` passes on the one entry of that type. A
  node whose only option is `none` must have exactly one entry in `from`.
- `auto` searches a parameter only if the component declares a domain for it; others, and
  parameters that hold a component, keep their defaults. A declared domain of one value opts out.
- A parameter that is left out has its default. Writing a default changes nothing: flows that
  compute the same have the same key.
- Nodes that the output does not need under the options chosen are not part of the flow, and what
  they leave open is not asked.
- Inside a sub-graph, `from` may name its own nodes, the entries of the `from` around it, and
  `question` and `documents`. These two mean the entry of that type around it, if there is one (so
  that a sub-graph behind a query transform gets the transformed question), else what they mean
  outside. A file's models come on top of those of the file that includes it; its rules speak of
  its own decisions.
- A domain with one value, like an option without rivals, is no decision. A space without
  decisions is a flow file; nodes that came out of a sub-graph keep their names, dots included.
"""

from .cardinality import Cardinality
from .decisions import Decision
from .flow_config import ComponentConfig, FlowConfig, NodeConfig
from .flow_file import flow_to_yaml_data
from .holding import HoldError
from .loading import UnknownModelError, load_space, space_from_source
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
    "HoldError",
    "NodeConfig",
    "OutOfDomainError",
    "Params",
    "Space",
    "UnknownModelError",
    "flow_to_yaml_data",
    "load_space",
    "space_from_source",
    "space_json_schema",
]
