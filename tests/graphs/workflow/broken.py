"""Workflow files that cannot run: each with the line, a part of what is told, and a part of the remedy.

`BASE` stands before a snippet that begins with `nodes:`.
"""

from __future__ import annotations

BASE = "workflow: broken\ninputs: [task, submission]\n"  # two lines

FORM: tuple[tuple[str, int, str, str], ...] = (
    ("", 0, "is empty", "write the file's entries"),
    ("- a\n- b\n", 1, "is a list, not a mapping", "nodes:"),
    ("workflow: x\nnodes: {a: {kind: [}\n", 2, "not YAML", "bracket"),
    ("workflow: x\nnodes: {a: {with: {question: May it go out?, shows: []}}}\n", 2, "not YAML", "question mark"),
    ("workflow: x\n\tnodes: {}\n", 2, "not YAML", "spaces, not tabs"),
    ("workflow: &n x\nnodes: {a: *n}\nedges: [a -> END]\n", 2, "alias", "write the value out"),
    ("workflow: x\nworkflow: y\nnodes: {intake: }\nedges: [START -> intake]\n", 2, "given twice", "keep one"),
    ("workflow: x\nnodes:\n  intake:\n  intake:\nedges: [START -> intake]\n", 4, "given twice", "keep one"),
    ("workflow: x\nedges: [START -> a]\n", 1, "'nodes' is missing", "add `nodes:`"),
    ("nodes: {intake: }\nedges: [START -> intake]\n", 1, "'workflow' is missing", "add `workflow:`"),
    ("workflow: x\nnodes: {}\nedges: [a -> END]\n", 2, "'nodes' has 0 entries", "write at least 1"),
    ("workflow: x\nnodes: {intake: }\nedges: []\n", 3, "'edges' has 0 entries", "write at least 1"),
    (
        "workflow: x\nnodes:\n  intake:\n    execute:\nedges: [a -> b]\n",
        4,
        "unknown key 'execute' in 'intake'",
        "indent it as",
    ),
    ("workflow: x\ninputs: 3\nnodes: {intake: }\nedges: [a -> b]\n", 2, "'inputs' has to be a list", "[one, another]"),
    ("workflow: x\nnodes: {a: {workflow: no.yaml}}\nedges: [START -> a]\n", 2, "'no.yaml' does not exist", "path"),
    ("workflow: x\nnode: {intake: }\nedges: [START -> intake]\n", 2, "unknown key 'node'", "did you mean 'nodes'?"),
    ("workflow: x\nsteps: {intake: }\nedges: [a -> b]\n", 2, "unknown key 'steps'", "did you mean 'nodes'?"),
    ("workflow: my flow\nnodes: {intake: }\nedges: [START -> intake]\n", 1, "'my flow' is not a name", "letters"),
    ("workflow: x\nnodes: {1st: }\nedges: [START -> intake]\n", 2, "'1st' is not a name", "letters"),
    ("workflow: x\nnodes:\n  intake: [a]\nedges: [START -> intake]\n", 3, "'intake' has to be", "{kind: KIND"),
    ("workflow: x\nnodes:\n  a: {kind: intake, retries: 3}\nedges: [a -> b]\n", 3, "'retries'", "mean 'retry'?"),
    ("workflow: x\nnodes:\n  a: {kind: intake, retry: 0}\nedges: [a -> b]\n", 3, "'retry'", "number of tries"),
    ("workflow: x\nnodes:\n  a: {kind: intake, timeout: .inf}\nedges: [a -> b]\n", 3, "plain number", "in digits"),
    ("workflow: x\nnodes:\n  a: {kind: intake, timeout: soon}\nedges: [a -> b]\n", 3, "'timeout'", "write seconds"),
    ("workflow: x\nnodes:\n  a: !!python/name:os.system x\nedges: [a -> b]\n", 3, "tag", "leave the tag out"),
    ("workflow: x\nnodes: {a: }\nedges:\n  - 5\n", 4, "has to be", "write `a -> b`"),
    ("workflow: x\nnodes: {a: }\nedges:\n  - a: [{when: b}]\n", 4, "'to' is missing", "add `to:`"),
    ("workflow: x\nnodes: {a: }\nedges:\n  - a: [{to: a, goto: b}]\n", 4, "'goto'", "mean 'to'?"),
    ("workflow: x\nnodes: {a: }\nedges:\n  - a: [{to: a, at_most: often}]\n", 4, "'at_most'", ""),
    ("workflow: x\nparameters:\n  n: {type: int}\nnodes: {a: }\nedges: [a -> b]\n", 3, "'type'", ""),
    ("? [a, b]\n: c\n", 1, "stands as a key", "use a word"),
)
"""Files whose form is wrong."""

