"""Nothing biometric enters the memory.

Affect and attention are told by what learners do and say, never by their bodies: heart rate, gaze, face, voice, skin,
brain waves, the rhythm of keystrokes. An event that carries such a thing is refused as a whole, before it is stored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, cast

from gradatim.domain import LearnerEvent
from gradatim.errors import InputError

_FAMILIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("the heart", (
        "heartrate", "heartbeat", "heartratevariability", "pulserate", "hrv", "ecg", "ekg", "electrocardiogram",
        "photoplethysmogram", "photoplethysmography", "ppg", "bloodpressure", "bloodoxygen", "oxygensaturation",
        "spo2", "rrinterval", "rrintervals", "ibi", "bpm",
    )),
    ("the gaze", (
        "gaze", "eyetracking", "eyetracker", "eyemovement", "eyemovements", "pupilsize", "pupildiameter",
        "pupildilation", "pupillometry", "saccade", "saccades", "fixationduration", "fixationcount", "blinkrate",
        "eyeblink", "eyeblinks", "irisscan", "retinascan",
    )),
    ("the face", (
        "facial", "facerecognition", "facedetection", "faceid", "faceimage", "facevideo", "faceembedding",
        "facelandmarks", "actionunits", "microexpression", "microexpressions", "emotionrecognition", "webcamvideo",
        "webcamimage", "headpose",
    )),
    ("the voice", (
        "voiceprint", "voicepitch", "pitchofvoice", "voicestress", "voicesample", "voicerecording", "vocalpitch",
        "vocalstress", "speakerrecognition", "speechprosody", "mfcc",
    )),
    ("the skin", (
        "skinconductance", "skinresponse", "electrodermal", "galvanicskin", "gsr", "eda", "skintemperature",
        "bodytemperature", "fingerprintscan", "fingerprinttemplate", "fingerprintsensor", "palmprint",
    )),
    ("the brain or the muscles", (
        "eeg", "electroencephalogram", "electroencephalography", "brainwave", "brainwaves", "fnirs", "emg",
        "electromyogram", "electromyography", "fmri",
    )),
    ("breath and movement", (
        "respirationrate", "respiratoryrate", "breathingrate", "gaitanalysis", "posturetracking", "bodymovement",
        "bodymovements",
    )),
    ("the rhythm of keystrokes or of the mouse", (
        "keystrokedynamics", "keystrokebiometrics", "keystroketiming", "keystroketimings", "keystrokelatency",
        "keystrokelatencies", "keystrokerhythm", "keydynamics", "mousedynamics", "typingrhythm", "typingbiometrics",
        "typingdynamics",
    )),
    ("the body", ("biometric", "biometrics", "biometry", "physiological", "psychophysiological", "cortisol")),
)  # fmt: skip
_ELSEWHERE = {
    "心率": "the heart", "脉搏": "the heart", "心电": "the heart", "herzfrequenz": "the heart", "眼动": "the gaze",
    "注视": "the gaze", "瞳孔": "the gaze", "blickverfolgung": "the gaze", "人脸": "the face", "面部": "the face",
    "表情识别": "the face", "声纹": "the voice", "皮电": "the skin", "皮肤电": "the skin", "hautleitwert": "the skin",
    "指纹识别": "the skin", "脑电": "the brain or the muscles", "肌电": "the brain or the muscles",
    "生物识别": "the body", "生物特征": "the body",
}  # fmt: skip
"""Terms of other languages, looked for anywhere in a name."""
_TERMS = {term: family for family, terms in _FAMILIES for term in terms}
_WHOLE = {"face": "the face", "faces": "the face", "webcam": "the face", "voice": "the voice", "pulse": "the heart"}
"""Terms that mean the body only where they are the whole name: there is `face-to-face`, too."""
_ANYWHERE = 9
"""Letters from which on a term is also looked for within words; `faceid` is in `surfaceid`."""
_LONG = tuple((term, family) for term, family in _TERMS.items() if len(term) >= _ANYWHERE)
_WORDS = re.compile(r"[^a-z0-9]+")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NAMING = frozenset({"instrument", "action", "sensor", "measure", "measurement", "signal", "device", "modality"})
"""Keys whose text names what was measured; other texts are the learner's own and are not looked at."""
_KEYS = frozenset({
    "passed", "confidence", "code", "seconds", "score", "items_done", "items_total", "edits", "pauses",
    "error_category", "action", "resource", "instrument", "label", "value", "text", "purpose", "given",
})  # fmt: skip
"""Keys that the memory reads, none of which is biometric."""
_FLAT = frozenset({str, int, float, bool, type(None)})
_LONGEST = 200
"""Characters of a name that are looked at."""
_LONGEST_PLACE = 200
"""Characters of where a name stands that are told."""


