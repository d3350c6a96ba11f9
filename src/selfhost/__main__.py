"""`python -m selfhost ...`, for when the `selfhost` command is not on the path."""

from selfhost.cli import main

raise SystemExit(main())
