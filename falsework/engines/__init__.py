"""The only place that knows vendors: one package an engine, none inheriting from another."""
