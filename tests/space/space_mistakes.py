"""Spaces with one mistake each: the text, its line, and what the message must say."""

from __future__ import annotations

HEAD = """\
models:
  small: {llm: "openai:gpt-4o-mini"}
graph:
  chunks:
    from: documents
    choose: [whole, {fixed_splitter: {size: {int: [10, 40]}}}]
  passages:
    from: [question, chunks]
    choose:
"""
TAIL = """\
  answer:
    from: [question, passages]
    choose: [extract, {llm_answer: {llm: small}}]
output: answer
"""


def passages(*options: str, tail: str = TAIL) -> str:
    """A space whose retriever is one of these options; the first is in line 10."""
    lines = "".join(f"      - {option}\n" for option in options)
    return HEAD + lines + tail


def answer(*options: str) -> str:
    """A space whose reader is one of these options; the first is in line 8."""
    lines = "".join(f"      - {option}\n" for option in options)
    return (
        "graph:\n"
        "  found:\n"
        "    from: [question, documents]\n"
        "    choose: [{as: r, graph: {c: {from: documents, choose: [whole]},"
        " p: {from: [question, c], choose: [bm25]}}, output: p}]\n"
        "  answer:\n"
        "    from: [question, found]\n"
        "    choose:\n" + lines + "output: answer\n"
    )


