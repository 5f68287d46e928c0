"""Published pairs are read as their publishers lay them out, and another layout is named as such."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok.errors import InvalidData, UnknownName
from audiotok.tasks.lm_pairs import published
from audiotok.tasks.lm_pairs.published import SALMON
from audiotok.tasks.lm_pairs.scoring import Pair


def wav(path: Path, pitch: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.1 * np.sin(2 * np.pi * pitch * np.arange(1600) / 16000), 16000)


@pytest.fixture
def zerospeech(tmp_path: Path) -> Path:
    """Two words in two voices, and one sentence."""
    words = ["filename,id,voice,frequency,word,phones,length,correct"]
    for i, (word, voice, correct) in enumerate((w, v, c) for w in (1, 2) for v in ("A", "B") for c in (0, 1)):
        wav(tmp_path / "lexical" / "dev" / f"w{i}.wav", 100 + 10 * i)
        words.append(f"w{i},{word},{voice},5,word,W,4,{correct}")
    sentences = ["id,filename,voice,type,subtype,correct,transcription"]
    for i, correct in enumerate((1, 0)):
        wav(tmp_path / "syntactic" / "dev" / f"s{i}.wav", 300 + 10 * i)
        sentences.append(f'7,s{i},A,agreement,number,{correct},"she sings, they say"')
    (tmp_path / "lexical" / "dev" / "gold.csv").write_text("\n".join(words) + "\n")
    (tmp_path / "syntactic" / "dev" / "gold.csv").write_text("\n".join(sentences) + "\n")
    return tmp_path


def test_zerospeech_pairs_a_word_and_a_non_word_of_one_voice(zerospeech: Path) -> None:
    (words,) = published.load(f"swuggy:{zerospeech}")
    assert words.pairs[0] == Pair("swuggy-00000-A", "swuggy-1", "w1", "w0", language="en")
    assert [(pair.item, pair.positive, pair.negative) for pair in words.pairs[1:]] == [
        ("swuggy-1", "w3", "w2"),
        ("swuggy-2", "w5", "w4"),
        ("swuggy-2", "w7", "w6"),
    ]
    assert words.rule == "code"
    (again,) = published.load(f"swuggy:{zerospeech / 'lexical' / 'dev'}")
    assert again.data == words.data
    (sentences,) = published.load(f"sblimp:{zerospeech}")
    assert [(p.item, p.positive, p.negative) for p in sentences.pairs] == [("sblimp-agreement-number-7", "s0", "s1")]


def test_gold_that_does_not_pair_is_refused_with_its_line(zerospeech: Path) -> None:
    gold = zerospeech / "lexical" / "dev" / "gold.csv"
    text = gold.read_text()
    gold.write_text(text.replace("w1,1,A,5,word,W,4,1", "w1,1,A,5,word,W,4,0"))
    with pytest.raises(InvalidData, match=r"gold\.csv:3: expected one row with correct=1 and one with 0"):
        published.load(f"swuggy:{zerospeech}")
    gold.write_text("\n".join(text.splitlines()[:-1]) + "\n")
    with pytest.raises(InvalidData, match=r"expected one row with correct=1 and one with 0 for \('2', 'B'\)"):
        published.load(f"swuggy:{zerospeech}")
    gold.write_text("file,correct\n")
    with pytest.raises(InvalidData, match="no column filename, id, voice"):
        published.load(f"swuggy:{zerospeech}")


def test_a_file_that_is_missing_stops_and_one_that_is_no_audio_breaks_its_pair(zerospeech: Path) -> None:
    broken = zerospeech / "lexical" / "dev" / "w0.wav"
    broken.write_bytes(b"no audio")
    (words,) = published.load(f"swuggy:{zerospeech}")
    assert set(words.broken) == {"w0.wav"}
    assert words.pairs[0].negative == "w0.wav"
    assert len(words.clips) == 7
    broken.unlink()
    with pytest.raises(InvalidData, match=r"w0\.wav does not exist, but swuggy needs it"):
        published.load(f"swuggy:{zerospeech}")


def test_an_empty_folder_says_what_is_expected(tmp_path: Path) -> None:
    expected = {
        "swuggy": r"lexical/dev/gold\.csv does not exist",
        "sblimp": r"syntactic/dev/gold\.csv does not exist",
        "tstorycloze": r"holds no 0_STORY_correct\.wav and 1_STORY_incorrect\.wav",
        "sstorycloze": r"holds no 0_STORY_correct\.wav",
        "salmon": r"speaker_consistency holds no sample_0_0\.wav; pass the folder with SALMon's parts",
    }
    assert set(expected) == set(published.PUBLISHED)
    for name, message in expected.items():
        with pytest.raises(InvalidData, match=message):
            published.load(f"{name}:{tmp_path}")
        with pytest.raises(InvalidData, match="is not a folder"):
            published.load(f"{name}:{tmp_path}/elsewhere")


@pytest.mark.parametrize("name", ["swuggy", "swuggy:", "wuggy:/tmp", "speaker"])
def test_a_name_without_a_folder_or_an_unknown_one_lists_how_they_come(name: str) -> None:
    with pytest.raises(UnknownName, match="published ones come as swuggy:FOLDER, sblimp:FOLDER"):
        published.load(name)


def test_stories_pair_by_number_and_name(tmp_path: Path) -> None:
    for number, story in ((0, "ab-1"), (2, "cd_2")):
        wav(tmp_path / "tSC" / f"{number}_{story}_correct.wav", 100 + number)
        wav(tmp_path / "tSC" / f"{number + 1}_{story}_incorrect.wav", 200 + number)
    (stories,) = published.load(f"tstorycloze:{tmp_path}")
    assert [(pair.positive, pair.negative) for pair in stories.pairs] == [
        ("tSC_0_ab-1_correct", "tSC_1_ab-1_incorrect"),
        ("tSC_2_cd_2_correct", "tSC_3_cd_2_incorrect"),
    ]
    (tmp_path / "tSC" / "3_cd_2_incorrect.wav").unlink()
    with pytest.raises(InvalidData, match=r"2_cd_2_correct\.wav has no other ending; expected 3_cd_2_incorrect\.wav"):
        published.load(f"tstorycloze:{tmp_path}")


def test_salmon_has_eight_parts_with_the_right_sample_first(tmp_path: Path) -> None:
    for part in SALMON:
        for number in (0, 10, 2):
            for option in (0, 1):
                wav(tmp_path / part / f"sample_{number}_{option}.wav", 100 + number + option)
    parts = published.load(f"salmon:{tmp_path}")
    assert [part.name for part in parts] == [f"salmon_{part}" for part in SALMON]
    assert len(SALMON) == 8
    for part in parts:
        assert [pair.positive for pair in part.pairs] == ["sample_0_0", "sample_2_0", "sample_10_0"]
        assert [pair.negative for pair in part.pairs] == ["sample_0_1", "sample_2_1", "sample_10_1"]
    wav(tmp_path / "bg_alignment" / "sample_2_2.wav", 300)
    with pytest.raises(InvalidData, match=r"bg_alignment: expected sample_2_0\.wav \(right\) and sample_2_1\.wav, and"):
        published.load(f"salmon:{tmp_path}")
