"""Measurements: `make bench`, `make bench ONLY=spine`. Commands, not tests: what they say depends on the machine.

Each figure that has a goal is a ratio of two things measured in turns in the same run, because machines differ and are
shared; the goal of a footprint is what it says.
"""
