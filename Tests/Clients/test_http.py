"""The wire: media types, errors, limits and credentials, with requests and raw sockets."""
import base64
import json
import os
import socket
import subprocess
import time
import uuid

import pytest
import requests

from conftest import CAVEATD, TAXII, Serve, Trial, free_port, indicator, wait_for

PATHS = [
    "taxii2/", "caveat/", "caveat/collections/", "caveat/collections/commons/", "caveat/collections/commons/objects/",
    "caveat/collections/commons/manifest/", "caveat/collections/commons/objects/x/", "caveat/status/x/", "v1/pending",
    "caveat/collections/none/objects/",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT"])
def test_nobody_is_let_in_without_credentials(trial, path, method):
    """[3, 4]"""
    answer = requests.request(method, f"{trial.card['url']}/{path}", timeout=20)
    assert answer.status_code == 401
    assert "Basic" in answer.headers["WWW-Authenticate"] and "Bearer" in answer.headers["WWW-Authenticate"]
    assert "Date" in answer.headers
    if method != "HEAD":
        body = answer.json()
        # TAXII's error resource; problem details (RFC 9457) below /v1.
        assert body["title"] and (body["status"] == 401 if path.startswith("v1/") else body["http_status"] == "401")


@pytest.mark.parametrize(
    "accept, status",
    [
        (None, 200), ("*/*", 200), ("application/taxii+json", 200), (TAXII, 200), ("application/taxii+json; version=2.1", 200),
        ('APPLICATION/taxii+json;Version="2.1"', 200), ("text/html;q=0.9, application/taxii+json;q=0.1", 200),
        ("application/taxii+json;version=2.1,application/stix+json;version=2.1", 200),
        ("text/html", 406), ("application/taxii+json;version=2.0", 406),
    ],
)
def test_accept(trial, accept, status):
    """[11-15]"""
    session = requests.Session()
    session.headers["Accept"] = accept
    session.headers["Authorization"] = f"bearer {trial.token('north-oil')}"
    for path in ("taxii2/", "caveat/", "caveat/collections/", "caveat/collections/commons/manifest/"):
        answer = session.get(f"{trial.card['url']}/{path}", timeout=20)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, TAXII)


@pytest.mark.parametrize(
    "kind, status",
    [
        (TAXII, 202), ("application/taxii+json", 202), ("application/taxii+json; version=2.1; charset=utf-8", 202),
        ("application/json", 415), ("text/plain", 415), ("application/taxii+json;version=2.0", 415),
    ],
)
def test_content_type(trial, kind, status):
    headers = {"Authorization": f"Bearer {trial.token('north-oil')}", "Content-Type": kind}
    body = json.dumps({"objects": [indicator()]})
    assert requests.post(trial.objects_url("commons"), data=body, headers=headers, timeout=20).status_code == status


