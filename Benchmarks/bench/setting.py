"""What a run is made with: sizes and durations, the temporary folder, programs and processes."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 30
JIFFIES = os.sysconf("SC_CLK_TCK")


class Halt(Exception):
    """Why a run cannot go on."""


@dataclass(frozen=True)
class Scale:
    """How much is measured, and for how long."""

    sizes: tuple[int, ...]  # objects in the stores, ascending
    labels: tuple[int, ...]  # labels that the reader may not see, ascending
    rounds: int
    seconds: int  # of one measurement against nginx
    flat_rounds: int
    flat_seconds: int  # of one measurement against another size
    write_rounds: int
    write_seconds: int
    loop_seconds: int  # of one bare loop
    pull_rounds: int


FULL = Scale((1_000, 100_000, 1_000_000), (10, 100, 1_000), 5, 4, 5, 2, 4, 5, 2, 5)
QUICK = Scale((1_000, 10_000, 100_000), (10, 100, 1_000), 3, 2, 2, 1, 2, 3, 1, 1)


@dataclass(frozen=True)
class Certificate:
    """PEM files: a server's chain and key, and the authority that signed it."""

    chain: str
    key: str
    authority: str


class Setting:
    """The folder and the processes of one run; all of it is gone when the run is over."""

    def __init__(self, scale: Scale):
        self.scale = scale
        self.started = time.monotonic()
        self.caveatd = os.environ.get("CAVEATD", str(ROOT / ".build/release/caveatd"))
        if not os.access(self.caveatd, os.X_OK):
            raise Halt(f"{self.caveatd} is not there: run `make build`, or name another in CAVEATD")
        for program in ("nginx", "wrk", "openssl"):
            self.program(program)
        self._processes: list[subprocess.Popen] = []
        kept = os.environ.get("CAVEAT_BENCH_DATA")
        self._stack = contextlib.ExitStack()
        self.temporary = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="caveat-bench-")))
        # Not in the folder for temporary files, which may be in memory: commits are to reach a disk.
        build = ROOT / ".build"
        build.mkdir(exist_ok=True)
        passing = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=build))
        self.data = Path(kept).resolve() if kept else Path(passing)
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        return self._stack.__exit__(*fault)

    @staticmethod
    def program(name: str) -> str:
        """The path of an installed program."""
        path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
        if not path:
            raise Halt(f"{name} is not installed: run `scripts/setup bench`")
        return path

    def folder(self, name: str) -> Path:
        """A new folder inside the run's own."""
        path = self.temporary / name
        path.mkdir(mode=0o700)
        return path

    def say(self, text: str):
        """One line of progress."""
        print(f"[{time.monotonic() - self.started:5.0f} s] {text}", file=sys.stderr, flush=True)

    def own_jiffies(self) -> int:
        """Processor time of everything that this run started, and of itself."""
        leaders = {process.pid for process in self._processes}
        ended = os.times()
        jiffies = round((ended.user + ended.system + ended.children_user + ended.children_system) * JIFFIES)
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                values = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(values[3]) in leaders:  # Each server leads a session.
                    jiffies += int(values[11]) + int(values[12])
        return jiffies

    def start(self, command: list[str], log: Path) -> subprocess.Popen:
        """Starts a server that ends with the run at the latest; what it prints goes to `log`."""
        with open(log, "ab") as output:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        self._processes.append(process)
        self._stack.callback(self.stop, process)
        return process

    @staticmethod
    def stop(process: subprocess.Popen):
        """Ends a server by its process id."""
        if process.poll() is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def certificate(self) -> Certificate:
        """A self-signed authority and a P-256 certificate of it for 127.0.0.1."""
        folder = self.folder("tls")
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        authority = ["-subj", "/CN=Caveat benchmark authority", "-keyout", "ca.key", "-out", "ca.pem"]
        request = ["-subj", "/CN=127.0.0.1", "-keyout", "server.key", "-out", "server.csr"]
        (folder / "names").write_text("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
        signing = ["-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"]
        for words in (
            ["req", "-x509", *curve, *authority],
            ["req", *curve, *request],
            ["x509", *signing, "-days", "2", "-extfile", "names", "-out", "server.pem"],
        ):
            done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True)
            if done.returncode != 0:
                raise Halt(f"openssl {words[0]}: {done.stderr.strip()}")
        return Certificate(str(folder / "server.pem"), str(folder / "server.key"), str(folder / "ca.pem"))

    def build(self, product: str):
        """A program that the bench alone builds."""
        self.say(f"building {product}")
        built = subprocess.run(
            # As make build has it, so that nothing is built twice.
            ["swift", "build", "-c", "release", "--static-swift-stdlib", "--explicit-target-dependency-import-check", "error", "--product", product],
            cwd=ROOT, env=os.environ | {"CAVEAT_BENCH": "1"}, capture_output=True, text=True,
        )
        if built.returncode != 0:
            raise Halt(f"{product} does not build: {built.stdout[-2000:]}")

    def commit_loop(self) -> str:
        """The program of commit_loop.c, compiled once."""
        program = str(self.temporary / "commit_loop")
        if os.path.exists(program):
            return program
        compiler = next((found for name in ("clang", "cc", "gcc") if (found := shutil.which(name))), None)
        if not compiler:
            raise Halt("no C compiler is on the PATH: clang comes with the Swift toolchain")
        source = str(ROOT / "Benchmarks/commit_loop.c")
        done = subprocess.run([compiler, "-O2", source, "-o", program, "-lsqlite3"], capture_output=True, text=True)
        if done.returncode != 0:
            raise Halt(f"commit_loop.c does not compile (`scripts/setup bench`?): {done.stderr.strip()}")
        return program


def free_port() -> int:
    """A port on loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
