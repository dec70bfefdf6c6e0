"""Expressions of SQL as trees: what the grammars of several engines have in common.

An engine brings its tokens, its grammar and what binds how tightly; here are the parts that these
are made of.
"""
