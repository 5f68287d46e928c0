"""Learning and applying byte-pair merges over integer codes, compiled with Numba.

Same merges and same encodings as Hugging Face's `tokenizers` (its `BpeTrainer` and `BPE` over one word per clip),
which keeps each clip as an array and moves the rest of it with every merge. Here symbols are linked and every pair
knows where it stands, so that a merge costs no more than what it changes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

GAP = -1  # between clips: takes part in no pair
DEAD = -2  # the right half of a pair that was merged
ID_BITS = 17  # of an id: a count and two ids fit into one integer, which sorts as the queue wants
MAX_VOCAB = 1 << ID_BITS
MAX_CODES = 1 << (62 - 2 * ID_BITS)

Ints = NDArray[Any]
Int = Any  # Python's or NumPy's


class _Pairs(NamedTuple):
    """Pairs of neighbours, by their index: how often and where they stand."""

    slots: Ints  # hash table: key -> index + 1
    keys: Ints  # left id, right id
    counts: Ints
    last: Ints  # newest of the pair's places, as an index of the next two; -1 is none
    places: Ints
    older: Ints  # the place before that of the same pair
    touched: Ints  # pairs that the present merge made more frequent
    touched_in: Ints  # the merge that did so last
    used: Ints  # lengths in use: pairs, places, touched


@njit(cache=True, nogil=True)
def learn(symbols: Ints, alphabet: Int, vocab_size: Int, min_count: Int) -> tuple[Ints, Ints]:
    """[N] int32 codes, clips parted by GAP (changed in place) -> merged pairs [M, 2] in order, the ids they make [M].

    The most frequent pair is merged first, of equally frequent ones the lowest. A frequency is the number of places
    where the pair stands, overlapping ones included. Two pairs that spell the same codes make the same id.
    """
    n = len(symbols)
    before, after = np.arange(n, dtype=np.int32) - 1, np.arange(n, dtype=np.int32) + 1
    # A merge in one place makes two new pairs at most, and there are less than n of those: 3n bounds what is needed.
    # Most of it is never touched, and memory that is not touched is not taken.
    bound = 3 * n + 1
    pairs = _Pairs(
        np.zeros(_table_size(min(bound, vocab_size * vocab_size)), np.int32),
        np.empty(bound, np.int64),
        np.zeros(bound, np.int64),
        np.empty(bound, np.int32),
        np.empty(bound, np.int32),
        np.empty(bound, np.int32),
        np.empty(bound, np.int32),
        np.zeros(bound, np.int32),
        np.zeros(3, np.int64),
    )
    for place in range(n - 1):
        if symbols[place] >= 0 and symbols[place + 1] >= 0:
            _appears(pairs, symbols[place], symbols[place + 1], place, 1)

    makes = np.zeros(bound, np.int32)  # what a merged pair became, or 0
    spelling, spelled = np.empty(vocab_size, np.int64), np.zeros(_table_size(vocab_size), np.int32)
    lengths = np.ones(vocab_size, np.int64)
    for code in range(alphabet):
        spelling[code] = code + 1
        spelled[_slot(spelled, spelling, spelling[code])] = code + 1
    merges, ids = np.empty((n, 2), np.int32), np.empty(n, np.int32)
    num_merges, size, step = 0, alphabet, 1
    queue, queued = np.empty(2 * bound, np.int64), 0
    while True:
        queued = _enqueue(pairs, queue, queued)
        pair = -1
        while queued:
            top = queue[0]
            queued = _pop(queue, queued)
            key = top & ((1 << 2 * ID_BITS) - 1)
            pair = pairs.slots[_slot(pairs.slots, pairs.keys, key)] - 1
            if pairs.counts[pair] == MAX_CODES - (top >> 2 * ID_BITS):
                break
            if pairs.counts[pair] > 0:  # it has become rarer since it was queued
                queued = _push(queue, queued, (MAX_CODES - pairs.counts[pair]) << 2 * ID_BITS | key)
            pair = -1
        if pair < 0 or pairs.counts[pair] < max(1, min_count):
            break
        left, right = key >> ID_BITS, key & (MAX_VOCAB - 1)
        if not makes[pair]:
            # A polynomial in 2^64 tells spellings apart: two of 2^17 share a value by chance once in 10^9 vocabularies.
            value = spelling[left] * _power(lengths[right]) + spelling[right]
            at = _slot(spelled, spelling, value)
            if not spelled[at]:
                if size == vocab_size:
                    break
                spelling[size], lengths[size] = value, lengths[left] + lengths[right]
                size += 1
                spelled[at] = size
            makes[pair] = spelled[at] - 1
            merges[num_merges, 0], merges[num_merges, 1], ids[num_merges] = left, right, makes[pair]
            num_merges += 1
        step += 1
        _merge(pairs, pair, left, right, makes[pair], step, symbols, before, after)
    return merges[:num_merges].copy(), ids[:num_merges].copy()


@njit(cache=True, nogil=True)
def _merge(
    pairs: _Pairs, pair: Int, left: Int, right: Int, made: Int, step: Int, symbols: Ints, before: Ints, after: Ints
) -> None:
    """Join `left` and `right` from left to right wherever they stand."""
    count, at = 0, pairs.last[pair]
    while at >= 0:
        count, at = count + 1, pairs.older[at]
    found, at = np.empty(count, np.int32), pairs.last[pair]
    while at >= 0:
        count -= 1
        found[count], at = pairs.places[at], pairs.older[at]
    found.sort()
    pairs.counts[pair], pairs.last[pair] = 0, -1
    for place in found:
        partner = after[place]
        if symbols[place] != left or partner >= len(symbols) or symbols[partner] != right:
            continue
        previous, following = before[place], after[partner]
        symbols[place], symbols[partner] = made, DEAD
        after[place] = following
        if previous >= 0 and symbols[previous] >= 0:
            _vanishes(pairs, pair, symbols[previous], left)
            _appears(pairs, symbols[previous], made, previous, step)
        if following < len(symbols):
            before[following] = place
            if symbols[following] >= 0:
                _vanishes(pairs, pair, right, symbols[following])
                _appears(pairs, made, symbols[following], place, step)


@njit(cache=True, nogil=True)
def _appears(pairs: _Pairs, left: Int, right: Int, place: Int, step: Int) -> None:
    key = np.int64(left) << ID_BITS | right
    at = _slot(pairs.slots, pairs.keys, key)
    pair = pairs.slots[at] - 1
    if pair < 0:
        pair = pairs.used[0]
        pairs.used[0] += 1
        pairs.slots[at], pairs.keys[pair], pairs.last[pair] = pair + 1, key, -1
    pairs.counts[pair] += 1
    entry = pairs.used[1]
    pairs.used[1] += 1
    pairs.places[entry], pairs.older[entry], pairs.last[pair] = place, pairs.last[pair], entry
    if pairs.touched_in[pair] != step:
        pairs.touched_in[pair] = step
        pairs.touched[pairs.used[2]] = pair
        pairs.used[2] += 1


@njit(cache=True, nogil=True)
def _vanishes(pairs: _Pairs, merging: Int, left: Int, right: Int) -> None:
    pair = pairs.slots[_slot(pairs.slots, pairs.keys, np.int64(left) << ID_BITS | right)] - 1
    if pair != merging:
        pairs.counts[pair] -= 1


@njit(cache=True, nogil=True)
def _enqueue(pairs: _Pairs, queue: Ints, queued: Int) -> Int:
    """Queue what has become more frequent: the most frequent pair first, of equals the lowest."""
    for pair in pairs.touched[: pairs.used[2]]:
        if pairs.counts[pair] > 0:
            queued = _push(queue, queued, (MAX_CODES - pairs.counts[pair]) << 2 * ID_BITS | pairs.keys[pair])
    pairs.used[2] = 0
    return queued


@njit(cache=True, nogil=True)
def apply(codes: Ints, ends: Ints, table: Ints, keys: Ints, ids: Ints) -> tuple[Ints, Ints]:
    """[N] codes, where each clip ends in them [B], `merge_table`'s result, ids by rank -> tokens [M], their ends [B].

    In every clip the pair that was learnt first is merged first, of equals the leftmost.
    """
    tokens, token_ends = np.empty(len(codes), np.int32), np.empty(len(ends), np.int64)
    longest, start = 0, 0
    for end in ends:
        longest, start = max(longest, end - start), end
    symbols, before, after = np.empty(longest, np.int32), np.empty(longest, np.int32), np.empty(longest, np.int32)
    queue = np.empty(3 * longest + 1, np.int64)
    start = written = 0
    for clip, end in enumerate(ends):
        n, queued = end - start, 0
        for i in range(n):
            symbols[i], before[i], after[i] = codes[start + i], i - 1, i + 1
        for i in range(n - 1):
            rank = _rank(table, keys, symbols[i], symbols[i + 1])
            if rank >= 0:
                queued = _push(queue, queued, np.int64(rank) << 32 | i)
        while queued:
            top = queue[0]
            queued = _pop(queue, queued)
            place, made = top & 0xFFFFFFFF, ids[top >> 32]
            partner = after[place]
            if symbols[place] == DEAD or partner >= n:
                continue
            rank = _rank(table, keys, symbols[place], symbols[partner])
            if rank < 0 or ids[rank] != made:
                continue
            symbols[place], symbols[partner], after[place] = made, DEAD, after[partner]
            if after[place] < n:
                before[after[place]] = place
                rank = _rank(table, keys, made, symbols[after[place]])
                if rank >= 0:
                    queued = _push(queue, queued, np.int64(rank) << 32 | place)
            if before[place] >= 0:
                rank = _rank(table, keys, symbols[before[place]], made)
                if rank >= 0:
                    queued = _push(queue, queued, np.int64(rank) << 32 | before[place])
        for i in range(n):
            if symbols[i] != DEAD:
                tokens[written] = symbols[i]
                written += 1
        token_ends[clip], start = written, end
    return tokens[:written].copy(), token_ends


@njit(cache=True, nogil=True)
def merge_table(merges: Ints) -> tuple[Ints, Ints]:
    """Merged pairs [M, 2] in order -> the hash table and keys that `apply` finds ranks with."""
    table, keys = np.zeros(_table_size(len(merges)), np.int32), np.empty(len(merges), np.int64)
    for rank in range(len(merges)):
        keys[rank] = np.int64(merges[rank, 0]) << ID_BITS | merges[rank, 1]
        table[_slot(table, keys, keys[rank])] = rank + 1
    return table, keys


@njit(cache=True, nogil=True)
def _rank(table: Ints, keys: Ints, left: Int, right: Int) -> Int:
    return table[_slot(table, keys, np.int64(left) << ID_BITS | right)] - 1


@njit(cache=True, nogil=True)
def _slot(table: Ints, keys: Ints, key: Int) -> Int:
    """Where `key` stands in an open-addressing table of 1 + its index in `keys`, or where it would (0 there)."""
    mask = len(table) - 1
    at = ((key * -7046029254386353131) >> 24) & mask  # 2^64 / golden ratio, as a signed number
    while table[at] and keys[table[at] - 1] != key:
        at = (at + 1) & mask
    return at


@njit(cache=True, nogil=True)
def _table_size(entries: Int) -> Int:
    size = 16
    while size < 2 * entries:
        size *= 2
    return size


@njit(cache=True, nogil=True)
def _power(exponent: Int) -> Int:
    """An odd number to a power, modulo 2^64."""
    base, result = np.int64(0x2545F4914F6CDD1D), np.int64(1)
    while exponent:
        if exponent & 1:
            result *= base
        base *= base
        exponent >>= 1
    return result


@njit(cache=True, nogil=True)
def _push(heap: Ints, size: Int, key: Int) -> Int:
    """Smallest first; returns the new size."""
    at = size
    while at and heap[(at - 1) >> 1] > key:
        heap[at] = heap[(at - 1) >> 1]
        at = (at - 1) >> 1
    heap[at] = key
    return size + 1


@njit(cache=True, nogil=True)
def _pop(heap: Ints, size: Int) -> Int:
    """Take heap[0] off; returns the new size."""
    size -= 1
    key, at = heap[size], 0
    while 2 * at + 1 < size:
        child = 2 * at + 1
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= key:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = key
    return size
