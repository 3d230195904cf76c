"""Detectors of misconceptions, one a module, in folders by what they are about.

Each module says what a beginner believes and what shows it, names in `TELLS` the misconceptions that it can tell,
and finds their signs with `detect`. It is listed in exactly one of the tuples below; nothing is discovered by magic.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from gradatim.tools.analysis.detectors.accumulators import (
    augmented_operator_reversed,
    comparison_direction_of_record,
    entry_started_wrongly,
    finished_inside_loop,
    initialise_inside_loop,
    statement_wrongly_inside_loop,
    statement_wrongly_outside_loop,
    total_carried_over,
    wrong_initial_maximum,
    wrong_initial_value,
)
from gradatim.tools.analysis.detectors.cases import (
    bare_except_hides_error,
    division_by_zero_unguarded,
    empty_input_forgotten,
    exception_returned_not_raised,
    guard_missing,
    prime_test_one_is_prime,
)
from gradatim.tools.analysis.detectors.classes import (
    attribute_errors,
    class_versus_instance_variable,
    constructor_returns,
    init_misspelled,
    method_called_on_class,
    mutable_class_attribute,
)
from gradatim.tools.analysis.detectors.conditions import (
    and_or_swapped,
    bitwise_for_logical,
    boolean_compared_to_true,
    boundary_comparison_strictness,
    comparison_as_statement,
    condition_order_too_general_first,
    find_returns_boolean,
    is_for_equality,
    opposite_answer,
    or_with_bare_literal,
    separate_ifs_for_elif,
)
from gradatim.tools.analysis.detectors.containers import (
    dictionary_iterates_values,
    empty_braces_returned,
    key_errors,
    set_indexable,
    single_item_for_tuple,
    tuple_joined_with_item,
    unhashable_key,
)
from gradatim.tools.analysis.detectors.functions import (
    code_after_return,
    hard_coded_answer,
    method_without_call,
    mutable_default_shared,
    none_attribute_access,
    none_for_empty_value,
    parentheses_missing_in_call,
    result_never_returned,
    result_sometimes_missing,
    return_wrong_variable,
    unused_parameter,
    wrong_argument_count,
)
from gradatim.tools.analysis.detectors.lists import (
    append_versus_extend,
    assignment_copies_object,
    compared_with_number,
    list_multiplication_shares_rows,
    missing_list_wrap,
    modify_list_while_iterating,
    mutating_method_result_used,
    order_of_result,
    slice_end_included,
    sort_versus_sorted,
)
from gradatim.tools.analysis.detectors.loops import (
    break_for_continue,
    early_exit_search,
    index_for_item,
    index_versus_element,
    infinite_while,
    loop_variable_reset,
    missing_loop_update,
    nested_loop_same_variable,
    positions_cut_short,
    positions_outside,
    range_of_list,
    range_starts_at_one,
    range_stop_included,
    return_inside_loop,
    while_condition_inverted,
)
from gradatim.tools.analysis.detectors.names import (
    name_errors,
    parameter_overwritten,
    shadowing_built_in,
    typo_in_name,
    unbound_locals,
)
from gradatim.tools.analysis.detectors.numbers import (
    caret_is_power,
    division_kind_confusion,
    float_equality,
    modulo_as_division,
    precedence_of_arithmetic,
    sequential_swap,
    string_number_confusion,
)
from gradatim.tools.analysis.detectors.output import (
    extra_debug_output,
    function_not_called,
    print_returns_value,
    prompt_in_output,
    return_instead_of_print,
    wrong_output_format,
)
from gradatim.tools.analysis.detectors.recursion import (
    missing_base_case,
    recursion_combines_wrongly,
    recursion_not_approaching_base,
    recursive_result_lost,
    wrong_base_case,
)
from gradatim.tools.analysis.detectors.strings import (
    case_sensitive_comparison,
    conversion_result_ignored,
    f_prefix_missing,
    list_join_misplaced,
    string_method_result_ignored,
    string_mutation_in_place,
    text_in_calculation,
    unconverted_input,
)
from gradatim.tools.analysis.detectors.syntax import (
    assignment_for_comparison,
    assignment_is_equation,
    comment_is_executed,
    else_has_condition,
    indentation_is_cosmetic,
    missing_colon,
    missing_quote,
    mixed_tabs_and_spaces,
    unbalanced_parentheses,
)
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.sign import Sign


class Detector(Protocol):
    """A module that looks for signs of one or a few related misconceptions."""

    @property
    def TELLS(self) -> tuple[str, ...]:
        """Ids of the misconceptions that its signs may name."""
        ...

    def detect(self, case: Examination) -> Iterator[Sign]:
        """Signs found in a program and its runs."""
        ...


TEXT_DETECTORS: tuple[Detector, ...] = (
    missing_colon,
    assignment_for_comparison,
    assignment_is_equation,
    else_has_condition,
    unbalanced_parentheses,
    missing_quote,
    mixed_tabs_and_spaces,
    indentation_is_cosmetic,
    comment_is_executed,
)
"""For programs that cannot be compiled: they work on the text."""

TREE_DETECTORS: tuple[Detector, ...] = (
    typo_in_name,
    unbound_locals,
    name_errors,
    parameter_overwritten,
    shadowing_built_in,
    result_never_returned,
    result_sometimes_missing,
    return_inside_loop,
    early_exit_search,
    code_after_return,
    print_returns_value,
    return_instead_of_print,
    function_not_called,
    none_for_empty_value,
    break_for_continue,
    return_wrong_variable,
    exception_returned_not_raised,
    guard_missing,
    bare_except_hides_error,
    range_stop_included,
    range_starts_at_one,
    positions_cut_short,
    positions_outside,
    range_of_list,
    index_for_item,
    index_versus_element,
    missing_loop_update,
    infinite_while,
    loop_variable_reset,
    while_condition_inverted,
    nested_loop_same_variable,
    initialise_inside_loop,
    wrong_initial_value,
    wrong_initial_maximum,
    comparison_direction_of_record,
    entry_started_wrongly,
    total_carried_over,
    finished_inside_loop,
    augmented_operator_reversed,
    statement_wrongly_outside_loop,
    statement_wrongly_inside_loop,
    boundary_comparison_strictness,
    opposite_answer,
    boolean_compared_to_true,
    find_returns_boolean,
    comparison_as_statement,
    and_or_swapped,
    bitwise_for_logical,
    condition_order_too_general_first,
    separate_ifs_for_elif,
    division_kind_confusion,
    caret_is_power,
    precedence_of_arithmetic,
    sequential_swap,
    modulo_as_division,
    string_number_confusion,
    float_equality,
    mutating_method_result_used,
    sort_versus_sorted,
    append_versus_extend,
    missing_list_wrap,
    modify_list_while_iterating,
    list_multiplication_shares_rows,
    assignment_copies_object,
    slice_end_included,
    order_of_result,
    list_join_misplaced,
    compared_with_number,
    string_method_result_ignored,
    conversion_result_ignored,
    string_mutation_in_place,
    text_in_calculation,
    unconverted_input,
    f_prefix_missing,
    case_sensitive_comparison,
    prompt_in_output,
    extra_debug_output,
    wrong_output_format,
    tuple_joined_with_item,
    single_item_for_tuple,
    key_errors,
    dictionary_iterates_values,
    unhashable_key,
    set_indexable,
    empty_braces_returned,
    none_attribute_access,
    method_without_call,
    missing_base_case,
    recursion_not_approaching_base,
    wrong_base_case,
    recursive_result_lost,
    recursion_combines_wrongly,
    wrong_argument_count,
    parentheses_missing_in_call,
    hard_coded_answer,
    unused_parameter,
    init_misspelled,
    constructor_returns,
    attribute_errors,
    class_versus_instance_variable,
    mutable_class_attribute,
    method_called_on_class,
    empty_input_forgotten,
    division_by_zero_unguarded,
    prime_test_one_is_prime,
)
"""For programs that compile and fail a test: what they tell is meant to explain the failure."""

ALWAYS_DETECTORS: tuple[Detector, ...] = (
    is_for_equality,
    or_with_bare_literal,
    mutable_default_shared,
)
"""For every program that compiles: what they tell is true even if all tests pass."""

__all__ = ["ALWAYS_DETECTORS", "TEXT_DETECTORS", "TREE_DETECTORS", "Detector"]
