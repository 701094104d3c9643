"""``app``: the browser app, from the terminal."""

from __future__ import annotations

import click


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Default: LOUPE_PORT, or 8501.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser window.")
def app(port: int | None, no_browser: bool) -> int:
    """Open the app in the browser. Ctrl-C ends it."""
    from vision.cli.launch import launch  # noqa: PLC0415

    return launch(port, open_browser=not no_browser)