def refuse_biometrics(event: LearnerEvent) -> None:
    """Refuse an event that carries something biometric.

    Looked at are the event's source, the names of everything in the payload, at any depth, and the texts that name an
    instrument, sensor, action and the like; not programs, resources, answers and messages, in which anybody may write
    of anything.

    Raises:
        InputError: It does; names the place.
    """
    if event.source is not None and biometric(event.source) is not None:
        raise _refused(event, "source", event.source)
    payload = event.payload
    # Nearly all payloads are flat and have keys that are known: they cost a look at each key.
    if not _KEYS.issuperset(payload) or not _FLAT.issuperset(map(type, payload.values())):
        for place, name in _named(payload):
            if biometric(name) is not None:
                raise _refused(event, place, name)
    elif not _NAMING.isdisjoint(payload):
        for key in _NAMING & payload.keys():
            name = payload[key]
            if isinstance(name, str) and biometric(name) is not None:
                raise _refused(event, f"payload.{key}", name)


def biometric(name: str) -> str | None:
    """What of the body a name tells of; `None` for a name of anything else.

    Spellings make no difference: `heart rate`, `heart_rate`, `heartRate` and `HEART-RATE` are the same.
    """
    return _family(name[:_LONGEST])


@lru_cache(maxsize=8_192)
def _family(name: str) -> str | None:
    plain = unicodedata.normalize("NFKC", name)
    words = [word for word in _WORDS.split(_HUMPS.sub(" ", plain).lower()) if word]
    for length in (1, 2, 3, 4):
        for start in range(len(words) - length + 1):
            family = _TERMS.get("".join(words[start : start + length]))
            if family is not None:
                return family
    text = "".join(words)
    if text in _WHOLE:
        return _WHOLE[text]
    found = next((family for term, family in _LONG if term in text), None)
    return found or next((family for term, family in _ELSEWHERE.items() if term in plain.lower()), None)


def _named(payload: Any) -> Iterator[tuple[str, str]]:
    """The names in a payload, however deep it is, each with where it stands."""
    waiting: list[tuple[Any, str]] = [(payload, "payload")]
    while waiting:
        value, place = waiting.pop()
        if isinstance(value, dict):
            for key, inner in cast("dict[str, object]", value).items():
                yield place, key
                if isinstance(inner, str):
                    if key in _NAMING:
                        yield f"{place}.{key}", inner
                elif isinstance(inner, dict | list):
                    waiting.append((cast("Any", inner), f"{place}.{key}"[:_LONGEST_PLACE]))
        else:
            for number, within in enumerate(cast("list[object]", value)):
                if isinstance(within, dict | list):
                    waiting.append((cast("Any", within), f"{place}[{number}]"[:_LONGEST_PLACE]))


def _refused(event: LearnerEvent, place: str, name: str) -> InputError:
    return InputError(
        f"{name!r} is biometric: it tells of {biometric(name)}",
        place=f"event {event.id!r}, {place}",
        remedy="leave it out: nothing biometric is accepted, whatever it is for",
    )
