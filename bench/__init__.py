"""Measurements: our work beside a peer's and beside the limit, in one run. Ratios count."""
