"""What each act is: one entry an act, by the stage of the motion at which it is performed."""
