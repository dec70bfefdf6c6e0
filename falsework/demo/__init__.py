"""The sample application: a small cloud, at release A and at release B. Read the two side by side.

``diff falsework/demo/release_a.py falsework/demo/release_b.py`` is the upgrade that
``falsework demo`` runs.
"""
