"""Walking over nodes, one axis a function. Names are local: ODK forms do not use namespaces on answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from checklists.xpath.tree import Attribute
from checklists.xpath.values import TreeNode

Walk = Callable[[TreeNode], Iterable[TreeNode]]


def root_of(node: TreeNode) -> TreeNode:
    while node.parent is not None:
        node = node.parent
    return node


def _ancestors(node: TreeNode) -> Iterator[TreeNode]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent


def _ancestors_or_self(node: TreeNode) -> Iterator[TreeNode]:
    yield node
    yield from _ancestors(node)


def _descendants(node: TreeNode) -> Iterator[TreeNode]:
    for kid in node.kids():
        yield kid
        yield from _descendants(kid)


def _descendants_or_self(node: TreeNode) -> Iterator[TreeNode]:
    yield node
    yield from _descendants(node)


def _attributes(node: TreeNode) -> Iterator[TreeNode]:
    for name, value in node.attributes().items():
        yield Attribute(node, name, value)


def _siblings(node: TreeNode) -> tuple[Sequence[TreeNode], int]:
    kids = node.parent.kids() if node.parent is not None else (node,)
    return kids, next((i for i, kid in enumerate(kids) if kid is node), len(kids))


def _following_siblings(node: TreeNode) -> Iterable[TreeNode]:
    kids, at = _siblings(node)
    return kids[at + 1 :]


def _preceding_siblings(node: TreeNode) -> Iterable[TreeNode]:
    kids, at = _siblings(node)
    return reversed(kids[:at])


def _following(node: TreeNode) -> Iterator[TreeNode]:
    for above in _ancestors_or_self(node):
        for sibling in _following_siblings(above):
            yield from _descendants_or_self(sibling)


def _preceding(node: TreeNode) -> Iterator[TreeNode]:
    for above in _ancestors_or_self(node):
        for sibling in _preceding_siblings(above):
            yield from reversed(list(_descendants_or_self(sibling)))


AXES: dict[str, Walk] = {
    "self": lambda node: (node,),
    "child": lambda node: node.kids(),
    "parent": lambda node: (node.parent,) if node.parent is not None else (),
    "attribute": _attributes,
    "ancestor": _ancestors,
    "ancestor-or-self": _ancestors_or_self,
    "descendant": _descendants,
    "descendant-or-self": _descendants_or_self,
    "following-sibling": _following_siblings,
    "preceding-sibling": _preceding_siblings,
    "following": _following,
    "preceding": _preceding,
}


def walker(axis: str, test: str) -> Walk:
    """Return the function that gives the nodes of `axis` that pass `test` (`*`, `node()`, a name, `prefix:name`)."""
    walk = AXES[axis]
    if test in {"*", "node()"} or test.endswith(":*"):
        return walk
    if test == "text()":
        return lambda _: ()
    name = test.rpartition(":")[2]
    if axis == "child":
        return lambda node: [kid for kid in node.kids() if kid.name == name]
    return lambda node: [found for found in walk(node) if found.name == name]


def each_once(nodes: Iterable[TreeNode]) -> list[TreeNode]:
    """Return the nodes in their order, without those met before."""
    met: set[int] = set()
    found: list[TreeNode] = []
    for node in nodes:
        if id(node) not in met:
            met.add(id(node))
            found.append(node)
    return found
