"""Where the time goes: perf beside a load."""

import contextlib
import shutil
import subprocess
from collections import defaultdict

from .load import Target
from .reading import Reading
from .setting import Halt, Setting
from .stores import Store
from .writing import Writing

NAMES = ("poll", "head", "deep", "basic", "post")
SECONDS = 10
FREQUENCY = 997
SYMBOLS = 45


def available() -> bool:
    """Whether perf is here and may look at a process."""
    if not shutil.which("perf"):
        return False
    return subprocess.run(["perf", "stat", "-e", "task-clock", "true"], capture_output=True).returncode == 0


def profile(setting: Setting, store: Store | None, name: str, certificate) -> str:
    """The symbols and libraries in which caveatd spends its time under the load of a stage."""
    with contextlib.ExitStack() as stack:
        if name == "post":
            writing = stack.enter_context(Writing(setting, None, certificate))
            daemon, target = stack.enter_context(writing.daemon())
        else:
            daemon = stack.enter_context(store.daemon(certificate))
            side = Reading(setting, None, store, daemon, certificate)
            authorization = store.reader_basic if name == "basic" else None
            target = side.target(name, authorization=authorization)
        return _record(setting, daemon.process.pid, target, f"{name}, {side_name(certificate)}")


def side_name(certificate) -> str:
    return "TLS" if certificate else "HTTP"


def _record(setting: Setting, pid: int, target: Target, what: str) -> str:
    target.run(2)
    data = str(setting.temporary / "perf.data")
    # cpu-clock is there on virtual machines without counters, too.
    command = ["perf", "record", "-q", "-e", "cpu-clock", "-F", str(FREQUENCY), "-p", str(pid), "-o", data]
    perf = subprocess.Popen([*command, "--", "sleep", str(SECONDS)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    load = target.run(SECONDS + 1, 1)
    _, complaint = perf.communicate()
    if perf.returncode != 0:
        raise Halt(f"perf record: {complaint.decode().strip()}")
    words = ["report", "-i", data, "--stdio", "--no-children", "-g", "none", "-F", "overhead,dso,sym", "-t", "\t"]
    done = subprocess.run(["perf", *words], capture_output=True, text=True)
    if done.returncode != 0:
        raise Halt(f"perf report: {done.stderr.strip()}")
    rate = f"{what}: {load.rate:,.0f}/s, p50 {load.p50:.2f} ms, p99 {load.p99:.2f} ms, while profiled"
    return rate + "\n" + _folded(_demangled(done.stdout))


def _demangled(text: str) -> str:
    if not shutil.which("swift"):
        return text
    done = subprocess.run(["swift", "demangle", "--simplified"], input=text, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else text


def _folded(text: str) -> str:
    """The largest symbols, and the sum of each library."""
    libraries: dict[str, float] = defaultdict(float)
    symbols: list[tuple[float, str, str]] = []
    for line in text.splitlines():
        parts = [part.strip() for part in line.split("\t")]
        if len(parts) < 3 or not parts[0].endswith("%"):
            continue
        share = float(parts[0].removesuffix("%"))
        libraries[parts[1]] += share
        symbols.append((share, parts[1], parts[2]))
    largest = sorted(((share, name) for name, share in libraries.items() if share >= 0.1), reverse=True)
    lines = ["", "share  library"] + [f"{share:5.1f}  {name}" for share, name in largest]
    lines += ["", "share  symbol"]
    lines += [f"{share:5.1f}  {text[:110]}  ({name})" for share, name, text in sorted(symbols, reverse=True)[:SYMBOLS]]
    return "\n".join(lines)
