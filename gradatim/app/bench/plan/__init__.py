"""`gradatim bench plan`: instructions turned into workflow files.

Instructions and the steps that each asks for stand in `instructions.yaml`, on which the planner was developed, and in
`held_back.yaml`, on which it was not. An instruction counts if its workflow passes the checker and does every asked-for
step, which `predicates` reads off the graph.
"""

from gradatim.app.bench.plan.bench import plan

__all__ = ["plan"]