MISTAKES: dict[str, tuple[str, int, tuple[str, ...]]] = {
    # --- the file as a whole
    "not a mapping": ("- graph\n", 1, ("search space must be a mapping",)),
    "unknown top-level key": (
        "graph: {}\noutput: a\nforbit: []\n", 3, ("unknown key 'forbit'", "'forbid'"),
    ),
    "no output": ("graph:\n  a: {choose: [abstain]}\n", 1, ("no `output`",)),
    "no graph": ("output: answer\n", 1, ("no `graph`",)),
    "empty graph": ("graph: {}\noutput: a\n", 1, ("`graph` is empty",)),
    "graph is a list": ("graph: [a]\noutput: a\n", 1, ("`graph` must be a mapping",)),
    "the same node twice": (
        "graph:\n  a: {choose: [abstain]}\n  a: {choose: [abstain]}\noutput: a\n",
        3, ("'a' stands twice", "line 2", "line 3"),
    ),
    "output names nothing": (
        "graph:\n  answer: {choose: [abstain]}\noutput: anser\n", 3, ("anser", "'answer'"),
    ),
    "output is no result": (
        "graph:\n  c: {from: documents, choose: [whole]}\noutput: c\n",
        3, ("'c' yields chunks", "an answer or passages"),
    ),
    # --- nodes
    "bad node name": (
        "graph:\n  My-Answer: {choose: [abstain]}\noutput: x\n",
        2, ("'My-Answer' cannot be the name of a node", "lower-case"),
    ),
    "node named like a source": (
        "graph:\n  question: {choose: [abstain]}\noutput: question\n",
        2, ("'question' cannot be the name", "has a meaning already"),
    ),
    "node named on": (
        "graph:\n  on: {choose: [abstain]}\noutput: on\n",
        2, ("`on` is not text", "reads as a boolean", '"on"'),
    ),
    "unknown key of a node": (
        "graph:\n  a:\n    chose: [abstain]\noutput: a\n", 3, ("unknown key 'chose'", "'choose'"),
    ),
    "node without options": ("graph:\n  a:\n    from: question\noutput: a\n", 3, ("no `choose`",)),
    "empty choose of a node": ("graph:\n  a: {choose: []}\noutput: a\n", 2, ("is empty",)),
    "choose is no list": (
        "graph:\n  a:\n    choose: abstain\noutput: a\n", 3, ("must be a list", "'abstain'"),
    ),
    "unknown source": (
        "graph:\n  a:\n    from: [question,\n           passges]\n    choose: [extract]\n"
        "  passages: {from: question, choose: [closed_book]}\noutput: a\n",
        4, ("`from` names no node: 'passges'", "'passages'"),
    ),
    "a source twice": (
        "graph:\n  a: {from: [question, question], choose: [closed_book]}\noutput: a\n",
        2, ("'question' stands twice",),
    ),
    "unquoted no in from": (
        "graph:\n  a:\n    from: [no]\n    choose: [closed_book]\noutput: a\n",
        3, ("must be text", "no, which YAML reads as false", "in quotes"),
    ),
    "cycle": (
        "graph:\n  a: {from: [question, b], choose: [lexical_reranker]}\n"
        "  b: {from: [question, a], choose: [lexical_reranker]}\noutput: a\n",
        2, ("in a circle", "a -> b -> a"),
    ),
    "unreachable node": (
        "graph:\n  a: {from: question, choose: [closed_book]}\n"
        "  lost: {from: documents, choose: [whole]}\noutput: a\n",
        3, ("never needs the node 'lost'",),
    ),
    "nothing feeds a required input": (
        "graph:\n  p:\n    from: question\n    choose:\n      - bm25\noutput: p\n",
        5, ("input 'chunks' of 'bm25' in the node 'p'", "question (question)", "type chunks"),
    ),
    "two could feed one input": (
        "graph:\n  q: {from: question, choose: [rewrite]}\n  a:\n    from: [question, q]\n"
        "    choose: [closed_book]\noutput: a\n",
        5, ("input 'question' of 'closed_book'", "question, q"),
    ),
    "an entry that nothing uses": (
        "graph:\n  a:\n    from: [question, documents]\n    choose: [closed_book]\noutput: a\n",
        3, ("no option of the node 'a' uses 'documents'",),
    ),
    "options of different types": (
        passages("bm25", "extract"), 11, ("yield different types", "passages", "answer"),
    ),
    "none has nothing to pass on": (
        passages("bm25", "none"), 11, ("`none` has nothing to pass on", "passages"),
    ),
    "nothing but none": (
        "graph:\n  a: {from: [question, documents], choose: [none]}\noutput: a\n",
        2, ("no option but `none`", "exactly one entry"),
    ),
    "a node named like a decision elsewhere": (
        "graph:\n  c: {from: documents, choose: [{fixed_splitter: {size: {int: [1, 3]}}}]}\n"
        "  c.fixed_splitter.size: {from: [question, c], choose: [bm25, dense]}\n"
        "output: c.fixed_splitter.size\n",
        2, ("two decisions would be named 'c.fixed_splitter.size'",),
    ),
    "a node named like one of a sub-graph": (
        "graph:\n  a:\n    choose: [{as: g, graph: {x: {choose: [abstain]}}, output: x}]\n"
        "  a.g.x: {choose: [abstain]}\noutput: a\n",
        3, ("two nodes are named 'a.g.x'",),
    ),
    # --- options
    "unknown component": (passages("bm52"), 10, ("unknown component 'bm52'", "'bm25'")),
    "unknown component with parameters": (
        passages("{bm52: {k: 3}}"), 10, ("unknown component 'bm52'", "'bm25'"),
    ),
    "an embedder as a node": (
        passages("lsa"), 10, ("'lsa' is an embedder and cannot fill a node",),
    ),
    "an option that is empty": (passages("bm25", "~"), 11, ("this option is empty", "`none`")),
    "an option that is a number": (passages("3"), 10, ("must be a component", "found:    3")),
    "an option that names nothing": (passages("{as: x}"), 10, ("names no component",)),
    "two components in one option": (
        passages("{bm25: {}, dense: {}}"), 10, ("two components, 'bm25' and 'dense'",),
    ),
    "a parameter indented too little": (
        passages("bm25:\n        k: 3"), 11, ("'k' stands beside 'bm25'", "indented"),
    ),
    "parameters that are a list": (passages("{bm25: [3]}"), 10, ("must be its parameters",)),
    "two options of one name": (
        passages("bm25", "bm25: {k: 3}"), 11, ("two options are named 'bm25'", "line 10", "as:"),
    ),
    "two options that overlap": (
        passages("bm25", "{as: other, bm25: {k: {int: [4, 6]}}}"),
        11, ("'bm25' (line 10) and 'other' can be the same 'bm25'",),
    ),
    "a bad name of an option": (
        passages("{as: a.b, bm25: {}}"), 10, ("'a.b' cannot be the name of an option",),
    ),
    "an option named none": (
        passages("{as: none, bm25: {}}"), 10, ("'none' cannot be the name of an option",),
    ),
    "a component whose package is missing": (
        passages("needs_package"), 10, ("'needs_package' cannot be imported",),
    ),
    # --- parameters
    "unknown parameter": (
        passages("bm25: {kk: 3}"), 10, ("unknown parameter 'kk' of 'bm25'", "'k'"),
    ),
    "a parameter of a component that has none": (
        "graph:\n  a:\n    choose:\n      - abstain: {k: 3}\noutput: a\n",
        4, ("unknown parameter 'k'", "no parameters"),
    ),
    "a literal of the wrong type": (
        passages("bm25: {k: many}"), 10, ("'k' of 'bm25'", "'many'", "a valid integer"),
    ),
    "an unquoted yes for a number": (
        passages("bm25: {k: yes}"), 10, ("yes, which YAML reads as true",),
    ),
    "a literal out of bounds": (
        passages("bm25: {k: 101}"), 10, ("'k' of 'bm25'", "101", "less than or equal to 100"),
    ),
    "an unknown value with a near one": (
        passages("hybrid: {fusion: weigted}"), 10, ("'fusion' of 'hybrid'", "'weighted'"),
    ),
    "a required parameter left out": (
        answer("llm_answer"), 8, ("'llm_answer' needs the parameter 'llm'",),
    ),
    "a value deep inside a parameter": (
        'models:\n  small:\n    llm: "a:b"\n    price:\n      input: cheap\n'
        "graph:\n  a: {from: question, choose: [{llm_answer: {llm: small}}]}\noutput: a\n",
        5, ("'price' of 'chat_model'", "'cheap'"),
    ),
    "a parameter without effect": (
        passages("hybrid: {fusion: rrf, bm25_weight: 0.3}"),
        10, ("'bm25_weight' of 'hybrid' has no effect here", "'fusion' to be weighted"),
    ),
    "a real number that conditions depend on": (
        answer("gated: {level: {float: [0, 1]}, detail: 3}"),
        8, ("'level' of 'gated' decides whether 'detail' exists", "a `step`"),
    ),
    "a suggested real number that conditions depend on": (
        answer("gated: auto"), 8, ("'level' of 'gated' decides whether 'detail' exists",),
    ),
    "a sub-graph in a parameter": (
        passages("dense: {embedder: {as: x, flow: other.yaml}}"),
        10, ("a sub-graph cannot stand in the parameter 'embedder'",),
    ),
    "the wrong kind in a parameter": (
        passages("dense: {embedder: bm25}"),
        10, ("'bm25' is a retriever and cannot fill the parameter 'embedder'", "an embedder"),
    ),
    "none in a parameter": (
        passages("dense: {embedder: none}"), 10, ("`none` cannot stand in",),
    ),
    "an unknown component in a parameter": (
        passages("dense: {embedder: {choose: [lsa, hashin]}}"), 10, ("'hashin'", "'hashing'"),
    ),
    "a number domain for a component": (
        passages("dense: {embedder: {int: [1, 2]}}"), 10, ("holds a component, not a number",),
    ),
    "a component parameter that must be given": (
        passages("dense: {embedder: stacked}"), 10, ("'stacked' needs the parameter 'inner'",),
    ),
    "overlap in a parameter": (
        passages("dense: {embedder: {choose: [lsa, {as: l, lsa: {dimensions: 64}}]}}"),
        10, ("'lsa' (line 10) and 'l' can be the same",),
    ),
    "a choice among the options of a choice": (
        passages("dense: {embedder: {choose: [lsa, {choose: [hashing]}]}}"),
        10, ("a domain cannot stand among the options of the parameter 'embedder'",),
    ),
    # --- domains
    "unknown kind of domain": (
        passages("bm25: {k: {ints: [2, 20]}}"), 10, ("unknown kind of domain 'ints'", "'int'"),
    ),
    "two kinds of domain at once": (
        passages("bm25: {k: {int: [2, 3], choose: [1]}}"), 10, ("int and choose",),
    ),
    "unknown key of a domain": (
        passages("bm25: {k: {int: [2, 20], stp: 2}}"), 10, ("unknown key 'stp'", "'step'"),
    ),
    "reversed bounds": (passages("bm25: {k: {int: [20, 2]}}"), 10, ("reversed", "[2, 20]")),
    "one bound": (passages("bm25: {k: {int: [20]}}"), 10, ("two ends", "[20]", "[low, high]")),
    "a bound that is no number": (
        passages("bm25: {k: {int: [two, 20]}}"), 10, ("must be a whole number", "'two'"),
    ),
    "a real bound for whole numbers": (
        passages("bm25: {k: {int: [2.5, 20]}}"), 10, ("must be a whole number", "2.5"),
    ),
    "real numbers for a whole parameter": (
        passages("bm25: {k: {float: [2.5, 20]}}"), 10, ("'k' of 'bm25'", "2.5"),
    ),
    "a bound out of bounds": (
        passages("bm25:\n          k:\n            int: [2,\n                  200]"),
        13, ("'k' of 'bm25'", "200", "less than or equal to 100"),
    ),
    "a value within that the parameter excludes": (
        passages("dense: {embedder: {lsa: {dimensions: {int: [2, 8]}}}}"),
        10, ("'dimensions' of 'lsa'", "3, which this domain holds", "multiple of 2"),
    ),
    "an empty choice": (passages("bm25: {k: {choose: []}}"), 10, ("`choose` is empty",)),
    "a choice that is no list": (
        passages("bm25: {k: {choose: 3}}"), 10, ("`choose` must be a list",),
    ),
    "an option out of bounds": (
        passages("bm25: {k: {choose: [5,\n                      500]}}"),
        11, ("'k' of 'bm25'", "500"),
    ),
    "an option twice": (
        passages("bm25: {b: {choose: [0, 0.0]}}"), 10, ("this option stands twice",),
    ),
    "an option that is no plain value": (
        passages("bm25: {k: {choose: [[1, 2]]}}"), 10, ("must be a plain value",),
    ),
    "a step of zero": (passages("bm25: {k: {int: [2, 20], step: 0}}"), 10, ("above 0",)),
    "log and step": (
        passages("bm25: {k: {int: [2, 20], step: 2, log: true}}"), 10, ("not both",),
    ),
    "log from zero": (
        passages("bm25: {b: {float: [0, 1], log: true}}"), 10, ("starts above 0",),
    ),
    "log that is no flag": (
        passages("bm25: {k: {int: [2, 20], log: 2}}"), 10, ("true or false",),
    ),
    # --- models
    "models that are a list": ("models: [a]\ngraph: {}\noutput: a\n", 1, ("must be a mapping",)),
    "a model with a component's name": (
        "models:\n  bm25: {llm: x}\n" + TAIL.replace("  answer", "graph:\n  answer", 1),
        2, ("'bm25' has the name of a component",),
    ),
    "a model that is searched": (
        'models:\n  m:\n    llm: "a:b"\n    temperature: {float: [0, 1]}\n'
        "graph:\n  a: {from: question, choose: [{llm_answer: {llm: m}}]}\noutput: a\n",
        4, ("nothing under `models` is searched",),
    ),
    "an unknown parameter of a model": (
        'models:\n  m: {llm: "a:b", temprature: 1}\n'
        "graph:\n  a: {from: question, choose: [{llm_answer: {llm: m}}]}\noutput: a\n",
        2, ("unknown parameter 'temprature' of 'chat_model'", "'temperature'"),
    ),
    "a model without a model": (
        "models:\n  m: {llm: ''}\n"
        "graph:\n  a: {from: question, choose: [{llm_answer: {llm: m}}]}\noutput: a\n",
        2, ("'model' of 'chat_model'",),
    ),
    "a model of two kinds": (
        "models:\n  m: {llm: x, embedder: y}\ngraph: {a: {choose: [abstain]}}\noutput: a\n",
        2, ("both an llm and an embedder",),
    ),
    "an unknown model": (
        answer("extract", "{llm_answer: {llm: smal}}"), 9, ("unknown component 'smal'",),
    ),
    "a model of the wrong kind": (
        passages("dense: {embedder: small}"), 10, ("'small' is an llm and cannot fill",),
    ),
    "a model with parameters": (
        passages("{small: {temperature: 1}}"), 10, ("is a model, which is configured under",),
    ),
    # --- factories
    "an import that is not allowed": (
        passages('{as: mine, uses: "os:system"}'), 10, ("importing from 'os' is not allowed",),
    ),
    "a dotted path that is none": (
        passages("{as: mine, uses: acme.rag}"), 10, ("not a dotted path", "package.module:name"),
    ),
    "a module that is not there": (
        passages('{as: mine, uses: "acme.nothing:X"}'), 10, ("cannot be imported",),
    ),
    "a module that fails": (
        passages('{as: mine, uses: "acme.broken:X"}'),
        10, ("importing 'acme.broken:X' failed", "RuntimeError: out of order"),
    ),
    "a class that is not there": (
        passages('{as: mine, uses: "acme.rag:Serch"}'), 10, ("'acme.rag' has no 'Serch'",),
    ),
    "a thing that cannot be called": (
        passages('{as: mine, uses: "acme.rag:number"}'), 10, ("cannot be called",),
    ),
    "a class that nothing wraps": (
        passages('{as: mine, uses: "acme.rag:Useless"}'), 10, ("no installed component can wrap",),
    ),
    "a class that two wrap": (
        passages('{as: mine, uses: "acme.rag:Both"}'),
        10, ("wrapped_retriever", "other_wrapped_retriever", "by name"),
    ),
    "a wrapper of the wrong kind": (
        passages('{as: mine, uses: "acme.rag:Chat"}'), 10, ("this makes an llm",),
    ),
    "a wrapper chosen by name that does not fit": (
        passages('{as: mine, wrapped_retriever: {uses: "acme.rag:Chat"}}'),
        10, ("'wrapped_retriever' cannot wrap this",),
    ),
    "a factory without a name": (
        passages('{uses: "acme.rag:Searcher"}'), 10, ("no `as`",),
    ),
    "a secret among the arguments": (
        passages('{as: m, uses: "acme.rag:Searcher", arguments: {api_key: "sk-1234"}}'),
        10, ("looks like a secret", "environment variable"),
    ),
    "an argument that is no keyword": (
        passages('{as: m, uses: "acme.rag:Searcher", arguments: {"a b": 1}}'),
        10, ("cannot be the name of an argument",),
    ),
    "a reversed domain among the arguments": (
        passages('{as: m, uses: "acme.rag:Searcher", arguments: {k: {int: [9, 1]}}}'),
        10, ("reversed",),
    ),
    # --- sub-graphs
    "a sub-graph without a name": (
        passages("{graph: {}, output: p}"), 10, ("no `as`",),
    ),
    "a sub-graph without output": (
        passages("{as: g, graph: {p: {from: [question, chunks], choose: [bm25]}}}"),
        10, ("no `output`",),
    ),
    "a sub-graph with another key": (
        passages("{as: g, graph: {}, output: p, k: 3}"), 10, ("unknown key 'k'",),
    ),
    "a sub-graph that reaches out": (
        passages("{as: g, graph: {p: {from: [question, answer], choose: [bm25]}}, output: p}"),
        10, ("`from` names no node: 'answer'",),
    ),
    "a sub-graph whose node is named like its input": (
        passages("{as: g, graph: {chunks: {from: question, choose: [rewrite]}}, output: chunks}"),
        10, ("'chunks' is both a node of this sub-graph and an input",),
    ),
    "a sub-graph of another type": (
        passages("bm25", "{as: g, graph: {c: {from: question, choose: [rewrite]}}, output: c}"),
        11, ("yield different types", "question"),
    ),
    "an unreachable node in a sub-graph": (
        passages(
            "{as: g, graph: {p: {from: [question, chunks], choose: [bm25]},\n"
            "         lost: {from: question, choose: [rewrite]}}, output: p}"
        ),
        11, ("never needs the node 'passages.g.lost'",),
    ),
    "two ways to pass on the same": (
        passages("bm25")
        .replace("  answer:\n", "  context:\n    from: [question, passages]\n    choose:\n"
                 "      - none\n"
                 "      - {as: g, graph: {x: {from: [question, passages],"
                 " choose: [none, lexical_reranker]}}, output: x}\n  answer:\n")
        .replace("from: [question, passages]\n    choose: [extract",
                 "from: [question, context]\n    choose: [extract"),
        15, ("can both pass on 'passages' unchanged",),
    ),
    "a file that is not there": (
        passages("{as: g, flow: nowhere.yaml}"), 10, ("there is no such file", "nowhere.yaml"),
    ),
    "a file that is no text": (passages("{as: g, flow: 3}"), 10, ("`flow` must be text",)),
    # --- forbid
    "forbid that is no list": (
        passages("bm25") + "forbid: {chunks: whole}\n", 15, ("`forbid` must be a list",),
    ),
    "a rule that is no mapping": (
        passages("bm25") + "forbid: [chunks]\n", 15, ("a rule of `forbid` must be a mapping",),
    ),
    "an empty rule": (passages("bm25") + "forbid: [{}]\n", 15, ("this rule is empty",)),
    "a rule about nothing": (
        passages("bm25", "dense") + "forbid:\n  - {pasages: dense}\n",
        17, ("no decision 'pasages'", "'passages'"),
    ),
    "a rule about what is fixed": (
        passages("bm25") + "forbid:\n  - {passages: bm25}\n", 16, ("'passages' is fixed",),
    ),
    "a rule about a fixed parameter": (
        passages("bm25: {k: 3}", "dense") + "forbid:\n  - {passages.bm25.k: 3}\n",
        17, ("'passages.bm25.k' is fixed",),
    ),
    "a rule with an unknown value": (
        passages("bm25", "dense") + "forbid:\n  - {passages: dens}\n",
        17, ("'passages' never has this value", "'dense'"),
    ),
    "a rule with a value out of the domain": (
        passages("bm25: {k: {int: [2, 9]}}") + "forbid:\n  - {passages.bm25.k: [3, 10]}\n",
        16, ("never has this value", "from 2 to 9"),
    ),
    "a rule with a range of names": (
        passages("bm25", "dense") + "forbid:\n  - {passages: {min: 3}}\n", 17, ("not a number",),
    ),
    "a rule with an empty range": (
        passages("bm25: {k: {int: [2, 9]}}") + "forbid:\n  - {passages.bm25.k: {}}\n",
        16, ("this range has no end",),
    ),
    "a rule with a range outside": (
        passages("bm25: {k: {int: [2, 9]}}") + "forbid:\n  - {passages.bm25.k: {min: 10}}\n",
        16, ("never in this range",),
    ),
    "a rule with a range between two steps": (
        passages("bm25: {k: {int: [2, 20], step: 6}}")
        + "forbid:\n  - {passages.bm25.k: {min: 9, max: 13}}\n",
        16, ("never in this range", "in steps of 6"),
    ),
    "a rule with an unknown end": (
        passages("bm25: {k: {int: [2, 9]}}") + "forbid:\n  - {passages.bm25.k: {mni: 10}}\n",
        16, ("unknown key 'mni'", "'min'"),
    ),
    "a rule that can never match": (
        passages("bm25: {k: {int: [2, 9]}}", "dense: {k: {int: [2, 9]}}")
        + "forbid:\n  - {passages.bm25.k: 3, passages.dense.k: 3}\n",
        17, ("this rule forbids nothing",),
    ),
    "rules that leave nothing": (
        passages("bm25", "dense") + "forbid:\n  - {chunks: whole}\n  - {chunks: fixed_splitter}\n",
        16, ("everything is forbidden",),
    ),
}  # fmt: skip
