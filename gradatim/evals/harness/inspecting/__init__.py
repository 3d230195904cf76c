"""What gradatim is in inspect_ai; use it by `gradatim.evals.harness.inspect`."""
