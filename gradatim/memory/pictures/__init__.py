"""Pictures of what is known about a learner: data in, the bytes of an SVG or PNG out."""

from gradatim.memory.pictures.calibration import calibration_of_predictions
from gradatim.memory.pictures.canvas import FORMATS, Format
from gradatim.memory.pictures.concept_map import concept_map
from gradatim.memory.pictures.concepts import ConceptMap, MapConcept, map_around
from gradatim.memory.pictures.mastery import mastery_over_time
from gradatim.memory.pictures.reliability import Reliability, reliability
from gradatim.memory.pictures.series import (
    ConceptSeries,
    Marked,
    Point,
    Prediction,
    marked,
    mastery_series,
    predictions,
)

__all__ = [
    "FORMATS",
    "ConceptMap",
    "ConceptSeries",
    "Format",
    "MapConcept",
    "Marked",
    "Point",
    "Prediction",
    "Reliability",
    "calibration_of_predictions",
    "concept_map",
    "map_around",
    "marked",
    "mastery_over_time",
    "mastery_series",
    "predictions",
    "reliability",
]
