"""What generated sounds are scored by: each beside real sounds, none of which ranks anybody."""

from audiotok.metrics import catalogue
from audiotok.metrics.generated import METRICS, OF_DRUMS, OF_MUSIC


def test_drums_and_music_have_the_same_scores_but_for_the_class() -> None:
    drums, music = ({metric.name.partition("_")[2] for metric in of} for of in (OF_DRUMS, OF_MUSIC))
    assert music == {"fad", "kad", "coverage", "copies", "soundless", "fad_musicnn", "kad_musicnn"}
    assert drums - music == {"class"}
    assert {metric.domains for metric in OF_DRUMS} == {("audio",)}
    assert {metric.domains for metric in OF_MUSIC} == {("music",)}


def test_real_sounds_stand_beside_all_but_copies_and_silence_and_rank_nobody() -> None:
    names = {metric.name for metric in METRICS}
    real = {metric for metric in METRICS if metric.name.endswith("_real")}
    assert {metric.name for metric in real} == {
        *("drums_class_real", "drums_fad_real", "drums_kad_real", "drums_coverage_real"),
        *(
            "music_fad_real",
            "music_kad_real",
            "music_coverage_real",
            "music_fad_musicnn_real",
            "music_kad_musicnn_real",
        ),
    }
    assert names >= {"drums_copies", "drums_soundless", "music_copies", "music_soundless"}
    assert all("an anchor" in metric.unranked for metric in real)
    assert not any(metric.unranked for metric in METRICS if metric not in real)


def test_a_signature_names_what_judges() -> None:
    assert catalogue.get("drums_class").signature_conditions == "judge:logmel-logistic.v1"
    assert catalogue.get("drums_class").chance == 20
    assert catalogue.get("music_kad_real").signature_conditions == "embedding:aisfx-0.1.2"
    assert catalogue.get("music_kad").evaluation_models == ("aisfx",)
    assert catalogue.get("music_kad_musicnn_real").signature_conditions == "embedding:musicnn-0.1.0-mtt"
    assert catalogue.get("music_kad_musicnn").evaluation_models == ("musicnn",)


def test_a_system_without_a_decoder_has_none_of_them() -> None:
    assert catalogue.get("drums_class").applies("audio", tokens=True, audio=True)
    assert not catalogue.get("drums_class").applies("audio", tokens=True, audio=False)
    assert not catalogue.get("music_fad").applies("speech", tokens=True, audio=True)
