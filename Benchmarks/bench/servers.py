"""The two servers that are compared: caveatd, and nginx serving what caveatd answered."""

import http.client
import os
import time
from pathlib import Path

from .client import Address, Reply, administer
from .setting import Certificate, Halt, Setting, free_port

START_SECONDS = 60
NGINX_WORKERS = 2


def await_answer(setting: Setting, address: Address, path: str, process, log: Path):
    """Returns once a GET of `path` is answered with 200."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            connection = address.connection()
            connection.request("GET", path)
            if Reply(connection.getresponse()).status == 200:
                connection.close()
                return
        except (OSError, http.client.HTTPException):
            pass
        if process.poll() is not None or time.monotonic() > deadline:
            raise Halt(f"{process.args[0]} does not answer: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.02)


class Caveatd:
    """A daemon over the store in `folder`; every limit at its default but the requests and screenings of one principal."""

    def __init__(self, setting: Setting, folder: Path, certificate: Certificate | None = None, more: str = ""):
        self.setting = setting
        self.folder = folder
        self.database = folder / "caveat.db"
        self.socket = str(setting.temporary / f"admin-{free_port()}" / "s")
        Path(self.socket).parent.mkdir(mode=0o700)
        self.address = Address(free_port(), certificate.authority if certificate else None)
        tls = f"tls:\n  certificate: {certificate.chain}\n  key: {certificate.key}\n" if certificate else ""
        terms = Path(self.socket).parent / "terms.yaml"
        terms.write_text("tier:\n" + "".join(
            f"  {tier}:\n    screenings_per_day: 10000000\n" for tier in ("restricted", "basic", "contributing", "anchor")
        ))
        configuration = Path(self.socket).parent / "caveatd.yaml"
        configuration.write_text(
            f"listen: 127.0.0.1:{self.address.port}\n{tls}"
            f'store:\n  url: "sqlite:{self.database}"\nadmin:\n  socket: {self.socket}\n'
            f"rate:\n  requests_per_second: 0\nreciprocity:\n  terms: {terms}\nlog:\n  level: notice\n{more}"
        )
        log = Path(self.socket).parent / "log"
        started = time.monotonic()
        self.process = setting.start([setting.caveatd, "serve", "--config", str(configuration)], log)
        await_answer(setting, self.address, "/readyz", self.process, log)
        self.start_seconds = time.monotonic() - started

    def admin(self, method: str, resource: str, fields: dict | None = None) -> dict:
        return administer(self.socket, method, resource, fields)

    def exchange(self) -> dict:
        """What the exchange says of itself: its tick, how many objects it has."""
        return self.admin("GET", "exchange")

    def memory(self) -> float:
        """MiB of its own: all that is resident but the pages of files, which the kernel lends and takes back."""
        return self.resident("RssAnon") + self.resident("RssShmem")

    def resident(self, what: str = "VmRSS") -> float:
        """MiB that are resident, pages of files included; VmHWM for the most there has been."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(what + ":"):
                return int(line.split()[1]) / 1024
        raise Halt("caveatd has ended")

    def stop(self):
        self.setting.stop(self.process)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Nginx:
    """nginx with the same answers: one at `empty`, and at `pages` a file for every value of added_after."""

    def __init__(self, setting: Setting, pages: dict[str, bytes], empty: Reply, like: Address, certificate):
        self.setting = setting
        self.folder = setting.folder(f"nginx-{free_port()}")
        files = self.folder / "pages"
        files.mkdir()
        for name, body in pages.items():
            (files / name).write_bytes(body)
        self.empty = Address(free_port(), like.authority)
        self.pages = Address(free_port(), like.authority)
        configuration = self.folder / "nginx.conf"
        configuration.write_text(self._configuration(files, empty, like, certificate))
        log = self.folder / "log"
        log.touch()
        command = [setting.program("nginx"), "-p", str(self.folder), "-e", str(log), "-c", str(configuration)]
        self.process = setting.start(command, log)
        await_answer(setting, self.empty, "/", self.process, log)

    def _configuration(self, files: Path, empty: Reply, like: Address, certificate: Certificate | None) -> str:
        speaks, tls = "", ""
        if certificate:
            speaks = " ssl"
            tls = f"ssl_certificate {certificate.chain};\n    ssl_certificate_key {certificate.key};\n"
            name, version = like.cipher()
            if version == "TLSv1.3":  # The same cipher on both sides: servers differ in which they prefer.
                tls += f"    ssl_protocols TLSv1.3;\n    ssl_conf_command Ciphersuites {name};\n"
        stamp = empty.headers["X-TAXII-Date-Added-Last"]
        body = empty.body.decode().replace("\\", "\\\\").replace('"', '\\"')
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        spare = "".join(f"{kind}_temp_path spare;\n    " for kind in kinds)
        return f"""daemon off;
worker_processes {NGINX_WORKERS};
{"user root root;" if os.geteuid() == 0 else ""}
pid {self.folder}/pid;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    error_log {self.folder}/log crit;
    {spare}sendfile on;
    tcp_nopush on;
    etag off;
    server_tokens off;
    keepalive_timeout 3600;
    keepalive_requests 1000000000;
    open_file_cache max=8192 inactive=1h;
    open_file_cache_valid 1h;
    default_type "{empty.headers['Content-Type']}";
    add_header X-TAXII-Date-Added-First "{stamp}";
    add_header X-TAXII-Date-Added-Last "{stamp}";
    {tls}
    server {{
        listen 127.0.0.1:{self.empty.port}{speaks} backlog=1024;
        location / {{ return 200 "{body}"; }}
    }}
    server {{
        listen 127.0.0.1:{self.pages.port}{speaks} backlog=1024;
        root {files};
        location / {{ try_files /$arg_added_after =404; }}
    }}
}}
"""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.setting.stop(self.process)
