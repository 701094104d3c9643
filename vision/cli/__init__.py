"""The terminal: ``python -m vision``. One file per group of commands; each loads what it needs when it is called.

Answers go to stdout, everything else to stderr, one line each. Exit codes: 0 answered, 1 failed or refused, 2 wrong
use, 130 stopped with Ctrl-C. No traceback and no library's own chatter ever reaches the person.
"""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Sequence

import click

from vision import bugs
from vision.cli import asking, batching, comparing, contesting, extracting, launching, listing, preparing
from vision.cli.terminal import Gone, be_lenient, forget_stdout, say
from vision.errors import LoupeError

OK, FAILED, WRONG_USE, STOPPED = 0, 1, 2, 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def commands() -> None:
    """Questions about pictures, answered by Claude, Gemini, OpenAI, a local server or the on-device reader."""


for _command in (
    asking.ask,
    asking.chat,
    comparing.compare,
    contesting.compare_models,
    extracting.extract,
    batching.batch,
    preparing.prepare,
    listing.models,
    launching.app,
):
    commands.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and ends the process with its exit code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    be_lenient()
    warnings.simplefilter("ignore")
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except (Gone, BrokenPipeError):
        forget_stdout()
        return FAILED
    return code


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code = commands.main(arguments, prog_name="python -m vision", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        return WRONG_USE
    except click.ClickException as error:
        say(f"Error: {error.format_message()}")
        return WRONG_USE
    except (click.Abort, KeyboardInterrupt):
        say("Stopped.")
        return STOPPED
    except LoupeError as error:
        say(error.sentence)
        return FAILED
    except Gone:
        raise
    except Exception as error:  # noqa: BLE001 - the last wall: a person never meets a traceback
        say(bugs.sentence(error))
        return FAILED
    return code if isinstance(code, int) else OK
