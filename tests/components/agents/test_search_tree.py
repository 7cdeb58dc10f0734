"""The tree of LATS by itself."""

from __future__ import annotations

import math

import pytest

from syftr_like.components.agents.search_tree import TreeNode


def grown(node: TreeNode, *values: float) -> list[TreeNode]:
    children = [TreeNode(node) for _ in values]
    node.add(children, values)
    return children


def test_values_are_passed_up_to_the_root() -> None:
    root = TreeNode()
    a, b = grown(root, 0.8, 0.2)
    c, d = grown(a, 0.4, 0.6)
    assert (root.visits, root.mean) == (4, pytest.approx(0.5))
    assert (a.visits, a.mean) == (3, pytest.approx(0.6))
    assert [(n.visits, n.mean) for n in (b, c, d)] == [(1, 0.2), (1, 0.4), (1, 0.6)]
    assert [n.depth for n in (root, a, d)] == [0, 1, 2]


def test_without_exploration_the_highest_mean_is_selected() -> None:
    root = TreeNode()
    assert root.select(0.0) is root
    a, b = grown(root, 0.5, 0.9)
    assert root.select(0.0) is b
    grown(b, 0.0, 0.0)  # the mean of b falls to 0.3
    assert root.select(0.0) is a


def test_the_seldom_visited_gains_with_exploration() -> None:
    root = TreeNode()
    a, b = grown(root, 0.6, 0.5)
    grown(a, 0.6)
    # a: mean 0.6, 2 visits; b: mean 0.5, 1 visit; 3 visits of the root
    gap = math.sqrt(math.log(3)) - math.sqrt(math.log(3) / 2)
    assert root.select(0.1 / gap - 0.01) is a.children[0]
    assert root.select(0.1 / gap + 0.01) is b


def test_of_equal_ones_the_first() -> None:
    root = TreeNode()
    a, *_ = grown(root, 0.5, 0.5, 0.5)
    assert root.select(1.0) is a


def test_what_is_closed_is_not_selected_and_closes_what_holds_nothing_else() -> None:
    root = TreeNode()
    a, b = grown(root, 0.9, 0.1)
    for end in grown(a, 1.0, 1.0):
        end.close()
    assert a.closed
    assert not root.closed
    assert root.select(1.0) is b
    b.close()
    assert root.closed
