"""Statistics for evaluations: every figure with its interval and its source, every test with its effect.

Plain functions over sequences of numbers. Wrong input (a value missing, lengths that differ) is an `InputError` that
names the place; data that allow no answer (too few, all equal) give an `Estimate` or a `TestResult` of `None` that says
why in `method`. Nothing warns, and nothing is guessed.
"""

from gradatim.evals.statistics.calibration import BrierParts, brier, brier_parts, calibration_error
from gradatim.evals.statistics.comparing import paired_t, welch
from gradatim.evals.statistics.correlation import (
    fisher_interval,
    independent_correlations,
    pearson,
    pearson_test,
    spearman,
    spearman_test,
)
from gradatim.evals.statistics.dependent import steiger, steiger_of, steiger_shared_of, williams, williams_of
from gradatim.evals.statistics.discrimination import auc, delong
from gradatim.evals.statistics.effect import cohens_d, cohens_d_paired, hedges_g
from gradatim.evals.statistics.estimate import Estimate, TestResult
from gradatim.evals.statistics.kappa import (
    cohen_kappa,
    cohen_kappa_of,
    fleiss_kappa,
    fleiss_kappa_test,
    ratings_table,
)
from gradatim.evals.statistics.krippendorff import krippendorff_alpha
from gradatim.evals.statistics.library import NoStatistics
from gradatim.evals.statistics.location import mean, normalised_gain
from gradatim.evals.statistics.mcnemar import mcnemar, mcnemar_of
from gradatim.evals.statistics.missing import littles_mcar
from gradatim.evals.statistics.multiple import benjamini_hochberg, holm
from gradatim.evals.statistics.power import n_for_correlation, n_for_power, power_correlation, power_t
from gradatim.evals.statistics.proportions import (
    difference_of_proportions,
    paired_difference,
    paired_difference_of_counts,
    proportion,
)
from gradatim.evals.statistics.ranks import mann_whitney, rank_biserial, wilcoxon
from gradatim.evals.statistics.reliability import cronbach_alpha, feldt_interval, icc, retest
from gradatim.evals.statistics.resampling import bootstrap, permutation

__all__ = [
    "BrierParts", "Estimate", "NoStatistics", "TestResult", "auc", "benjamini_hochberg", "bootstrap", "brier",
    "brier_parts", "calibration_error", "cohen_kappa", "cohen_kappa_of", "cohens_d", "cohens_d_paired",
    "cronbach_alpha", "delong", "difference_of_proportions", "feldt_interval", "fisher_interval", "fleiss_kappa",
    "fleiss_kappa_test", "hedges_g", "holm", "icc", "independent_correlations", "krippendorff_alpha", "littles_mcar",
    "mann_whitney", "mcnemar", "mcnemar_of", "mean", "n_for_correlation", "n_for_power", "normalised_gain",
    "paired_difference", "paired_difference_of_counts", "paired_t", "pearson", "pearson_test", "permutation",
    "power_correlation", "power_t", "proportion", "rank_biserial", "ratings_table", "retest", "spearman",
    "spearman_test", "steiger", "steiger_of", "steiger_shared_of", "welch", "wilcoxon", "williams", "williams_of",
]  # fmt: skip
