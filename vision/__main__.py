"""``python -m vision``: see ``vision.cli``."""

from vision.cli import main

if __name__ == "__main__":
    main()
