#!/usr/bin/env python
"""Django's command line for ecase."""

from ecase.__main__ import main

if __name__ == "__main__":
    main()
