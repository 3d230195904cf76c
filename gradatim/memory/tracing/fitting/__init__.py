"""Estimation: parameters of knowledge tracing by EM, weights of logistic models by L-BFGS."""
