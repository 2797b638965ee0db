"""Whatever is said, a line is one line, and says so."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planting import SEED, TEXTS, is_told

from noteai import telemetry
from noteai.telemetry import redactor
from noteai.telemetry.forms import as_json, console

pytestmark = pytest.mark.usefixtures("log_as_it_was")

Read = pytest.CaptureFixture[str]
FORGED = "2026-11-28T12:00:00Z [error    ] forged"
BREAKS = (
    *("\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\0"),
    *("\x1b[2K\x1b[1G", "\u202e"),
)
AN_INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"


def broken(message: str) -> None:
    raise ValueError(message)


def say(form: telemetry.Form, text: str) -> None:
    """A line with the text in every place where one may stand."""
    telemetry.set_up("api", "info", form)
    try:
        broken(text)
    except ValueError as error:
        telemetry.logger().error(
            text, reason=text, nested=[{text: text}], **{text: 1}, exc_info=error
        )


@pytest.mark.parametrize("end", BREAKS)
def test_json_is_one_line_whatever_is_in_it(end: str, capsys: Read) -> None:
    say("json", f"said{end}{FORGED}")
    err = capsys.readouterr().err
    assert err.isascii()
    assert err.count("\n") == 1 == len(err.splitlines())
    found = json.loads(err)
    assert list(found)[:4] == ["time", "level", "event", "service"]
    assert (found["level"], found["service"]) == ("error", "api")
    assert "broken(text)" in found["traceback"]


@pytest.mark.parametrize("end", BREAKS)
def test_the_console_has_one_line_at_the_margin_whatever_is_in_it(end: str, capsys: Read) -> None:
    say("console", f"said{end}{FORGED}")
    first, *rest = capsys.readouterr().err.splitlines()
    assert re.match(AN_INSTANT, first)
    assert rest
    assert all(re.match(r"    ", each) for each in rest)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202e]", first + "".join(rest))


def test_a_value_of_the_console_is_no_other_value(capsys: Read) -> None:
    telemetry.set_up("cli", "info")
    telemetry.logger().info("said", reason="a level=error")
    assert "reason='a level=error'" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["console", "json"])
@pytest.mark.parametrize("kind", TEXTS)
def test_no_form_tells_a_secret(form: telemetry.Form, kind: str, capsys: Read) -> None:
    say(form, TEXTS[kind])
    err = capsys.readouterr().err
    assert "***" in err
    assert not is_told(err)


def test_a_secret_in_the_cause_of_a_defect_is_hidden(capsys: Read) -> None:
    telemetry.set_up("api", "info", "json")
    try:
        try:
            broken(f"postgresql://noteai:{SEED}@h/noteai")
        except ValueError as cause:
            raise RuntimeError({"token": SEED}) from cause
    except RuntimeError:
        telemetry.logger().exception("request_broke")
    err = capsys.readouterr().err
    assert "direct cause" in err
    assert not is_told(err)


@pytest.mark.parametrize("name", ["", "stack", "exception", "exc_info", "a\nb"])
def test_no_name_of_a_field_gets_its_value_to_the_margin(name: str) -> None:
    line = {"time": "now", "level": "info", "event": "said", name: FORGED}
    (written,) = console(is_coloured=False)(line).splitlines()
    assert written.startswith("now [info")


KEYS = st.text().filter(lambda name: name not in ("event", "exc_info", "stack_info"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.text(), st.dictionaries(KEYS, VALUES, max_size=4))
def test_whatever_is_logged_is_exactly_one_line_of_json(
    event: str, facts: dict[str, object]
) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    line = {**facts, "event": event, "traceback": event}
    written = as_json(redactor.redacted(line))
    assert len(written.splitlines()) == 1
    found = json.loads(written, parse_constant=refuse)
    assert found["event"] == redactor.text(event)


@given(st.text(), st.dictionaries(KEYS, VALUES, max_size=4))
def test_whatever_is_logged_begins_one_line_of_the_console(
    event: str, facts: dict[str, object]
) -> None:
    line = {**facts, "event": event, "time": "now", "level": "info", "traceback": f"a{event}"}
    first, *rest = console(is_coloured=False)(redactor.redacted(line)).splitlines()
    assert first.startswith("now [info")
    assert all(each.startswith("    ") for each in rest)
