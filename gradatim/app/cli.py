"""The `gradatim` command: its overview, and what happens when a command fails."""

from __future__ import annotations

import errno
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from typing import Any

import click

from gradatim import __version__
from gradatim.app.console import (
    drop_output,
    emit,
    error_data,
    label,
    listen_to_log,
    prepare_streams,
    reader_gone,
    say,
    say_error,
)
from gradatim.app.lazy import LazyCommand, LazyGroup
from gradatim.errors import GradatimError, InputError, StorageError

EXIT_USAGE = 2
EXIT_BUG = 70
"""`EX_SOFTWARE` of sysexits."""
EXIT_INTERRUPTED = 130
EXIT_READER_GONE = 141

_OVERVIEW = {
    "assess": "Assess programs: verdict, diagnosis, feedback.",
    "batch": "Assess thousands of programs into one file.",
    "execute": "Run a task's tests on programs, safely.",
    "diagnose": "Find suspicious lines and misconceptions, without a model.",
    "review": "Decide about feedback that waits for a person.",
    "tutor": "Talk about a task or a concept, one question at a time.",
    "workflow": "Check, draw, run and plan workflow files.",
    "item": "Make, review, calibrate and export items of a chosen difficulty.",
    "report": "Reports for a learner, a teacher and a class.",
    "eval": "Run experiments, score traces, compare, report.",
    "trace": "Show, compare and convert recorded runs.",
    "learn": "Fit, use and measure models of learners.",
    "learner": "See, export and forget what is remembered.",
    "kg": "Read, draw, build and check the concept graph.",
    "model": "List, pull and convert language models.",
    "mcp": "Serve the agents as tools over MCP.",
    "serve": "Start vLLM for a model, or show how.",
    "capacity": "Figure what machines carry and what a student costs.",
    "languages": "List the languages that learners are spoken to in.",
    "doctor": "Say what works here and what is missing.",
    "bench": "Measure how fast and how right gradatim is here.",
}
COMMANDS = {name: LazyCommand(f"gradatim.app.commands.{name}:{name}", text) for name, text in _OVERVIEW.items()}
"""Every command by name: the module and the command in it are called the same."""

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


class Gradatim(LazyGroup):
    """The outermost group: turns everything that can go wrong into a message and an exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        arguments = list(sys.argv[1:] if args is None else args)
        prepare_streams()
        sys.exit(self._run(arguments, prog_name or "gradatim", complete_var, extra))

    def _run(self, arguments: list[str], name: str, complete_var: str | None, extra: dict[str, Any]) -> int:
        options = arguments[: arguments.index("--")] if "--" in arguments else arguments
        as_json, debug = "--json" in options, "--debug" in options
        try:
            code = super().main(arguments, name, complete_var, standalone_mode=False, **extra)
            if sys.stdout is not None:  # somebody may have closed it: `>&-`
                sys.stdout.flush()
        except click.Abort:
            say("interrupted")
            return EXIT_INTERRUPTED
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            return EXIT_USAGE
        except click.ClickException as error:
            _say_usage(error, as_json)
            return EXIT_USAGE
        except GradatimError as error:
            if debug:
                say(traceback.format_exc())
            say_error(error)
            if as_json:
                emit({"error": error_data(error)})
            return error.exit_code
        except BrokenPipeError:
            drop_output()
            return EXIT_READER_GONE
        except OSError as error:
            if error.errno not in _NO_ROOM:
                return _say_bug(error, as_json, debug)
            say_error(StorageError(f"nothing more can be written: {error.strerror}", place=error.filename))
            drop_output()
            return StorageError.exit_code
        except Exception as error:  # noqa: BLE001 the last one who can say anything
            return _say_bug(error, as_json, debug)
        return code if isinstance(code, int) else 0

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            # click ends the process silently for any broken pipe; only the one to our reader deserves that.
            if reader_gone():
                drop_output()
                ctx.exit(EXIT_READER_GONE)
            raise RuntimeError("a pipe to another process broke") from error


class _Bug(GradatimError):
    exit_code = EXIT_BUG


def _say_usage(error: click.ClickException, as_json: bool) -> None:
    context = getattr(error, "ctx", None)
    remedy = f"see `{context.command_path} --help`" if context else "see `gradatim --help`"
    message = error.format_message()
    if message.startswith("No such option '--debug'"):
        remedy = "write it before the command: `gradatim --debug …`"
    say(f"{label('error')} {message}")
    say(f"{label('remedy')} {remedy}")
    if as_json:
        emit({"error": error_data(InputError(message, remedy=remedy), "UsageError")})


def _say_bug(error: Exception, as_json: bool, debug: bool) -> int:
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    remedy = "run `gradatim --debug …` with the same arguments and report the traceback"
    if debug:
        say(traceback.format_exc())
        remedy = "please report the traceback above"
    say(f"{label('error')} a bug in gradatim {__version__}: {what}")
    say(f"{label('remedy')} {remedy}")
    if as_json:
        emit({"error": error_data(_Bug(what, remedy=remedy), "Bug")})
    return EXIT_BUG


@click.group(
    name="gradatim",
    cls=Gradatim,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(__version__, message="gradatim %(version)s")
@click.pass_context
def cli(ctx: click.Context, debug: bool) -> None:
    """Personalised assessment of programs, step by step: evidence before text.

    \b
    Exit codes: 0 done; 1 the work found a problem (each command's help says which);
    2 the input or the command line is wrong; 3 something gradatim needs does not work;
    70 a bug in gradatim; 130 interrupted.

    Settings come from options, GRADATIM_* variables, .env and gradatim.toml.
    """
    listen_to_log(debug)
    if os.environ.get("NO_COLOR"):
        ctx.color = False


def main() -> None:
    """Run the command line; the console script's entry point."""
    if not sys.warnoptions and "--debug" not in sys.argv:
        warnings.simplefilter("ignore")  # they speak to programmers, of libraries
    cli()
