"""The tree of the log, against RFC 6962 written down word for word."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.formats import merkle
from dateline.formats.canonical import leaf_hash
from dateline.formats.merkle import ProofFailed

# The eight leaves, and the roots of the first one to eight of them, that Certificate Transparency's tests use.
LEAVES = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
SIZES = st.integers(1, 200)


class Tree:
    """The nodes that appending has made, and how often one was asked for."""

    def __init__(self, size: int) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.asked = 0
        for index in range(size):
            self.append(index, leaf(index))

    def append(self, index: int, digest: bytes) -> None:
        for level, at, made in merkle.appended(index, digest, self):
            assert (level, at) not in self.nodes
            self.nodes[level, at] = made

    def __call__(self, level: int, index: int) -> bytes:
        self.asked += 1
        return self.nodes[level, index]


def leaf(index: int) -> bytes:
    return leaf_hash(str(index).encode())


def split(count: int) -> int:
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def mth(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, over leaf hashes."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962 section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """RFC 6962 section 2.1.2."""
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


FULL = Tree(200)
ALL = [leaf(index) for index in range(200)]


def test_the_roots_of_the_well_known_leaves() -> None:
    tree = Tree(0)
    assert merkle.root(0, tree) == merkle.EMPTY == hashlib.sha256().digest()
    for index, (data, expected) in enumerate(zip(LEAVES, ROOTS, strict=True)):
        tree.append(index, leaf_hash(data))
        assert merkle.root(index + 1, tree).hex() == expected


@given(SIZES)
def test_the_root_of_any_first_leaves_is_that_of_the_rfc(size: int) -> None:
    assert merkle.root(size, FULL) == mth(ALL[:size])


@given(SIZES, st.data())
def test_each_leaf_has_the_audit_path_of_the_rfc_and_it_verifies(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    made = merkle.inclusion(index, size, FULL)
    assert made == path(index, ALL[:size])
    merkle.verify_inclusion(ALL[index], index, size, made, mth(ALL[:size]))


@given(SIZES, st.data())
def test_each_older_log_has_the_proof_of_the_rfc_and_it_verifies(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    made = merkle.consistency(old, new, FULL)
    assert made == subproof(old, ALL[:new], True)
    merkle.verify_consistency(old, new, made, mth(ALL[:old]), mth(ALL[:new]))


@given(SIZES, st.data())
def test_no_other_leaf_place_size_path_or_root_verifies(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    good, root = merkle.inclusion(index, size, FULL), mth(ALL[:size])
    other = data.draw(st.integers(0, size + 1).filter(lambda each: each != index))
    wrong = [
        (leaf(500), index, size, good, root),
        (ALL[index], other, size, good, root),
        (ALL[index], index, size, [*good, root], root),
        (ALL[index], index, size, good, leaf(500)),
        (ALL[index], -1, size, good, root),
    ]
    if good:
        at = data.draw(st.integers(0, len(good) - 1))
        wrong += [
            (ALL[index], index, size, good[:-1], root),
            (ALL[index], index, size, [*good[:at], leaf(500), *good[at + 1 :]], root),
        ]
    for claim in wrong:
        with pytest.raises(ProofFailed):
            merkle.verify_inclusion(*claim)


@given(st.integers(2, 200), st.data())
def test_a_log_that_was_changed_is_not_consistent(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new - 1))
    good, before, after = merkle.consistency(old, new, FULL), mth(ALL[:old]), mth(ALL[:new])
    changed = mth([leaf(500), *ALL[1:old]])
    at = data.draw(st.integers(0, len(good) - 1))
    wrong = [
        (old, new, good, changed, after),
        (old, new, good, before, leaf(500)),
        (old, new, good[:-1], before, after),
        (old, new, [*good, after], before, after),
        (old, new, [*good[:at], leaf(500), *good[at + 1 :]], before, after),
        (new, old, good, after, before),
        (0, new, good, merkle.EMPTY, after),
        (new, new, [], before, after),
    ]
    for claim in wrong:
        with pytest.raises(ProofFailed):
            merkle.verify_consistency(*claim)


def test_an_append_makes_two_nodes_on_average_and_each_complete_subtree_once() -> None:
    assert len(FULL.nodes) < 2 * 200
    assert all((index + 1) << level <= 200 for level, index in FULL.nodes)


@pytest.mark.parametrize("size", [1_000_000, 1_048_575, 1_048_576, 1_048_577])
def test_at_a_million_entries_each_costs_a_few_dozen_nodes(size: int) -> None:
    asked = 0

    def node(level: int, index: int) -> bytes:
        nonlocal asked
        asked += 1
        assert (index + 1) << level <= size
        return hashlib.sha256(f"{level} {index}".encode()).digest()

    for cost in (
        lambda: merkle.appended(size, b"\0" * 32, node),
        lambda: merkle.root(size, node),
        lambda: merkle.inclusion(size // 3, size, node),
        lambda: merkle.inclusion(size - 1, size, node),
        lambda: merkle.consistency(size // 3, size, node),
    ):
        asked = 0
        cost()
        assert asked <= 42


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_no_path_is_made_for_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="not in the tree"):
        merkle.inclusion(index, size, FULL)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3)])
def test_no_consistency_is_made_for_a_log_that_never_was(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="older tree"):
        merkle.consistency(old, new, FULL)
