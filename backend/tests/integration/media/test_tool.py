"""Foreign programs that misbehave, run for real."""

import sys
import threading
from pathlib import Path

import pytest

from noteai.errors import Cancelled, InputError, NoSpaceLeft
from noteai.media.tool import (
    LONGEST_LINE,
    TAIL_LINES,
    Command,
    Limits,
    Output,
    ToolFailed,
    ToolMissing,
    ToolTimedOut,
    run,
    stream,
)

MIB = 1 << 20
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def shell(script: str, folder: Path) -> Command:
    return Command(program="/bin/sh", args=("-c", script), folder=folder)


def python(script: str, folder: Path, *args: str) -> Command:
    return Command(program=sys.executable, args=("-c", script, *args), folder=folder)


def runs(pid: int) -> bool:
    """Whether a process lives: neither gone nor a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def dies(pid: int) -> bool:
    """Whether a process that was killed is dead soon: a kill takes effect a little later."""
    for _ in range(500):
        if not runs(pid):
            return True
        threading.Event().wait(0.01)
    return False


def test_what_it_printed_comes_back(tmp_path: Path) -> None:
    output = run(shell("echo said; echo grumbled >&2", tmp_path))
    assert (output.stdout, output.stderr) == (b"said\n", "grumbled")


def test_it_runs_in_its_folder(tmp_path: Path) -> None:
    run(shell("echo here > made", tmp_path))
    assert (tmp_path / "made").read_text() == "here\n"


def test_arguments_reach_it_as_they_are(tmp_path: Path) -> None:
    hostile = ("$(touch pwned)", "`touch pwned`", "; touch pwned", "-rf", "a\nb", "'\"", "*", "")
    output = run(python("import sys; print(sys.argv[1:])", tmp_path, *hostile))
    assert output.stdout.decode().strip() == repr(list(hostile))
    assert list(tmp_path.iterdir()) == []


def test_it_has_nothing_to_read(tmp_path: Path) -> None:
    assert run(shell("cat", tmp_path)).stdout == b""


def test_a_failure_says_program_status_and_last_words(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match=r"sh ended with status 3: went wrong"):
        run(shell("echo went wrong >&2; exit 3", tmp_path))


def test_a_program_killed_by_a_signal_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match="status -11"):
        run(shell("kill -SEGV $$", tmp_path))


@pytest.mark.parametrize("program", ["no-such-program", "/no/such/program", "/"])
def test_a_missing_program_is_said_by_its_code(tmp_path: Path, program: str) -> None:
    with pytest.raises(ToolMissing) as caught:
        run(Command(program=program, args=(), folder=tmp_path))
    assert caught.value.code == "tool_missing"
    assert isinstance(caught.value, InputError)


@on_linux
def test_the_time_limit_kills_what_the_program_started(tmp_path: Path) -> None:
    script = "(sleep 300 & echo $! > grandchild; wait) & echo $! > child; wait"
    with pytest.raises(ToolTimedOut, match="after 1 seconds"):
        run(shell(script, tmp_path), Limits(wall=1.0))
    started = [int((tmp_path / name).read_text()) for name in ("child", "grandchild")]
    assert all(dies(pid) for pid in started)


def test_a_program_that_ignores_signals_is_stopped_in_time(tmp_path: Path) -> None:
    script = "trap '' TERM INT HUP; while :; do sleep 1; done"
    with pytest.raises(ToolTimedOut):
        run(shell(script, tmp_path), Limits(wall=0.5))


def test_a_program_that_closes_its_pipes_is_stopped_in_time(tmp_path: Path) -> None:
    with pytest.raises(ToolTimedOut):
        run(shell("exec >&- 2>&-; sleep 300", tmp_path), Limits(wall=0.5))


@on_linux
def test_what_a_program_leaves_behind_is_killed_with_its_end(tmp_path: Path) -> None:
    output = run(shell("sleep 300 >/dev/null 2>&1 & echo $!", tmp_path))
    assert dies(int(output.stdout))


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no limit on address space")
def test_memory_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match="MemoryError"):
        run(python("bytearray(1 << 30)", tmp_path), Limits(memory=512 * MIB))


def test_processor_time_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match=r"status -(9|24)"):
        run(shell("while :; do :; done", tmp_path), Limits(cpu=1, wall=60))


def test_a_file_beyond_the_limit_is_not_written(tmp_path: Path) -> None:
    script = "import sys; open('big', 'wb').write(bytes(8 << 20))"
    with pytest.raises(ToolFailed):
        run(python(script, tmp_path), Limits(file_size=MIB))
    assert (tmp_path / "big").stat().st_size <= MIB


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NoSpaceLeft):
        run(shell("LC_ALL=C exec dd if=/dev/zero of=/dev/full count=1", tmp_path))


def test_much_on_both_pipes_does_not_block(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "for n in range(500):\n"
        "    sys.stdout.buffer.write(bytes(10_000))\n"
        "    sys.stderr.write(f'{n} ' + 'x' * 5_000 + '\\n')\n"
    )
    output = run(python(script, tmp_path))
    assert len(output.stdout) == 5_000_000
    kept = output.stderr.splitlines()
    assert [int(line.split()[0]) for line in kept] == list(range(500 - TAIL_LINES, 500))


def test_a_line_without_end_is_heard_in_pieces(tmp_path: Path) -> None:
    output = run(python("import sys; sys.stderr.write('x' * (10 << 20))", tmp_path))
    kept = output.stderr.splitlines()
    assert 1 < len(kept) <= TAIL_LINES
    assert max(map(len, kept)) <= LONGEST_LINE


def test_last_words_that_are_no_text_are_kept_readable(tmp_path: Path) -> None:
    output = run(shell(r"printf 'a\377b\n' >&2", tmp_path))
    assert output.stderr == "a\ufffdb"


def test_the_listener_takes_lines_and_leaves_others(tmp_path: Path) -> None:
    heard: list[str] = []

    def listen(line: str) -> bool:
        heard.append(line)
        return line.startswith("take")

    output = run(shell("echo take me >&2; echo leave me >&2; echo >&2", tmp_path), listen=listen)
    assert heard == ["take me", "leave me"]
    assert output.stderr == "leave me"


@on_linux
def test_a_listener_that_raises_ends_the_program_and_is_heard(tmp_path: Path) -> None:
    def listen(line: str) -> bool:
        raise Cancelled

    with pytest.raises(Cancelled):
        run(shell("echo $$ > pid; echo go >&2; sleep 300", tmp_path), listen=listen)
    assert dies(int((tmp_path / "pid").read_text()))


@on_linux
def test_no_zombie_is_left(tmp_path: Path) -> None:
    with stream(shell("echo said", tmp_path)) as process:
        output = process.finish()
    assert output.stdout == b"said\n"
    assert not Path(f"/proc/{process._child.pid}").exists()


@on_linux
def test_leaving_early_kills_a_program_that_never_ends(tmp_path: Path) -> None:
    with stream(shell("while :; do echo more; done", tmp_path)) as process:
        assert process.stdout.readline() == b"more\n"
    assert not Path(f"/proc/{process._child.pid}").exists()


@on_linux
def test_an_error_in_the_block_kills_the_program(tmp_path: Path) -> None:
    started = []

    def work() -> None:
        with stream(shell("sleep 300", tmp_path)) as process:
            started.append(process._child.pid)
            raise KeyError

    with pytest.raises(KeyError):
        work()
    assert not Path(f"/proc/{started[0]}").exists()


def test_killing_what_has_ended_is_harmless(tmp_path: Path) -> None:
    with stream(shell("true", tmp_path)) as process:
        process.finish()
        process.kill()
    process.kill()
    process.close()


def test_a_program_that_was_killed_is_a_failure_for_who_waits(tmp_path: Path) -> None:
    with stream(shell("echo ready; sleep 300", tmp_path)) as process:
        process.stdout.readline()
        process.kill()
        with pytest.raises(ToolFailed, match="status -9"):
            process.finish()


def test_many_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    found: dict[int, Output] = {}

    def one(number: int) -> None:
        found[number] = run(shell(f"echo {number}; echo {number} >&2", tmp_path))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {n: int(each.stdout) for n, each in found.items()} == {n: n for n in range(12)}
    assert all(int(each.stderr) == n for n, each in found.items())


KILL_ALL = """
import sys, threading
from pathlib import Path
from noteai.errors import Cancelled
from noteai.media.tool import Command, ToolFailed, admit, kill_all, run, stream

