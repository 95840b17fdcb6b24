"""The Merkle tree of the log: append, root, inclusion and consistency, each in O(log n).

Hashes as in RFC 6962 section 2.1; proofs are made and checked as in RFC 9162 sections 2.1.3 and
2.1.4. The tree is kept as its complete subtrees: node (level, index) is the hash over the leaves
from index · 2^level up to, but without, (index + 1) · 2^level.
"""

import hashlib
from collections.abc import Callable

from dateline.words.errors import Refused

Get = Callable[[int, int], bytes]
EMPTY = hashlib.sha256(b"").digest()


class ProofFailed(Refused):
    """The proof does not hold."""

    slug = "proof-failed"


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def appended(size: int, leaf: bytes, get: Get) -> list[tuple[int, int, bytes]]:
    """The complete subtrees that the leaf with index `size` brings: (level, index, hash), lowest first."""
    made = [(0, size, leaf)]
    index, digest = size, leaf
    while index & 1:
        level = made[-1][0]
        digest = node_hash(get(level, index - 1), digest)
        index >>= 1
        made.append((level + 1, index, digest))
    return made


def root(size: int, get: Get) -> bytes:
    """The root hash of the first `size` leaves."""
    return _subtree(0, size, get) if size else EMPTY


def inclusion(index: int, size: int, get: Get) -> list[bytes]:
    """The audit path of the leaf `index` in the tree of `size` leaves, lowest first."""
    if not 0 <= index < size:
        raise ValueError("the leaf is not in the tree")
    return _path(index, 0, size, get)


def consistency(old: int, new: int, get: Get) -> list[bytes]:
    """The proof that the tree of `old` leaves is the beginning of that of `new`."""
    if not 0 < old <= new:
        raise ValueError("the older tree has leaves, and no more than the newer")
    return [] if old == new else _grown(old, 0, new, get, whole=True)


def verify_inclusion(leaf: bytes, index: int, size: int, path: list[bytes], expected: bytes) -> None:
    """ProofFailed unless the path leads from the leaf to the root (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        raise ProofFailed(f"Entry {index + 1} cannot be in a log of {size} entries.")
    node, last, digest = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise ProofFailed("The inclusion proof is too long.")
        if node & 1 or node == last:
            digest = node_hash(step, digest)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            digest = node_hash(digest, step)
        node, last = node >> 1, last >> 1
    if last != 0 or digest != expected:
        raise ProofFailed("The entry is not in the log that the head was signed for.")


def verify_consistency(old: int, new: int, path: list[bytes], old_root: bytes, new_root: bytes) -> None:
    """ProofFailed unless the older log is the beginning of the newer (RFC 9162 section 2.1.4.2)."""
    failed = ProofFailed(f"The log of {new} entries does not begin with the log of {old}.")
    if old == new and not path and old_root == new_root:
        return
    if not 0 < old < new or not path:
        raise failed
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise failed
        if node & 1 or node == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, step)
        node, last = node >> 1, last >> 1
    if last != 0 or first != old_root or second != new_root:
        raise failed


def _split(count: int) -> int:
    """The largest power of two that is smaller than `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def _subtree(start: int, end: int, get: Get) -> bytes:
    """The hash over leaves [start, end). `start` is a multiple of a power of two that is not below its length."""
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return get(level, start >> level)
    middle = start + _split(count)
    return node_hash(_subtree(start, middle, get), _subtree(middle, end, get))


def _path(index: int, start: int, end: int, get: Get) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, get), _subtree(middle, end, get)]
    return [*_path(index, middle, end, get), _subtree(start, middle, get)]


def _grown(old: int, start: int, end: int, get: Get, *, whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162 section 2.1.4.1; `whole` while the older tree is all that was walked so far."""
    if old == end:
        return [] if whole else [_subtree(start, end, get)]
    middle = start + _split(end - start)
    if old <= middle:
        return [*_grown(old, start, middle, get, whole=whole), _subtree(middle, end, get)]
    return [*_grown(old, middle, end, get, whole=False), _subtree(start, middle, get)]