_E = "edges: [START -> execute, execute -> END]\n"

MEANING: tuple[tuple[str, int, str, str], ...] = (
    ("nodes: {execute: }\nedges: [START → execute -> END]\n", 4, "no node 'START → execute'", "write arrows as `->`"),
    ("outputs: [excution]\nnodes: {execute: }\n" + _E, 3, "nobody writes the output", "mean 'execution'?"),
    # kinds and their parameters
    ("nodes: {exectue: }\nedges: [START -> exectue, exectue -> END]\n", 3, "no kind 'exectue'", "'execute'?"),
    ("nodes:\n  execute: {kind: exec}\n" + _E, 4, "no kind 'exec'", "did you mean 'execute'?"),
    ("nodes:\n  execute: {with: {limit: 3}}\n" + _E, 4, "no parameter 'limit'", "leave `with` out"),
    ("nodes:\n  intake: {with: {limits: 3}}\nedges: [START -> intake -> END]\n", 4, "'limits'", "mean 'limit'?"),
    ("nodes:\n  intake: {with: {limit: many}}\nedges: [START -> intake -> END]\n", 4, "'limit'", "kinds intake"),
    ("nodes:\n  a: {kind: set}\n  execute:\nedges: [START -> a -> execute -> END]\n",
     4, "needs the parameter", "with:"),
    ("nodes:\n  intake: {with: {limit: '${size}'}}\nedges: [START -> intake -> END]\n", 4, "no parameter 'size'", ""),
    ("nodes:\n  generate: {prompts: {sytem: x}}\n  execute:\n" + _E, 4, "no prompt 'sytem'", "mean 'system'?"),
    ("nodes:\n  execute: {kind: execute, workflow: 'packaged:assessment'}\n" + _E, 4, "both a kind and", "one"),
    ("nodes:\n  a: {workflow: 'packaged:assesment'}\n  execute:\n" + _E, 4, "assesment", "mean 'assessment'?"),
    ("nodes:\n  execute: {for_each: task}\n" + _E, 4, "has no 'as'", "together"),
    ("nodes:\n  execute: {for_each: task, as: program}\n" + _E, 4, "reads nothing called 'program'", "it reads"),
    # keys
    ("nodes: {diagnose: }\nedges: [START -> diagnose -> END]\n", 3, "'execution', which nobody writes", "(execute"),
    ("nodes:\n  execute: {reads: {tsk: task}}\n" + _E, 4, "does not read 'tsk'", "mean 'task'?"),
    ("nodes:\n  execute: {writes: {verdict: v}}\n" + _E, 4, "does not write 'verdict'", "it writes: execution"),
    ("nodes:\n  execute: {reads: {task: submission}}\n" + _E, 2, "read as different things", "`reads:`"),
    ("nodes:\n  a: {kind: set, with: {values: {execution: 3}}}\n  diagnose:\n"
     "edges: [START -> a -> diagnose -> END]\n", 5, "as Execution, but 'a' writes whole number", "`reads:`"),
    ("nodes:\n  execute:\n  grade:\n  note: {with: {about: x, keys: [grad]}}\n"
     "edges: [START -> execute -> grade -> note -> END]\n", 6, "'grad', which nobody writes", "inputs"),
    ("outputs: [grade]\nnodes: {execute: }\n" + _E, 3, "nobody writes the output 'grade'", "(grade)"),
    ("nodes: {execute: }\n" + _E.replace("[", "[START -> execute, "), 4, "stands twice", "keep one"),
    # what nobody has checked
    ("nodes:\n  execute:\n  diagnose:\n  generate:\n  a: {kind: choose, with: {of: [draft]}}\n"
     "edges: [START -> execute -> diagnose -> generate -> a -> END]\n", 7, "writes unchecked", "check_text"),
    ("outputs: [answer]\nnodes:\n  a: {kind: ask_model, with: {prompt: '{submission}'}}\n  execute:\n"
     "edges: [START -> a -> execute -> END]\n", 3, "output 'answer' is unchecked", "release"),
    ("nodes:\n  execute:\n  diagnose:\n  generate:\n  verify: {writes: {checked: c}}\n"
     "  record: {reads: {outcome: draft}}\n"
     "edges: [START -> execute -> diagnose -> generate -> verify -> record -> END]\n", 8, "unchecked", "check_text"),
    # edges
    ("nodes: {execute: }\nedges: [START -> execute, execute -> enD]\n", 4, "no node 'enD'", "did you mean 'END'?"),
    ("nodes: {execute: }\nedges: [START -> execute, execute > END]\n", 4, "is no edge", "`->`"),
    ("nodes: {execute: }\nedges: [START -> execute, 'execute -> , END']\n", 4, "a name is missing", "a, b -> c"),
    ("nodes: {execute: }\nedges: [execute -> END]\n", 4, "no edge begins at START", "START -> NODE"),
    ("nodes: {execute: }\nedges: [START -> execute]\n", 3, "nothing follows 'execute'", "execute -> END"),
    ("nodes: {execute: }\nedges: [START -> execute, execute -> START, execute -> END]\n", 4, "leads to START", "first"),
    ("nodes: {execute: }\nedges: [START -> execute, END -> execute]\n", 4, "begins at END", "turn the edge"),
    ("nodes: {execute: , recall: }\nedges: ['START, recall -> execute', execute -> END]\n", 4, "START stands", "own"),
    ("nodes:\n  execute:\n  recall:\nedges: [START -> execute, execute -> END, recall -> END]\n",
     5, "no way leads", "add"),
    ("nodes:\n  execute:\n  recall:\nedges:\n  - START -> execute\n  - execute, recall -> END\n",
     5, "no way leads", ""),
    # routes and loops
    ("nodes: {execute: }\nedges:\n  - START -> execute\n  - execute: [{when: task.id == 'x', to: END}]\n",
     6, "when no condition", "without `when`"),
    ("nodes: {execute: }\nedges:\n  - START -> execute\n"
     "  - execute: [{to: END}, {when: task.id == 'x', to: execute}]\n",
     6, "never taken", "give the way before it a condition"),
    ("nodes: {execute: }\nedges:\n  - START -> execute\n  - execute: [{to: execute, at_most: 2}]\n",
     6, "taken 2 times, nothing follows", "without `at_most`"),
    ("nodes: {execute: , recall: }\nedges:\n  - START -> execute\n  - execute -> recall\n"
     "  - recall: [{when: task.id == 'x', to: execute}, {to: END}]\n", 7, "has no bound", "at_most"),
    ("nodes: {execute: }\nedges:\n  - START -> execute\n  - execute -> execute\n", 6, "has no bound", "at_most"),
    ("nodes: {execute: }\nedges:\n  - START -> execute\n"
     "  - execute: [{when: execution.pased, to: END}, {to: END}]\n", 6, "Execution has no 'pased'", "'passed'?"),
    ("nodes: {execute: }\nedges:\n  - START -> execute\n"
     "  - execute: [{when: verdict == 'correct', to: END}, {to: END}]\n", 6, "nothing is called 'verdict'", "keys"),
    ("nodes: {execute: }\nedges:\n  - START -> execute\n"
     "  - execute: [{when: execution.verdict == 'right', to: END}, {to: END}]\n", 6, "never 'right'", "it can be"),
    ("nodes: {execute: }\nedges:\n  - START -> execute\n"
     "  - execute: [{when: execution.seconds > 'long', to: END}, {to: END}]\n", 6, "cannot be compared", "numbers"),
    ("nodes: {execute: }\nedges:\n  - START -> execute\n"
     "  - execute: [{when: \"__import__('os')\", to: END}, {to: END}]\n", 6, "may not stand", "comparisons"),
    ("nodes: {execute: }\nedges:\n  - START -> execute\n"
     "  - execute: [{when: execution.seconds = 3, to: END}, {to: END}]\n", 6, "cannot be read", "`==`"),
    ("nodes: {execute: }\nedges:\n  - START -> execute\n"
     "  - execute: [{when: execution.passed, to: execute, at_most: '${n}'}, {to: END}]\n", 6, "no parameter 'n'", ""),
    # what only the rehearsal sees
    ("nodes:\n  execute:\n  recall:\n  diagnose:\nedges:\n  - START -> execute, recall\n  - recall -> END\n"
     "  - execute, recall -> diagnose\n  - diagnose: [{when: learner == null, to: recall, at_most: 1}, {to: END}]\n",
     10, "waits for execute for ever", "all nodes of the join"),
    ("nodes:\n  intake:\n  execute:\n  diagnose:\nedges:\n  - START -> intake\n"
     "  - intake: [{when: task.id == 'x', to: execute}, {to: diagnose}]\n  - execute -> diagnose\n"
     "  - diagnose -> END\n",
     6, "not written on the way intake → diagnose", "put execute before it"),
    ("outputs: [diagnosis]\nnodes:\n  execute:\n  diagnose:\nedges:\n  - START -> execute\n"
     "  - execute: [{when: execution.passed, to: END}, {to: diagnose}]\n  - diagnose -> END\n",
     3, "output 'diagnosis' is not written on the way execute → END", "leave the output out"),
    ("nodes:\n  execute:\n  a: {kind: grade}\n  b: {kind: grade}\nedges:\n  - START -> execute\n  - execute -> a, b\n"
     "  - a, b -> END\n", 6, "'a' and 'b' write 'grade' side by side", "writes: {grade:"),
    ("nodes:\n  execute:\n  recall:\n  a: {kind: grade}\nedges:\n  - START -> execute, recall\n  - execute -> a\n"
     "  - recall: [{when: learner == null, to: END}, {to: execute}]\n  - a -> END\n", 4, "works twice", "->"),
    ("nodes:\n  execute: {on_error: sorry}\n  sorry: {kind: set, with: {values: {x: 1}}}\n  recall:\n  diagnose:\n"
     "edges:\n  - START -> execute, recall\n  - execute, recall -> diagnose\n  - diagnose -> END\n  - sorry -> END\n",
     4, "stands in a join", "on_error: degrade"),
    ("nodes:\n  execute: {on_error: degrade}\n  grade:\nedges: [START -> execute -> grade -> END]\n",
     5, "not written on the way", ""),
    ("nodes:\n  execute:\n  look: {kind: ask_person, with: {question: 'OK?'}, retry: 2}\n"
     "edges: [START -> execute -> look -> END]\n", 5, "waits for a person", "leave it out"),
    ("parameters:\n  task: {type: string}\nnodes: {execute: }\n" + _E, 4, "both a parameter and a key", "rename"),
    ("parameters:\n  n: {type: integer, default: 9, maximum: 5}\nnodes: {execute: }\n" + _E, 4, "above 5", "default"),
    ("parameters:\n  n: {type: integer, minimum: 7, maximum: 5}\nnodes: {execute: }\n" + _E,
     4, "above its max", "swap"),
)  # fmt: skip
"""Files whose form is right and that still cannot run."""
