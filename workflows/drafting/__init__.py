"""The assistant: a suggested text for the reasons of a decision, with a source for every paragraph.

It is asked for by the judge who has the motion, after that judge has opened the materials and chosen an outcome. It
composes what the motion, the catalogue and the acts already say; it weighs nothing, scores nobody and decides nothing.
"""
