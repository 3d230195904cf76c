"""The learner's rights over what is remembered: to see, to correct, to agree or not, to be forgotten."""
