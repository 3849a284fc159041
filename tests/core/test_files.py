"""`write_whole`: readers and other writers see whole files, and nothing is written that was not asked for."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from autograd._files import write_whole

posix = pytest.mark.skipif(os.name == "nt", reason="modes, links and pipes are those of POSIX")
with_stdout = pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="the system has no /dev/stdout")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix  # Windows does not replace a file that somebody reads
def test_whoever_reads_a_file_that_threads_write_at_once_finds_one_of_what_they_wrote(tmp_path: Path) -> None:
    path = tmp_path / "x"
    contents = [letter * size for letter, size in ((b"a", 1_000_000), (b"b", 1_500_000), (b"c", 10))]
    write_whole(path, contents[0])
    errors: list[BaseException] = []

    def write(content: bytes) -> None:
        try:
            for _ in range(50):
                write_whole(path, content)
        except BaseException as error:
            errors.append(error)

    writers = [threading.Thread(target=write, args=(content,)) for content in contents]
    for writer in writers:
        writer.start()
    found = set()
    while any(writer.is_alive() for writer in writers):
        found.add(path.read_bytes())
    assert errors == []
    assert found | {path.read_bytes()} <= set(contents)
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_what_waits_under_a_temporary_name_is_neither_written_to_nor_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    link, file, folder, by_process = (tmp_path / name for name in (".1", ".2", ".3", f".x.{os.getpid()}"))
    link.symlink_to(victim)
    by_process.symlink_to(victim)
    file.write_bytes(b"mine too")
    folder.mkdir()
    before = set(tmp_path.iterdir())
    monkeypatch.setattr(tempfile, "_get_candidate_names", lambda: iter("1234"))
    write_whole(tmp_path / "x", b"all of it")
    assert set(tmp_path.iterdir()) == before | {tmp_path / "x"}
    assert (victim.read_bytes(), file.read_bytes()) == (b"mine", b"mine too")
    assert link.readlink() == by_process.readlink() == victim
    assert (tmp_path / "x").read_bytes() == b"all of it"


@posix
@pytest.mark.parametrize("before", [0o600, 0o640, 0o644, 0o400, 0o777])
def test_a_file_keeps_its_mode(tmp_path: Path, before: int) -> None:
    path = tmp_path / "x"
    path.touch()
    path.chmod(before)
    write_whole(path, b"all of it")
    assert mode(path) == before


@posix
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_a_new_file_has_the_mode_that_open_gives(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        write_whole(tmp_path / "ours", b"")
        (tmp_path / "open").touch()
    finally:
        os.umask(before)
    assert mode(tmp_path / "ours") == mode(tmp_path / "open")


@posix
def test_while_it_is_written_nobody_else_can_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders: list[int] = []

    def look(self: Path, data: bytes) -> int:
        folders.append(mode(self.parent))
        return original(self, data)

    original = Path.write_bytes
    monkeypatch.setattr(Path, "write_bytes", look)
    write_whole(tmp_path / "x", b"secret")
    assert folders == [0o700]


@posix
def test_a_link_stays_a_link_also_where_nothing_is_there_yet(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "target", tmp_path / "link"
    link.symlink_to(Path("folder", "target"))
    for content in (b"one", b"two"):
        write_whole(link, content)
        assert link.is_symlink()
        assert target.read_bytes() == content
        assert not target.is_symlink()


@posix
def test_a_link_in_a_circle_is_an_error_that_names_it_and_stays(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(link)
    with pytest.raises(OSError, match=r"link'$") as caught:
        write_whole(link, b"nowhere")
    assert caught.value.errno == errno.ELOOP
    assert link.is_symlink()


@pytest.mark.parametrize("name", ["n" * 250, "n" * 255, ".hidden", "name with spaces", "名" * 80])
def test_any_name_that_a_file_may_have_will_do(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    try:
        path.write_bytes(b"before")
    except OSError:
        pytest.skip("the system takes no such name")
    write_whole(path, b"after")
    assert path.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_names_the_file_that_was_asked_for(tmp_path: Path) -> None:
    for path in (tmp_path / "missing" / "x", tmp_path):
        with pytest.raises(OSError, match=r"\[Errno") as caught:
            write_whole(path, b"")
        assert caught.value.filename == str(path)
    assert list(tmp_path.iterdir()) == []


@posix
def test_a_named_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write_whole(pipe, b"all of it")
    reader.join(60)
    assert read == [b"all of it"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@with_stdout
@pytest.mark.parametrize("kind", ["pipe", "file"])
def test_standard_output_has_what_was_printed_and_then_what_was_written(tmp_path: Path, kind: str) -> None:
    code = "from autograd._files import write_whole; print('printed'); write_whole('/dev/stdout', b'written')"
    command = [sys.executable, "-c", f"{code}; print(' and on')"]
    if kind == "pipe":
        out = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    else:
        with open(tmp_path / "out", "wb") as file:
            subprocess.run(command, stdout=file, check=True)
        out = (tmp_path / "out").read_bytes()
    assert out == b"printed\nwritten and on\n"


def test_a_program_whose_standard_output_is_closed_writes_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(fd: int) -> os.stat_result:
        if fd == 1:
            raise OSError(errno.EBADF, "Bad file descriptor")
        return original(fd)

    original = os.fstat
    (tmp_path / "x").touch()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fstat", closed)
        write_whole(tmp_path / "x", b"all of it")
    assert (tmp_path / "x").read_bytes() == b"all of it"
