"""Measurements of the network_support service: `python -m tests.bench support`."""
