"""``python -m signatures verify FILE``: verify a container. See :mod:`signatures.cli.command`."""

from signatures.cli.command import main

if __name__ == "__main__":
    raise SystemExit(main())
