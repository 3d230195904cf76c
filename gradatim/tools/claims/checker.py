"""One place that knows how each kind of claim is checked."""

from __future__ import annotations

from typing import assert_never

from gradatim.domain import (
    CallResultClaim,
    ChangeFixesClaim,
    Check,
    Claim,
    ComplexityClaim,
    ConceptDefinitionClaim,
    ConceptRelationClaim,
    ConstructClaim,
    ExampleOutputClaim,
    ExceptionClaim,
    ExpectedResultClaim,
    FaultKindClaim,
    FaultLineClaim,
    HistoryClaim,
    InputClassClaim,
    LineQuoteClaim,
    MisconceptionClaim,
    ProseClaim,
    TerminationClaim,
    TestCountClaim,
    TestOutcomeClaim,
    VariableValueClaim,
)
from gradatim.kg import ConceptStore
from gradatim.tools.claims import lookup
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.constructs import check_construct
from gradatim.tools.claims.faults import check_fault_kind, check_fault_line
from gradatim.tools.claims.inputclasses import check_input_class
from gradatim.tools.claims.observing import check_complexity, check_termination, check_variable_value
from gradatim.tools.claims.relations import check_relation
from gradatim.tools.claims.remembered import check_definition, check_history
from gradatim.tools.claims.running import (
    check_call_result,
    check_change,
    check_example,
    check_expected_result,
)
from gradatim.tools.sandbox import Sandbox


class ClaimChecker:
    """Executes or looks up claims.

    Args:
        sandbox: Where programs run.
        store: Where concepts are looked up.
    """

    def __init__(self, sandbox: Sandbox, store: ConceptStore) -> None:
        self.sandbox = sandbox
        self.store = store

    async def check(self, claim: Claim, case: Case, cited: tuple[str, ...] = ()) -> Check:
        """What became of the claim.

        Args:
            cited: Ids of the evidence that the claim's statement cites.

        Raises:
            SandboxError: A program has to be run and cannot be.
        """
        match claim:
            case TestOutcomeClaim():
                return lookup.check_test_outcome(claim, case)
            case TestCountClaim():
                return lookup.check_test_count(claim, case)
            case LineQuoteClaim():
                return lookup.check_line_quote(claim, case)
            case ExceptionClaim():
                return lookup.check_exception(claim, case)
            case MisconceptionClaim():
                return lookup.check_misconception(claim, case)
            case ProseClaim():
                return lookup.check_prose(claim, case, cited)
            case ConceptRelationClaim():
                return await check_relation(claim, self.store)
            case CallResultClaim():
                return await check_call_result(claim, case, self.sandbox)
            case ExpectedResultClaim():
                return await check_expected_result(claim, case, self.sandbox)
            case ChangeFixesClaim():
                return await check_change(claim, case, self.sandbox)
            case ExampleOutputClaim():
                return await check_example(claim, self.sandbox)
            case FaultLineClaim():
                return check_fault_line(claim, case)
            case FaultKindClaim():
                return check_fault_kind(claim, case)
            case ConstructClaim():
                return check_construct(claim, case)
            case TerminationClaim():
                return check_termination(claim, case)
            case HistoryClaim():
                return check_history(claim, case)
            case ConceptDefinitionClaim():
                return await check_definition(claim, self.store)
            case InputClassClaim():
                return await check_input_class(claim, case, self.sandbox)
            case VariableValueClaim():
                return await check_variable_value(claim, case, self.sandbox)
            case ComplexityClaim():
                return await check_complexity(claim, case, self.sandbox)
            case _:
                assert_never(claim)
