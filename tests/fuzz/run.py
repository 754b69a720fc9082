"""Starts the service on new databases and holds it to its own document, as nobody and as an admin side by side.

usage: run.py GONGCE REPORTS [anonymous|admin] [OPTION OF SCHEMATHESIS…]
"""

import base64
import concurrent.futures
import hashlib
import hmac
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import typing
import urllib.parse
import urllib.request

SEED = "20261125"
EXAMPLES = "20"
FEWEST_CASES = 1_000
# Checks of schemathesis in whose place hooks.py has others.
OURS = "not_a_server_error,positive_data_acceptance,response_schema_conformance,negative_data_rejection"
PASSWORD = "correct-mule-battery-staple"

SETTINGS = {
    # Each case comes from an address of its own (see hooks.py).
    "GONGCE_TRUSTED_PROXIES": "127.0.0.1",
    "GONGCE_SEARCH_RATE": "1000000",
    "GONGCE_SEARCH_BURST": "1000000",
    "GONGCE_SESSION_SEARCH_BURST": "1000000",
    "GONGCE_WRITE_BURST": "1000000",
    # Messages to made-up robots go nowhere.
    "GONGCE_OUTBOX_WECOM_URL": "http://127.0.0.1:9/",
    "GONGCE_OUTBOX_DINGTALK_URL": "http://127.0.0.1:9/",
    # A stream that ends at once is an answer like any other.
    "GONGCE_STREAM_AGE_SECONDS": "0.05",
    "GONGCE_STREAMS_PER_ADDRESS": "1000",
    "GONGCE_STOP_DELAY_SECONDS": "0",
    "GONGCE_LOG": "warn",
}


def main():
    gongce, reports, *options = sys.argv[1:]
    passes = ["anonymous", "admin"]
    if options and options[0] in passes:
        passes = [options.pop(0)]
    # Either has a service of its own, and what it says is kept until it is whole.
    with concurrent.futures.ThreadPoolExecutor(len(passes)) as side_by_side:
        keep = len(passes) > 1
        held = [side_by_side.submit(hold, gongce, pathlib.Path(reports), who, options, keep) for who in passes]
    for who, one in zip(passes, held):
        print(f"-- {who}\n{one.result().said}", flush=True)
    wrong = [one.result().wrong for one in held if one.result().wrong]
    if wrong:
        sys.exit("\n".join(wrong))
    cases = sum(one.result().cases for one in held)
    # A narrowed run, to look at one case again, has fewer.
    if not options and len(passes) == 2 and cases < FEWEST_CASES:
        sys.exit(f"only {cases} cases were made; at least {FEWEST_CASES} are due")
    print(f"{cases} cases, none failed")


class Held(typing.NamedTuple):
    """What came of one pass: how many cases it made, what it printed, and what is wrong, if anything is."""

    cases: int
    said: str
    wrong: str | None


def hold(gongce, reports, who, options, keep):
    with tempfile.TemporaryDirectory() as folder, Service(gongce, pathlib.Path(folder)) as service:
        return service.hold(who, reports / who, options, keep)


class Service:
    """A running server around the demonstration county, with an admin."""

    def __init__(self, gongce, folder):
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("GONGCE_")}
        self.environment |= SETTINGS | {"GONGCE_DATABASE_URL": f"sqlite://{folder}/fuzz.db"}
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        command = [gongce, "demo", "--history", "2", "--listen", f"127.0.0.1:{port}"]
        self.server = subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL)
        try:
            self.wait()
            # The demonstration has an admin, who would make a bootstrap of no use.
            invite = [gongce, "staff", "invite", "--name", "fuzz", "--role", "admin"]
            said = subprocess.run(invite, env=self.environment, check=True, capture_output=True, text=True)
            self.sign_in(said.stdout.split()[1])
        except BaseException:
            self.server.kill()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.terminate()
        try:
            self.server.wait(60)
        except subprocess.TimeoutExpired:
            self.server.kill()

    def wait(self):
        for _ in range(600):
            if self.server.poll() is not None:
                sys.exit("the server did not start")
            try:
                return urllib.request.urlopen(f"{self.base}/readyz", timeout=5).close()
            except OSError:
                time.sleep(0.1)
        sys.exit("the server does not become ready")

    def sign_in(self, invitation):
        joined = self.post("/api/v1/invitations/accept", invitation=invitation, login="fuzz", password=PASSWORD)
        code = totp(joined["totp"])
        opened = self.post("/api/v1/sessions", login="fuzz", password=PASSWORD, code=code)
        self.admin, self.own = opened["token"], f"{opened['session']['id']} {joined['person']}"

    def post(self, path, **body):
        headers = {"Content-Type": "application/json"}
        if hasattr(self, "admin"):
            headers["Authorization"] = f"Bearer {self.admin}"
        request = urllib.request.Request(self.base + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def hold(self, who, reports, options, keep):
        """One run of schemathesis."""
        # What an earlier run remembers would be tried again, and no two runs were the same.
        shutil.rmtree(reports, ignore_errors=True)
        reports.mkdir(parents=True)
        report = reports / "report.json"
        here = pathlib.Path(__file__).resolve().parent
        environment = os.environ | {"FUZZ_BASE": self.base, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(here)}
        command = [str(pathlib.Path(sys.executable).with_name("schemathesis"))]
        if who == "admin":
            environment |= {"FUZZ_ADMIN": self.admin, "FUZZ_OWN": self.own}
            command += ["--config-file", str(here / "admin.toml")]
        command += [
            *("run", f"{self.base}/api/openapi.json", "--no-color", "--warnings", "off"),
            # hooks.py has these checks with what they must not be held against.
            *("--checks", "all", "--exclude-checks", OURS),
            *("--phases", "examples,coverage,fuzzing,stateful"),
            *("--max-examples", EXAMPLES, "--seed", SEED, "--generation-database", "none"),
            *("--continue-on-failure", "--output-sanitize", "false"),
            *("--report", "json", "--report-json-path", str(report)),
        ]
        kept = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True} if keep else {}
        ran = subprocess.run(command + options, env=environment, cwd=reports, **kept)
        said = ran.stdout or ""
        if ran.returncode:
            return Held(0, said, f"as {who} the service does not keep to its document; see above")
        wrong = self.missing_admin() if who == "admin" else None
        return Held(json.loads(report.read_text())["test_cases"]["generated"], said, wrong)

    def missing_admin(self):
        headers = {"Authorization": f"Bearer {self.admin}"}
        try:
            urllib.request.urlopen(urllib.request.Request(f"{self.base}/api/v1/me", headers=headers), timeout=30).close()
        except urllib.error.HTTPError as error:
            return (
                f"the admin's session did not outlive the run ({error}), so that not everything was tried as an admin:\n"
                "add the operation that ends it to ENDS_ITS_SESSION in tests/fuzz/hooks.py"
            )
        return None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def totp(uri):
    """The present code of an otpauth address (RFC 6238)."""
    secret = urllib.parse.parse_qs(urllib.parse.urlparse(uri).query)["secret"][0]
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1)
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


main()