@pytest.mark.parametrize(
    "query",
    [
        "added_after=x", "added_after=2026-02-30T00:00:00Z", "limit=0", "limit=-1", "limit=a", "limit=1&limit=2", "next=x",
        "match[id]=x", "match[version]=newest", "match[version]=all,last", "match[version]=last,last", "match[type]=",
        "added_after=2026-01-01T00:00:00Z&added_after=2026-01-01T00:00:00Z", "match[spec_version]=x", "limit=%ff",
    ],
)
def test_malformed_parameters(trial, query):
    """[36]"""
    answer = trial.get("north-oil", f"collections/commons/objects/?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["details"]["field"] == query.split("=")[0]


def test_offsets_are_taken(trial):
    """[19]"""
    for text in ("2026-01-01T00:00:00%2B00:00", "2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00.1Z", "2026-01-01T00:00:00.123456789Z"):
        assert trial.get("north-oil", f"collections/commons/objects/?added_after={text}").status_code == 200


def test_slashes_and_methods(trial):
    """[16]"""
    moved = trial.get("north-oil", "collections?x=1", allow_redirects=False)
    assert moved.status_code == 308 and moved.headers["Location"] == "/caveat/collections/?x=1"
    headers = {"Authorization": f"Bearer {trial.token('north-oil')}"}
    refused = requests.put(trial.objects_url("commons"), headers=headers, timeout=20)
    assert refused.status_code == 405 and refused.headers["Allow"] == "GET, HEAD, POST"
    head = requests.head(trial.objects_url("commons"), headers=headers, timeout=20)
    assert head.status_code == 200 and head.content == b"" and int(head.headers["Content-Length"]) > 2
    assert trial.get("north-oil", "nothing/here/").status_code == 404


DEEP = "[" * 70 + "]" * 70
GOOD = json.dumps(indicator(5))


@pytest.mark.parametrize(
    "body, words",
    [
        (b"", "empty"), (b"{", "JSON"), (b"[]", "envelope"), (b"{}", "objects"), (b'{"objects":[]}', "at least one"),
        (b'{"objects":{}}', "list"), (b'{"objects":[],"objects":[]}', "twice"), (b'{"objects":[],"x":"\xff"}', "UTF-8"),
        (b'\xef\xbb\xbf{"objects":[]}', "byte order mark"), (b'{"objects":[NaN]}', "JSON"), (b'{"objects":[{]}', "JSON"),
        (json.dumps({"objects": [1] * 50001}).encode(), "50000"),
    ],
)
def test_envelopes_that_cannot_be_read(trial, body, words):
    answer = trial.post("north-oil", "commons", body)
    assert answer.status_code == 422 and words in answer.json()["description"], answer.text


@pytest.mark.parametrize(
    "bad, words",
    [
        (b'{"a":"\xff"}', "UTF-8"), (b'{"a":"\\u0000"}', "NUL"), (b'"\\ud800"', "surrogates"), (b'{"a":1e999}', "double"),
        (b'{"a":-9223372036854775808}', "integer"), (b'[123456789012345678901234567890]', "integer"),
        (DEEP.encode(), "deep"), (b'{"a":1,"a":2}', "twice"),
    ],
)
def test_one_unreadable_object_does_not_cost_the_others(trial, bad, words):
    good = [json.dumps(indicator()).encode() for _ in range(2)]
    status = trial.publish("north-oil", "commons", b'{"objects":[' + good[0] + b"," + bad + b"," + good[1] + b"]}")
    assert (status["success_count"], status["failure_count"]) == (2, 1)
    assert status["failures"][0]["id"] == "objects[1]" and words in status["failures"][0]["message"]


@pytest.mark.parametrize(
    "bad, words",
    [
        ({"id": "indicator--x"}, "id:"), ({"id": "tool--" + str(uuid.uuid4())}, "id:"), ({"type": 5}, "type:"),
        ({"spec_version": "2.0"}, "spec_version:"), ({"created": "today"}, "created:"), ({"modified": None}, "modified:"),
        ({"modified": "2025-01-01T00:00:00Z"}, "modified:"), ({"confidence": 1000}, "confidence:"), ({"labels": []}, "labels:"),
        ({"object_marking_refs": ["x"]}, "object_marking_refs[0]:"), ({"pattern": None}, "pattern:"), ({"valid_from": "x"}, "valid_from:"),
        ({"name": "x" * (1 << 20)}, "bytes"),
    ],
)
def test_one_bad_object_does_not_cost_the_others(trial, bad, words):
    status = trial.publish("north-oil", "commons", [indicator(), indicator() | bad, indicator()])
    assert (status["success_count"], status["failure_count"]) == (2, 1)
    assert words in status["failures"][0]["message"], status["failures"]


def test_sizes(trial):
    """[23, 49]: 413 above the limit and never below it, 414, 431."""
    limit = trial.get("north-oil", "").json()["max_content_length"]
    full = json.dumps({"objects": [indicator()]})
    assert trial.post("north-oil", "commons", full + " " * (limit - len(full))).status_code == 202
    assert trial.post("north-oil", "commons", full + " " * (limit - len(full) + 1)).status_code == 413
    chunks = (b" " * 65536 for _ in range(200))
    headers = {"Authorization": f"Bearer {trial.token('north-oil')}", "Content-Type": TAXII}
    assert requests.post(trial.objects_url("commons"), data=chunks, headers=headers, timeout=20).status_code == 413
    assert trial.get("north-oil", "collections/?x=" + "y" * 9000).status_code == 414
    assert trial.get("north-oil", "collections/", headers={"X-Long": "y" * 17000}).status_code == 431


def test_forms_of_credentials(fresh):
    """[2, 10]"""
    member = next(m for m in fresh.card["members"] if m["name"] == "north-oil")
    url = fresh.card["taxii"]

    def status(header):
        return requests.get(url, headers={"Authorization": header}, timeout=20).status_code

    def basic(user, password):
        return base64.b64encode(f"{user}:{password}".encode()).decode()

    user, password, token = member["basic"]["user"], member["basic"]["password"], member["token"]
    for header in (f"Bearer {token}", f"bEARER {token}", f"Basic {basic(user, password)}", f"basic {basic('any', token)}"):
        assert status(header) == 200
    for header in ("Bearer", "Bearer x", "Basic", "Basic %%", "Digest x", f"Basic {basic(user, 'no')}", f"Basic {basic('no', password)}"):
        assert status(header) == 401, header
    # Guessing an account's password ends after a while, and the right token goes on working.
    answers = [requests.get(url, auth=("north-oil", f"guess {n}"), timeout=20) for n in range(14)]
    assert answers[-1].status_code == 429 and int(answers[-1].headers["Retry-After"]) <= 61
    assert status(f"Bearer {token}") == 200


def test_endings_act_at_once(fresh):
    def new(*more):
        made = json.loads(fresh.cli("admin", "credential", "add", "--principal", "north-oil", "--type", "token", "--json", *more).stdout)
        return made["id"], made["secret"]

    def status(token):
        return requests.get(fresh.card["taxii"], headers={"Authorization": f"Bearer {token}"}, timeout=20).status_code

    identity, secret = new()
    assert status(secret) == 200
    fresh.cli("admin", "credential", "revoke", identity)
    assert status(secret) == 401
    other = fresh.token("north-oil")
    assert status(other) == 200
    # A suspended member is let in, for recalls and dangers, and is shown nothing else.
    objects = f"{fresh.card['taxii'].removesuffix('taxii2/')}caveat/collections/commons/objects/"
    headers = {"Authorization": f"Bearer {other}", "Content-Type": "application/taxii+json;version=2.1"}
    assert requests.get(objects, headers=headers, timeout=20).json()["objects"]
    fresh.cli("admin", "member", "suspend", "north-oil")
    assert requests.get(objects, headers=headers, timeout=20).json() == {}
    assert requests.post(objects, headers=headers, json={"objects": []}, timeout=20).status_code == 403
    fresh.cli("admin", "member", "resume", "north-oil")
    assert requests.get(objects, headers=headers, timeout=20).json()["objects"]
    fresh.cli("admin", "principal", "suspend", "north-oil")
    assert status(other) == 401


def member_of(serve, name="acme"):
    """A member with one principal on a daemon of the test's own, a pool that all read and write, and the token."""
    operator = serve.operator()
    operator.cli("admin", "member", "add", name, "--title", name, "--kind", "bank", "--jurisdiction", "NL")
    operator.cli("admin", "principal", "add", name, "--member", name, "--role", "reader", "--role", "reporter")
    operator.cli("admin", "pool", "add", "commons", "--title", "Commons", "--reading", "everyone", "--writing", "everyone")
    made = operator.cli("admin", "credential", "add", "--principal", name, "--type", "token", "--json").stdout
    return json.loads(made)["secret"]


def everything(connection):
    """What a server sends until it closes."""
    found = b""
    while part := connection.recv(65536):
        found += part
    return found


def test_slow_and_many_connections_are_bounded(tmp_path):
    serve = Serve(tmp_path, limits={"request_seconds": 1, "idle_seconds": 1, "connections_per_source_max": 8})
    try:
        slow = socket.create_connection(("127.0.0.1", serve.port))
        slow.sendall(b"GET /taxii2/ HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        slow.settimeout(10)
        told = everything(slow)
        assert told.startswith(b"HTTP/1.1 408 ") and b"request_seconds" in told and TAXII.encode() in told
        idle = socket.create_connection(("127.0.0.1", serve.port))
        idle.settimeout(10)
        assert idle.recv(100) == b"", "an idle connection is closed"
        held = [socket.create_connection(("127.0.0.1", serve.port)) for _ in range(8)]
        for one in held:
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert one.recv(1000).startswith(b"HTTP/1.1 200 ")
        extra = socket.create_connection(("127.0.0.1", serve.port))
        extra.settimeout(5)
        extra.sendall(b"GET /taxii2/ HTTP/1.1\r\nHost: x\r\n\r\n")
        told = everything(extra)
        assert told.startswith(b"HTTP/1.1 429 ") and b"connections_per_source_max" in told
        for one in held:
            one.close()
        wait_for(lambda: requests.get(f"http://127.0.0.1:{serve.port}/healthz", timeout=5).status_code == 200, "room again")
    finally:
        serve.stop()


def test_a_slow_reader_gets_all_and_one_that_stops_is_cut(tmp_path):
    serve = Serve(tmp_path, limits={"idle_seconds": 1, "page_bytes_max": 16777216})
    try:
        token = member_of(serve)
        url = f"http://127.0.0.1:{serve.port}/caveat/collections/commons/objects/"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": TAXII}
        for _ in range(2):
            made = [indicator(description="x" * 900_000) for _ in range(8)]
            assert requests.post(url, json={"objects": made}, headers=headers, timeout=20).json()["success_count"] == 8

        def asked():
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
            connection.connect(("127.0.0.1", serve.port))
            connection.settimeout(10)
            connection.sendall(f"GET {url[url.index('/caveat'):]} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
            return connection

        # More than twice the idle time for the whole, and never so long for a part.
        connection, start, found = asked(), time.monotonic(), b""
        while len(found) < 14_400_000 and (part := connection.recv(262144)):
            found += part
            time.sleep(max(0, start + 2.5 * len(found) / 14_400_000 - time.monotonic()))
        assert len(found) >= 14_400_000 and time.monotonic() - start > 2
        # One that takes nothing is cut: what it finds later is not the whole.
        connection = asked()
        time.sleep(3)
        try:
            assert len(everything(connection)) < 14_400_000
        except ConnectionResetError:
            pass
    finally:
        serve.stop()


def test_one_daemon_does_not_take_the_socket_of_another(tmp_path):
    first = Serve(tmp_path)
    try:
        other = tmp_path / "other.yaml"
        text = (tmp_path / "caveatd.yaml").read_text()
        other.write_text(text.replace(str(first.port), str(free_port())).replace("caveat.db", "other.db"))
        done = subprocess.run([CAVEATD, "serve", "--config", other], capture_output=True, text=True, timeout=20)
        assert done.returncode == 1 and "admin.socket" in done.stderr
        assert member_of(first), "the first still answers there"
    finally:
        first.stop()


def test_a_trial_that_was_killed_while_it_was_made_is_made_anew(tmp_path):
    data = tmp_path / "data"
    for pause in (0, 0.05, 0.1, 0.2):
        process = subprocess.Popen(
            [CAVEATD, "trial", "--json", "--data", data, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        wait_for(lambda: (data / "founding").exists() or process.poll() is not None, "the founding")
        time.sleep(pause)
        process.kill()
        process.communicate()
        if not (data / "founding").exists():
            break  # It was quicker than the kill.
    trial = Trial(str(data)).start()
    assert len(trial.get("north-oil", "collections/warnings/objects/").json()["objects"]) > 3
    trial.stop()


def openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def certificate(folder, name, authority, extension, days="30"):
    openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
    (folder / f"{name}.ext").write_text(extension)
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", "-CAcreateserial", "-days", days, "-extfile", f"{name}.ext", "-out", f"{name}.pem")


def authority(folder, name):
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}", "-days", "30")


def test_tls_client_certificates_and_reload(tmp_path):
    for name in ("ca", "other-ca"):
        authority(tmp_path, name)
    server = "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n"
    certificate(tmp_path, "server", "ca", server)
    member = "subjectAltName=URI:urn:member:acme\nextendedKeyUsage=clientAuth\n"
    for name, by in (("by-uri", "ca"), ("by-print", "ca"), ("unknown", "ca"), ("foreign", "other-ca")):
        certificate(tmp_path, name, by, member if name in ("by-uri", "foreign") else "extendedKeyUsage=clientAuth\n")
    serve = Serve(tmp_path, tls={"certificate": tmp_path / "server.pem", "key": tmp_path / "server.key", "client_ca": tmp_path / "ca.pem"})
    try:
        trial = Trial(str(tmp_path / "none"))
        trial.card = {"url": "", "admin_socket": serve.socket, "members": []}
        trial.cli("admin", "member", "add", "acme", "--title", "Acme", "--kind", "bank", "--jurisdiction", "NL")
        trial.cli("admin", "principal", "add", "feed", "--member", "acme", "--role", "reader")
        trial.cli("admin", "credential", "add", "--principal", "feed", "--type", "certificate", "--uri", "urn:member:acme")
        trial.cli("admin", "credential", "add", "--principal", "feed", "--type", "certificate", "--certificate", str(tmp_path / "by-print.pem"))

        def status(name=None):
            pair = (tmp_path / f"{name}.pem", tmp_path / f"{name}.key") if name else None
            return requests.get(f"https://127.0.0.1:{serve.port}/taxii2/", cert=pair, verify=tmp_path / "ca.pem", timeout=20).status_code

        assert status("by-uri") == 200 and status("by-print") == 200
        assert status() == 401 and status("unknown") == 401
        with pytest.raises(requests.exceptions.RequestException):
            status("foreign")
        old = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{serve.port}", "-tls1_1"], input=b"", capture_output=True)
        assert b"Cipher is (NONE)" in old.stdout
        session = requests.Session()
        session.trust_env = False
        session.verify = tmp_path / "ca.pem"
        session.cert = (tmp_path / "by-uri.pem", tmp_path / "by-uri.key")
        url = f"https://127.0.0.1:{serve.port}/taxii2/"
        assert session.get(url, timeout=20).status_code == 200
        # A broken file leaves the old certificate in force; a good one is used for new connections.
        good = (tmp_path / "server.pem").read_text()
        (tmp_path / "server.pem").write_text("broken")
        serve.process.send_signal(1)
        wait_for(lambda: "not read" in serve.log.read_text(), "the refusal")
        assert status("by-uri") == 200
        certificate(tmp_path, "next", "ca", server)
        (tmp_path / "server.pem").write_text((tmp_path / "next.pem").read_text())
        (tmp_path / "server.key").write_text((tmp_path / "next.key").read_text())
        serve.process.send_signal(1)
        wait_for(lambda: "read again" in serve.log.read_text(), "the reload")
        assert session.get(url, timeout=20).status_code == 200 and status("by-uri") == 200
        shown = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{serve.port}"], input=b"", capture_output=True)
        assert b"CN = next" in shown.stdout and good
    finally:
        serve.stop()


def test_a_bad_configuration_stops_the_start(tmp_path):
    for text, word in (
        ("tls:\n  certificate: /none.pem\n  key: /none.key\n", "/none.pem"), ("store:\n  url: postgresql://u@h/x?bad\n", "malformed"),
        ("store:\n  url_file: /none\n", "store.url_file"), ("store:\n  key_file: /none\n", "store.key_file"),
    ):
        (tmp_path / "c.yaml").write_text(text)
        done = subprocess.run([CAVEATD, "serve", "--config", tmp_path / "c.yaml", "--check"], capture_output=True, text=True)
        assert done.returncode == 1 and word in done.stderr, done.stderr
    done = subprocess.run([CAVEATD, "serve", "--config", tmp_path / "none.yaml"], capture_output=True, text=True)
    assert done.returncode == 1 and "none.yaml cannot be read" in done.stderr
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = subprocess.run([CAVEATD, "trial", "--listen", address], capture_output=True, text=True, timeout=20)
        assert done.returncode == 1 and "in use" in done.stderr
    (tmp_path / "c.yaml").write_text("listen: 127.0.0.1:1\nlimitz: 5\n")
    done = subprocess.run([CAVEATD, "serve", "--config", tmp_path / "c.yaml"], capture_output=True, text=True)
    assert done.returncode == 1 and "limitz" in done.stderr
    (tmp_path / "c.yaml").write_text("listen: 0.0.0.0:1\n")
    done = subprocess.run([CAVEATD, "serve", "--config", tmp_path / "c.yaml"], capture_output=True, text=True)
    assert done.returncode == 1 and "tls.certificate" in done.stderr
    assert subprocess.run([CAVEATD, "serve"], capture_output=True).returncode == 64
    assert subprocess.run([CAVEATD, "trial", "--listen", "0.0.0.0:0"], capture_output=True).returncode == 64


def test_a_store_opens_with_the_key_that_it_was_made_with(tmp_path):
    keys = {name: tmp_path / name for name in ("first", "second", "short")}
    for name, key in keys.items():
        key.write_bytes(os.urandom(31 if name == "short" else 32))
        key.chmod(0o600)
    (tmp_path / "run").mkdir()

    def start(key):
        """Whether it serves, and what it says."""
        line = f"  key_file: {keys[key]}\n" if key else ""
        (tmp_path / "c.yaml").write_text(
            f"listen: 127.0.0.1:{free_port()}\nstore:\n  url: sqlite:{tmp_path}/caveat.db\n{line}admin:\n  socket: {tmp_path}/run/admin.sock\n"
        )
        log = tmp_path / "log"
        process = subprocess.Popen([CAVEATD, "serve", "--config", tmp_path / "c.yaml"], stderr=log.open("w"))
        wait_for(lambda: "serving" in log.read_text() or process.poll() is not None, "the start")
        does = process.poll() is None
        process.terminate()
        process.wait(20)
        return does, log.read_text()

    assert "at least 32 bytes" in start("short")[1]
    keys["first"].chmod(0o640)
    assert "chmod 600" in start("first")[1]
    keys["first"].chmod(0o600)
    assert start("first")[0] and start("first")[0]
    for key, word in ((None, "name that file"), ("second", "restore that file")):
        does, said = start(key)
        assert not does and "store.key_file" in said and word in said
    assert start("first")[0]


def test_a_second_daemon_on_one_file_is_refused(fresh):
    done = subprocess.run([CAVEATD, "trial", "--data", fresh.data, "--listen", "127.0.0.1:0"], capture_output=True, text=True)
    assert done.returncode == 1 and "in use" in done.stderr


def test_the_purpose_of_a_request_is_one_of_its_credentials(fresh):
    made = fresh.cli("admin", "credential", "add", "--principal", "north-oil", "--type", "token", "--purpose", "P02", "--purpose", "P08", "--json")
    headers = {"Authorization": f"Bearer {json.loads(made.stdout)['secret']}"}
    objects = f"{fresh.card['taxii'].removesuffix('taxii2/')}caveat/collections/commons/objects/"

    def ask(purpose):
        return requests.get(objects, headers=headers | ({"Caveat-Purpose": purpose} if purpose else {}), timeout=20)

    assert ask(None).status_code == ask("P02").status_code == ask("P08").status_code == 200
    for purpose, status, words in (("P05", 403, "bound to other purposes"), ("diligence", 400, "must be one of P01")):
        refused = ask(purpose)
        assert refused.status_code == status and words in refused.json()["description"], refused.text
