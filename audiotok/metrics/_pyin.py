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


@njit(cache=True, nogil=True)
def candidates(differences: NDArray[Any], thresholds: Floats, prior: Floats, boltzmann: Any, no_trough: Any) -> Floats:
    """[periods, frames] -> [periods, frames], the probability of each period: where the difference has a trough.

    `thresholds` [N], rising, have the probabilities `prior` [N]. At each, a trough below it weighs the more the shorter
    its period (a Boltzmann distribution over their ranks); where there is none, the lowest gets `no_trough` of it.
    """
    periods, frames = differences.shape
    found = np.zeros((periods, frames))
    troughs = np.empty(periods, np.int64)
    for frame in range(frames):
        column = differences[:, frame]
        count = 0
        for i in range(periods):
            if i == 0:
                trough = column[0] < column[1]
            elif i == periods - 1:
                trough = column[i] < column[i - 1]
            else:
                trough = column[i] < column[i - 1] and column[i] <= column[i + 1]
            if trough:
                troughs[count] = i
                count += 1
        if count == 0:
            continue
        lowest = 0
        for j in range(1, count):
            if column[troughs[j]] < column[troughs[lowest]]:
                lowest = j
        for n in range(len(thresholds)):
            below = 0
            for j in range(count):
                below += column[troughs[j]] < thresholds[n]
            if below == 0:
                found[troughs[lowest], frame] += no_trough * prior[n]
                continue
            total = (1 - np.exp(-boltzmann)) / (1 - np.exp(-boltzmann * below))
            rank = 0
            for j in range(count):
                if column[troughs[j]] < thresholds[n]:
                    found[troughs[j], frame] += total * np.exp(-boltzmann * rank) * prior[n]
                    rank += 1
    return found


@njit(cache=True, nogil=True)
def most_likely_path(observed: Floats, stay: Floats, switch: Floats, elsewhere: Any, start: Any) -> NDArray[np.int64]:
    """Logarithms of probabilities -> [frames], the states of the best path (Viterbi); of equals the lowest.

    `observed` [frames, 2 * pitches]: of the voiced states, then of the unvoiced ones. `stay` and `switch` [pitches, 1 +
    2 * reach]: of coming to a pitch from one at most `reach` away, within voicing and across; from any other state it
    is `elsewhere`. `start`: of each state at first.
    """
    frames, states = observed.shape
    pitches, width = stay.shape
    reach = width // 2
    came_from = np.zeros((frames, states), np.int64)
    before, now = observed[0] + start, np.empty(states)
    for frame in range(1, frames):
        far, farthest = before[0] + elsewhere, 0
        for i in range(1, states):
            if before[i] + elsewhere > far:
                far, farthest = before[i] + elsewhere, i
        for state in range(states):
            pitch = state % pitches
            low, high = max(0, pitch - reach), min(pitches, pitch + reach + 1)
            best, origin = -np.inf, 0
            for half in range(2):
                steps = stay if (half == 0) == (state < pitches) else switch
                shift = half * pitches
                for i in range(low, high):
                    likely = before[shift + i] + steps[pitch, i - pitch + reach]
                    if likely > best:
                        best, origin = likely, shift + i
            if far > best or (far == best and farthest < origin):
                best, origin = far, farthest
            now[state] = observed[frame, state] + best
            came_from[frame, state] = origin
        before, now = now, before
    path = np.empty(frames, np.int64)
    path[-1] = before.argmax()
    for frame in range(frames - 1, 0, -1):
        path[frame - 1] = came_from[frame, path[frame]]
    return path
