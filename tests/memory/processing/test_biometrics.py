"""Nothing biometric is accepted; what only sounds like it is."""

from __future__ import annotations

import pytest

from gradatim.errors import InputError
from gradatim.memory.processing import biometric, refuse_biometrics
from tests.memory.material import event


@pytest.mark.parametrize(
    "name",
    ["heart_rate", "HeartRate", "heart-rate-bpm", "avgHeartrate", "HRV", "ECG", "pulse", "gazeX", "eye_tracking",
     "Eye Tracker", "pupilDilation", "blink rate", "facialExpression", "face", "face_recognition", "head-pose",
     "voice_pitch", "voiceprint", "skin conductance", "GSR", "eda", "electrodermal_activity", "galvanicSkinResponse",
     "EEG", "eeg.alpha", "fNIRS", "EMG", "keystroke_dynamics", "keystroke-biometrics", "typing rhythm", "mouseDynamics",
     "respiration_rate", "biometric", "biometrics_consent", "physiological-signals", "ｈｅａｒｔ ｒａｔｅ",
     "心率", "学生眼动数据", "Herzfrequenz"],
)  # fmt: skip
def test_names_of_the_body(name: str) -> None:
    assert biometric(name) is not None


@pytest.mark.parametrize(
    "name",
    ["", "code", "score", "seconds", "surface_id", "interface-id", "face-to-face", "user interface", "preface",
     "freedata", "seeded", "iris", "pupil-3", "fingerprint", "regaze2", "invoice", "impulse", "hint", "pauses", "edits",
     "confidence", "heart-of-the-matter", "eyes", "voice-over"],
)  # fmt: skip
def test_other_names(name: str) -> None:
    assert biometric(name) is None


@pytest.mark.parametrize(
    "payload",
    [
        {"heart_rate": 71},
        {"context": {"extensions": [{"https://example.org/xapi/eye-tracking": [0.1, 0.2]}]}},
        {"instrument": "EEG headset", "answers": {"a": 1}, "scale": [1, 5]},
        {"instrument": "affect", "answers": {"skin-conductance": 3}, "scale": [1, 5]},
        {"action": "keystroke-dynamics"},
        {"sensor": "face_recognition"},
    ],
)
def test_an_event_that_carries_it_is_refused(payload: dict[str, object]) -> None:
    with pytest.raises(InputError, match="biometric") as caught:
        refuse_biometrics(event(1, kind="interaction", payload=payload))
    assert "e0001" in (caught.value.place or "")
    assert "payload" in (caught.value.place or "")
    assert caught.value.remedy


def test_a_source_that_measures_bodies_is_refused() -> None:
    with pytest.raises(InputError, match="gaze"):
        refuse_biometrics(event(1, source="eye-tracker-3"))


def test_learners_may_write_of_anything() -> None:
    texts = {
        "code": "def heart_rate(gaze): return eeg",
        "text": "my heart rate went up",
        "resource": "ECG data set",
        "misconceptions": ["voice pitch"],
        "action": "open",
        "seconds": 3.5,
        "answers": {"q1": "EEG"},
    }
    refuse_biometrics(event(1, kind="interaction", payload=texts, source="moodle"))
    refuse_biometrics(event(2))


def test_it_is_found_however_deep_it_is() -> None:
    deep: dict[str, object] = {"gaze": 1}
    for _ in range(150):
        deep = {"a": [[deep]], "b": 1}
    built = event(1).model_copy(update={"payload": deep})
    with pytest.raises(InputError, match="gaze"):
        refuse_biometrics(built)
    deep = {"harmless": 1}
    for _ in range(150):
        deep = {"a": [[deep]], "b": 1}
    refuse_biometrics(event(1).model_copy(update={"payload": deep}))
