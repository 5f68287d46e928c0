"""pYIN's two steps after the difference function, compiled with Numba: candidates of a pitch, and a path through them.

The same operations as in `librosa.pyin`, so that F0 tracks are the same; librosa goes through frames in Python, and
through all pairs of states at every step. A pitch moves to the 71 bins around it: any other pair of states has one
constant probability (the smallest number, where librosa avoids a logarithm of 0), so that only the best state counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def candidates(differences: NDArray[Any], thresholds: Floats, prior: Floats, boltzmann: Any, no_trough: Any) -> Floats:
    """[periods, frames] -> [periods, frames], the probability of each period: where the difference has a trough.

    `thresholds` [N], rising, have the probabilities `prior` [N]. At each, a trough below it weighs the more the shorter
    its period (a Boltzmann distribution over their ranks); where there is none, the lowest gets `no_trough` of it.
    """
    found = np.zeros(differences.shape)
    _add_candidates(differences, thresholds, prior, boltzmann, no_trough, np.empty(len(differences), np.int64), found)
    return found


@njit(cache=True, nogil=True)
def _add_candidates(
    differences: NDArray[Any], thresholds: Floats, prior: Floats, boltzmann: Any, no_trough: Any,
    troughs: NDArray[np.int64], found: Floats,
) -> None:  # fmt: skip
    """`troughs` [periods] is written over."""
    periods, frames = differences.shape
    for frame in range(frames):
        count = 0
        for i in range(periods):
            here = differences[i, frame]
            if i == 0:
                trough = here < differences[1, frame]
            elif i == periods - 1:
                trough = here < differences[i - 1, frame]
            else:
                trough = here < differences[i - 1, frame] and here <= differences[i + 1, frame]
            if trough:
                troughs[count] = i
                count += 1
        if count == 0:
            continue
        lowest = 0
        for j in range(1, count):
            if differences[troughs[j], frame] < differences[troughs[lowest], frame]:
                lowest = j
        for n in range(len(thresholds)):
            below = 0
            for j in range(count):
                below += differences[troughs[j], frame] < thresholds[n]
            if below == 0:
                found[troughs[lowest], frame] += no_trough * prior[n]
                continue
            total = (1 - np.exp(-boltzmann)) / (1 - np.exp(-boltzmann * below))
            rank = 0
            for j in range(count):
                if differences[troughs[j], frame] < thresholds[n]:
                    found[troughs[j], frame] += total * np.exp(-boltzmann * rank) * prior[n]
                    rank += 1


def most_likely_path(observed: Floats, stay: Floats, switch: Floats, elsewhere: Any, start: Any) -> NDArray[np.int64]:
    """Logarithms of probabilities -> [frames], the states of the best path (Viterbi); of equals the lowest.

    `observed` [frames, 2 * pitches]: of the voiced states, then of the unvoiced ones. `stay` and `switch` [pitches, 1 +
    2 * reach]: of coming to a pitch from one at most `reach` away, within voicing and across; from any other state it
    is `elsewhere`. `start`: of each state at first.
    """
    frames, states = observed.shape
    came_from = np.zeros((frames, states), np.int64)
    likelihood = np.stack([observed[0] + start, np.empty(states)])
    _follow(observed, stay, switch, elsewhere, likelihood, came_from)
    path = np.empty(frames, np.int64)
    path[-1] = likelihood[(frames - 1) % 2].argmax()
    for frame in range(frames - 1, 0, -1):
        path[frame - 1] = came_from[frame, path[frame]]
    return path


@njit(cache=True, nogil=True)
def _follow(
    observed: Floats, stay: Floats, switch: Floats, elsewhere: Any, likelihood: Floats, came_from: NDArray[np.int64]
) -> None:
    """Write where the best path to each state comes from. `likelihood` [2, states]: at a frame and the one before it.

    Its row 0 holds that of the first frame; frame t writes to row t % 2.
    """
    frames, states = observed.shape
    pitches, width = stay.shape
    reach = width // 2
    for frame in range(1, frames):
        now = frame % 2
        before = 1 - now
        far, farthest = likelihood[before, 0] + elsewhere, 0
        for i in range(1, states):
            if likelihood[before, i] + elsewhere > far:
                far, farthest = likelihood[before, i] + elsewhere, i
        for state in range(states):
            pitch = state % pitches
            low, high = max(0, pitch - reach), min(pitches, pitch + reach + 1)
            best, origin = -np.inf, 0
            for half in range(2):
                within = (half == 0) == (state < pitches)
                shift = half * pitches
                for i in range(low, high):
                    k = i - pitch + reach
                    likely = likelihood[before, shift + i] + (stay[pitch, k] if within else switch[pitch, k])
                    if likely > best:
                        best, origin = likely, shift + i
            if far > best or (far == best and farthest < origin):
                best, origin = far, farthest
            likelihood[now, state] = observed[frame, state] + best
            came_from[frame, state] = origin
