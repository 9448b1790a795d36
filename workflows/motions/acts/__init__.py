"""The definition of each act: one entry an act, grouped by the stage of the motion."""
