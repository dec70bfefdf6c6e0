"""Pure planning: a live schema, the models and a server in, a plan out. No I/O, no vendor."""
