"""The command ``python -m signatures verify FILE``, and the same in a process with resource limits."""
