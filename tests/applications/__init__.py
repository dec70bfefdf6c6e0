"""Real applications, from a revision of their own history to the models of today.

Each is a module that says what an operator would: which tables its first revision makes, which
models are to come, and what the diff cannot know, added to the models from outside. The packages
are in tox environments of their own (``tox -e app-keystone``); without them nothing is collected.
"""
