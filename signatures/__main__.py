"""``python -m signatures verify FILE``: is this container genuine? See :mod:`signatures.cli.command`."""

from signatures.cli.command import main

if __name__ == "__main__":
    raise SystemExit(main())
