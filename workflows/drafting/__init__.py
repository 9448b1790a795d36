"""The assistant: a suggested text for the reasons of a decision, with a source for every paragraph.

The judge who has the motion requests it, after opening the materials and choosing an outcome. It composes what the
motion, the catalogue and the acts already say; it weighs nothing, scores nobody and decides nothing.
"""
