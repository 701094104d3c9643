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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from vision.cli.terminal import Gone, say, write
from vision.settings import ROOT, Settings, load_settings
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


def launch(port: int | None, *, open_browser: bool) -> int:
    """Run the app until Ctrl-C; returns the exit code: 1 when it could not start, 0 when she ended it.

    Raises LoupeError when a setting cannot be used or the data cannot be opened.
    """
    settings = load_settings()
    port = port or settings.port
    url = f"http://{ADDRESS}:{port}"
    if not port_is_free(port):
        other = port + 1 if port < 65535 else port - 1
        say(
            f"Port {port} is taken, perhaps by Loupe itself: look at {url}, or start with another port: "
            f"make run PORT={other}"
        )
        return 1
    Store.from_settings(settings).close()  # pending migrations run, and what is wrong is said here, not in a log
    server: subprocess.Popen[bytes] | None = None
    try:
        with _held_back():
            server = _start(port, settings)
        threading.Thread(target=_announce, args=(server, url, open_browser), daemon=True).start()
        code = server.wait()
    except KeyboardInterrupt:
        if server is not None:
            _end(server)
        if sys.stderr.isatty():
            say("")  # the terminal has just written ^C
        say("Loupe has stopped. Your pictures and talks are kept.")
        return 0
    return 0 if code in (0, -signal.SIGTERM) else 1


@contextmanager
def _held_back() -> Iterator[None]:
    """Whoever asks to end (Ctrl-C, SIGTERM, the closed terminal window) in this block is heard behind it, and then as a
    KeyboardInterrupt: in the middle of starting it would leave a server that nobody ends."""
    came: list[int] = []
    signals = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    for number in signals:
        signal.signal(number, lambda which, _frame: came.append(which))
    try:
        yield
    finally:
        for number in signals:
            signal.signal(number, signal.default_int_handler)
    if came:
        raise KeyboardInterrupt


def _start(port: int, settings: Settings) -> subprocess.Popen[bytes]:
    """The server, out of reach of the terminal's Ctrl-C: only this process hears it, and ends the server in good
    order. Streamlit looks for its settings in the folder it is started in, so all paths go along made absolute."""
    environment = {**os.environ, "MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "2")}
    environment |= settings.as_environment()
    apart: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return subprocess.Popen(  # noqa: S603 - our own interpreter
        command(port), cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **apart
    )


def _announce(server: subprocess.Popen[bytes], url: str, open_browser: bool) -> None:
    """Say where the app is as soon as it answers."""
    while server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):  # noqa: S310 - our own http address
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    if server.poll() is None:
        with suppress(Gone):  # nobody reads it: no reason to end
            write(f"Loupe is at {url}  (Ctrl-C stops it)\n")
        if open_browser and _has_screen():
            webbrowser.open(url)


def _has_screen() -> bool:
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _end(server: subprocess.Popen[bytes]) -> None:
    """Give the server time to end its answers and close its store, then insist."""
    if sys.platform == "win32":
        server.send_signal(signal.CTRL_BREAK_EVENT)  # terminate() would end it there without a word
    else:
        server.terminate()
    try:
        server.wait(timeout=10)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        server.kill()
        server.wait()
