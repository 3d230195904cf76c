"""Which lines of a failing program may hold the fault."""

from gradatim.tools.localisation.formulas import FORMULAS, Formula, Spectrum, ochiai
from gradatim.tools.localisation.ranking import localise
from gradatim.tools.localisation.spectra import rank_by_formula, spectra_of, statement_lines

__all__ = [
    "FORMULAS",
    "Formula",
    "Spectrum",
    "localise",
    "ochiai",
    "rank_by_formula",
    "spectra_of",
    "statement_lines",
]
