"""Writes abx.json: items and frames, and the ABX errors that fastabx gives of them, pair of phones by pair of phones.

git clone https://github.com/bootphon/fastabx && cd fastabx
git checkout c89fe924c297c9a6e69920f52d6e86f152815c09
python3.12 -m pip install . && python3.12 …/tests/golden/make_abx.py

Once of vectors, along a warped path, and once of units of one frame an item: there its distance of units, 0 or 1, is
an edit distance. Groups and speakers of X are not limited, for limits are drawn at random.
"""

import json
import random
from pathlib import Path
from tempfile import TemporaryDirectory

FILE = Path(__file__).with_name("abx.json")
RECORDINGS = {"s1-a": "s1", "s1-b": "s1", "s2-a": "s2", "s3-a": "s3"}
FRAMES, RATE = 110, 50  # of a recording, a second
PHONES, CONTEXTS = "ABC", "xy"
HEADER = "#file onset offset #phone prev-phone next-phone speaker"


def made() -> dict:
    """Vectors and units of every frame, and two item files; what phones look like overlaps, so that many are wrong."""
    draw = random.Random(0)
    content = {"vectors": {}, "units": {}, "items": [HEADER], "short": [HEADER]}
    for recording, speaker in RECORDINGS.items():
        vectors, units, at = [], [], 0  # at: hundredths of a second
        while at + 20 < 2 * FRAMES:
            phone, context = draw.choice(PHONES), draw.choice(CONTEXTS)
            begin, at = at, at + draw.randint(4, 18)  # a middle lies at every odd number, so often on a boundary
            content["items"].append(line(recording, begin / 100, at / 100, phone, context, speaker))
            while len(vectors) < at / 2:
                mean = 30 * PHONES.index(phone)
                vectors.append([draw.randint(mean - 40, mean + 40), draw.randint(-50, 50) + mean, draw.randint(1, 99)])
        for frame in range(len(vectors)):
            phone, context = draw.choice(PHONES), draw.choice(CONTEXTS)
            content["short"].append(
                line(recording, (frame + 0.25) / RATE, (frame + 0.75) / RATE, phone, context, speaker)
            )
            units.append(draw.choice([PHONES.index(phone), draw.randrange(4)]))
        content["vectors"][recording], content["units"][recording] = vectors, units
    return content


def line(recording: str, onset: float, offset: float, phone: str, context: str, speaker: str) -> str:
    return f"{recording} {onset:.3f} {offset:.3f} {phone} {context} z {speaker}"


def errors(folder: Path, lines: list[str], frames: dict[str, list], distance: str) -> dict[str, dict[str, float]]:
    """Within and across speakers: of two phones and the speaker of A and B, and of all."""
    import torch
    from fastabx import Dataset, Score, Task

    for recording, values in frames.items():
        torch.save(torch.tensor(values, dtype=torch.float32).reshape(len(values), -1), folder / f"{recording}.pt")
    (folder / "task.item").write_text("\n".join(lines) + "\n")
    context = ["prev-phone", "next-phone"]
    conditions = {
        "within": {"by": [*context, "speaker"], "across": None},
        "across": {"by": context, "across": ["speaker"]},
    }
    found = {}
    for speakers, asked in conditions.items():
        dataset = Dataset.from_item(folder / "task.item", folder, RATE, feature_maker=torch.load, extension=".pt")
        score = Score(Task(dataset, on="#phone", **asked), distance)
        rows = score.details(levels=[("next-phone", "prev-phone")]).iter_rows(named=True)
        found[speakers] = {f"{row['#phone']} not {row['#phone_b']}, by {row['speaker']}": row["score"] for row in rows}
        found[speakers]["all"] = score.collapse(levels=[("next-phone", "prev-phone"), "speaker"])
    return found


def main() -> None:
    content = made()
    with TemporaryDirectory() as folder:
        content["angular"] = errors(Path(folder), content["items"], content["vectors"], "angular")
        content["identical"] = errors(Path(folder), content["short"], content["units"], "identical")
    FILE.write_text(json.dumps(content, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
