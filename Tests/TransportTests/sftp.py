"""OpenSSH for the transport's tests: one `sshd -i` for each connection, for the user who runs this.

Argument: a folder, in which it makes
- ed25519, ecdsa: keys that may sign in, and stranger, which may not
- known: the host's keys, ed25519 alone; known-hashed: the same with names hashed; known-all: all three of them;
  known-other: another key under the host's name
- drop/: where the tests put their files
Prints the port of sshd, the port of a server that says nothing, the user's name and, where it is root, a password; ends
when its standard input is closed. Root may let itself in with a password: /etc/shadow is another file in this process.
"""
import os
import pwd
import socket
import subprocess
import sys
import threading

PASSWORD = "hush-right"
folder = sys.argv[1]


def run(*command, **options):
    return subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options).stdout


def path(name):
    return os.path.join(folder, name)


def read(name):
    with open(path(name)) as file:
        return file.read()


def write(name, text):
    with open(path(name), "w") as file:
        file.write(text)


def key(name, kind):
    run("ssh-keygen", "-q", "-N", "", "-C", "test", "-t", kind, "-f", path(name))
    return read(name + ".pub")


def listen(serve):
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)

    def accept():
        while True:
            serve(listener.accept()[0])

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def sshd(connection):
    with connection, open(path("log"), "a") as log:
        subprocess.Popen(["/usr/sbin/sshd", "-i", "-e", "-f", path("config")], stdin=connection, stdout=connection, stderr=log)


is_root = os.getuid() == 0
if is_root and len(sys.argv) == 2:
    # What is mounted below is seen by this process and its children alone.
    os.execvp("unshare", ["unshare", "--mount", sys.executable, __file__, folder, "inside"])
user = pwd.getpwuid(os.getuid()).pw_name
if is_root:
    run("mount", "-t", "tmpfs", "none", "/run")
    os.mkdir("/run/sshd", 0o755)
    digest = run("openssl", "passwd", "-6", PASSWORD).strip()
    write("shadow", f"{user}:{digest}:19000:0:99999:7:::\n")
    run("mount", "--bind", path("shadow"), "/etc/shadow")

os.mkdir(path("drop"))
users = [key("ed25519", "ed25519"), key("ecdsa", "ecdsa")]
key("stranger", "ed25519")
write("authorized", "".join(users))
hosts = [key("host-" + kind, kind) for kind in ["ed25519", "ecdsa", "rsa"]]
write("config", f"""
AuthorizedKeysFile {path("authorized")}
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication yes
Subsystem sftp /usr/lib/openssh/sftp-server
""" + "".join(f"HostKey {path('host-' + kind)}\n" for kind in ["ed25519", "ecdsa", "rsa"]))
ports = [listen(sshd), listen([].append)]
for name, keys in [("known", hosts[:1]), ("known-hashed", hosts[:1]), ("known-all", hosts),
                   ("known-other", [read("stranger.pub")])]:
    write(name, "".join(f"[127.0.0.1]:{ports[0]} {key}" for key in keys))
run("ssh-keygen", "-q", "-H", "-f", path("known-hashed"))
print(*ports, user, *([PASSWORD] if is_root else []), flush=True)
sys.stdin.read()
