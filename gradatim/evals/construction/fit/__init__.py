"""Training the reader's upper layers and the two judges of `gradatim.kg.construction` on annotated course text.

`python -m gradatim.evals.construction.fit --initial PATH --out FOLDER` writes `reader.npz`, `concepts.npz` and
`relations.npz`; copied to `gradatim/kg/construction/weights/` they are what every build uses. It has to be run when
what is read from a text changes: sentences, phrases, features, or signs. It needs torch (`pip install
gradatim[training]`), which nothing imports before it is needed.
"""
