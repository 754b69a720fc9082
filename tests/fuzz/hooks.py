"""What schemathesis must know of this service that its document cannot say."""

import functools
import itertools
import json
import os
import urllib.request

import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
    response_schema_conformance,
)

BASE = os.environ["FUZZ_BASE"]
# The admin's token, and the ids of their session and person; unset when nobody is signed in.
ADMIN = os.environ.get("FUZZ_ADMIN")
OWN = os.environ.get("FUZZ_OWN", "").split()

# Operations that end the session they are called in. They are called in one that was opened for it, since the admin's
# must outlive the run; run.py fails if it does not, so that a new operation of this kind is noticed.
ENDS_ITS_SESSION = {"delete_current_session", "delete_me"}

# Answers of 503 that are no failure, by their code, with the reason.
NO_FAILURE = {"wechatNotConfigured": "there is no mini program here; a stand-in for WeChat is asked in tests/it"}

# Schema-valid parameters (field, code) that may be refused with 400, with the reason.
EXCUSED = {
    ("bbox", "outOfRange"): "of its numbers two are latitudes, the first below the second; OpenAPI 3.0 has no tuples",
    ("at", "outOfRange"): "from 1970 to 2199; OpenAPI has no bounds for instants",
    ("since", "outOfRange"): "the same",
    ("on", "outOfRange"): "the same, of dates",
    ("from", "outOfRange"): "the same, of dates",
    ("to", "outOfRange"): "the same, of dates",
    ("atLeast", "unknownGrade"): "which grades there are depends on the standard, another parameter",
    ("latitude", "incomplete"): "given with the longitude or not at all; OpenAPI cannot tie one parameter to another",
    ("id", "unreadable"): "links are guessed by name, and the id of a grant is then put where that of a person is due",
    ("If-Match", "unreadable"): "an entity tag is what an answer brought, and deliberately has no documented form",
    ("cursor", "unreadable"): "a cursor is what the page before answered, and deliberately has no documented form",
    ("cursor", "badCode"): "the same",
    ("cursor", "badId"): "the same",
}

PIN = "271828"

clients = itertools.count()


@schemathesis.hook
def before_call(_context, case, _kwargs):
    # Each case comes from a client of its own: the limits by address are tested elsewhere, and here would soon answer
    # everything with 429. The server trusts this address as a proxy.
    number = next(clients)
    case.headers["X-Forwarded-For"] = f"198.18.{number // 256 % 256}.{number % 256}"
    # Nothing would get past a made-up revision; some cases are about the first, which much of the county still has.
    if "If-Match" in case.headers and number % 2 and case.meta and case.meta.generation.mode.is_positive:
        case.headers["If-Match"] = '"1"'
    if ADMIN and ends_the_admin(case) and case.headers.get("Authorization") == f"Bearer {ADMIN}":
        case.headers["Authorization"] = f"Bearer {fresh_session()}"


def strays(case):
    """Whether the body has members that its schema forbids: of one that holds another object schemathesis takes the
    examples of the inner members for examples of the outer ones."""
    media = case.operation.definition.raw.get("requestBody", {}).get("content", {}).get("application/json; charset=utf-8")
    named = media and media["schema"].get("$ref")
    if not named or not isinstance(case.body, dict):
        return False
    schema = document()["components"]["schemas"][named.rsplit("/", 1)[-1]]
    return schema.get("additionalProperties") is False and not case.body.keys() <= schema["properties"].keys()


@functools.cache
def document():
    with urllib.request.urlopen(f"{BASE}/api/openapi.json", timeout=30) as answer:
        return json.load(answer)


def ends_the_admin(case):
    if case.operation.definition.raw.get("operationId") in ENDS_ITS_SESSION:
        return True
    # Whoever follows links through the document finds the admin's own session and grants, and removes them.
    return case.method.upper() == "DELETE" and any(str(value) in OWN for value in case.path_parameters.values())


def fresh_session():
    """A session of a cleaner who joins for it alone: the one before may have deleted their account."""
    invited = post("staff/invitations", name="somebody", role="cleaner")["invitation"]
    device = post("invitations/accept", invitation=invited, pin=PIN)["device"]
    return post("sessions", device=device, pin=PIN)["token"]


def post(path, **body):
    number = next(clients)
    headers = {
        "Authorization": f"Bearer {ADMIN}",
        "Content-Type": "application/json",
        "X-Forwarded-For": f"198.19.{number // 256 % 256}.{number % 256}",
    }
    request = urllib.request.Request(f"{BASE}/api/v1/{path}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


@schemathesis.check
def nothing_fails(ctx, response, case):
    """Schemathesis's own check, but see NO_FAILURE."""
    if response.status_code == 503 and response.json().get("code") in NO_FAILURE:
        return None
    return not_a_server_error(ctx, response, case)


@schemathesis.check
def valid_data_is_taken(ctx, response, case):
    """Schemathesis's own check, but 422 is for what breaks a rule that a schema cannot hold, 412 for a record that
    somebody else has changed, 428 for `If-Match: *`, which is no revision; and see EXCUSED."""
    if response.status_code in (412, 422, 428) or strays(case):
        return None
    if response.status_code == 400:
        problem = response.json()
        errors = problem.get("errors", [])
        # A datum is due only where a position is given; OpenAPI cannot tie one parameter to another. Told with
        # it are all the rules that are broken besides, which alone are answered 422.
        if problem.get("code") == "crsMissing":
            return None
        # Names of further parts are made up of bytes that no head of a part can hold.
        if problem.get("code") == "badBody" and case.operation.definition.raw.get("operationId") == "upload_photo":
            return None
        if errors and all((error["field"], error["code"]) in EXCUSED for error in errors):
            return None
    return positive_data_acceptance(ctx, response, case)


@schemathesis.check
def answers_fit(ctx, response, case):
    """Schemathesis's own check, but a stream of events is no list: each of its frames is held to the list's whole schema."""
    if response.headers.get("content-type", [""])[0].startswith("text/event-stream"):
        return None
    return response_schema_conformance(ctx, response, case)


@schemathesis.check
def wrong_data_is_refused(ctx, response, case):
    """Schemathesis's own check, but what is wrong and too long as well may be refused for its length."""
    return None if response.status_code == 414 else negative_data_rejection(ctx, response, case)