def sleeper(name):
    script = f"echo $$ > {name}; echo ready; sleep 300"
    return Command(program="/bin/sh", args=("-c", script), folder=Path.cwd())

def wait():
    with stream(sleeper("one")) as process:
        process.stdout.readline()
        up.set()
        try:
            process.finish()
        except ToolFailed as failure:
            print("failed", failure.facts["status"])

up = threading.Event()
waiting = threading.Thread(target=wait)
waiting.start()
up.wait()
kill_all()
waiting.join()
try:
    run(sleeper("two"))
except Cancelled:
    print("cancelled")
admit()
print(run(Command(program="echo", args=("again",), folder=Path.cwd())).stdout.decode().strip())
"""


@on_linux
def test_all_are_killed_and_no_more_started_when_a_process_leaves(tmp_path: Path) -> None:
    output = run(python(KILL_ALL, tmp_path))
    assert output.stdout.decode().split("\n") == ["failed -9", "cancelled", "again", ""]
    assert dies(int((tmp_path / "one").read_text()))
    assert not (tmp_path / "two").exists()


def test_limits_are_those_of_the_program_and_not_of_ours(tmp_path: Path) -> None:
    script = "ulimit -v; ulimit -t; ulimit -f"
    limits = Limits(memory=1 << 30, cpu=77, file_size=1 << 20)
    said = run(shell(script, tmp_path), limits).stdout.decode().split()
    assert said == [str(1 << 20), "77", str(1 << 11)]
