"""Starting the app for a person: one command, one sentence when it cannot start, one when it ends.

The server is Streamlit's own, in a child process, so that nothing here (and nothing below ``vision``) imports it.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Sequence

from vision.settings import ROOT, load_settings
from vision.store import Store

ADDRESS = "127.0.0.1"


def port_is_free(port: int) -> bool:
    """Whether a server could listen on ``port`` of this machine now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name != "nt":  # there it would mean the opposite: share the port with whoever has it
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True


def command(port: int) -> Sequence[str]:
    """The server's command line. What never changes stands in .streamlit/config.toml."""
    return (sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(port))


def launch(port: int, *, open_browser: bool) -> int:
    """Run the app until Ctrl-C; returns the exit code: 1 when it could not start, 0 when she ended it.

    Raises LoupeError when the data cannot be opened.
    """
    url = f"http://{ADDRESS}:{port}"
    if not port_is_free(port):
        print(
            f"Port {port} is taken, perhaps by Loupe itself: look at {url}, or start with another port: "
            f"make run PORT={port + 1}",
            file=sys.stderr,
        )
        return 1
    _bring_up_to_date()
    environment = {**os.environ, "MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "2")}
    # In a session of its own, so that a Ctrl-C reaches only this process, which then ends the server in good order.
    server = subprocess.Popen(  # noqa: S603 - our own interpreter
        command(port), cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    threading.Thread(target=_announce, args=(server, url, open_browser), daemon=True).start()
    for name in ("SIGTERM", "SIGHUP"):  # asked to end, or the terminal window was closed
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: server.terminate())
    try:
        code = server.wait()
    except KeyboardInterrupt:
        _end(server)
        print("\nLoupe has stopped. Your pictures and talks are kept.", file=sys.stderr)
        return 0
    return 0 if code in (0, -signal.SIGTERM) else 1


def _bring_up_to_date() -> None:
    """Opens the store once before the server does: pending migrations run, and what is wrong with a setting, the disk
    or the database is said in one sentence (a LoupeError) instead of in the server's log."""
    Store.from_settings(load_settings()).close()


def _announce(server: subprocess.Popen[bytes], url: str, open_browser: bool) -> None:
    """Say where the app is as soon as it answers."""
    while server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):  # noqa: S310 - our own http address
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    if server.poll() is None:
        print(f"Loupe is at {url}  (Ctrl-C stops it)", flush=True)
        if open_browser and _has_screen():
            webbrowser.open(url)


def _has_screen() -> bool:
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _end(server: subprocess.Popen[bytes]) -> None:
    """Give the server time to end its answers and close its store, then insist."""
    server.terminate()
    try:
        server.wait(timeout=10)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        server.kill()
        server.wait()
