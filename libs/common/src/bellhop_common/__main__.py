"""How does a container run a command? `python -m bellhop_common serve router`."""

from bellhop_common.cli import main

if __name__ == "__main__":
    main()
