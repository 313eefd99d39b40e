"""The texts of texts/*.txt, and what becomes of them, judged by Python's own parser."""

import json
import pathlib
import re
import sys

import pytest

TEXTS = pathlib.Path(__file__).parent / "texts"
DEEPEST = 512
# Python's parser calls itself for each level.
sys.setrecursionlimit(10 * DEEPEST)
HEXADECIMAL = re.compile(r"[0-9a-f]{2}(?: [0-9a-f]{2})*")


def read(name):
    """The texts of a file as bytes; a test's name tells the section and the line."""
    section, parameters = "", []
    for number, line in enumerate((TEXTS / name).read_text().split("\n"), start=1):
        if line.startswith("## "):
            section = line[3:].split(":")[0]
        elif line and not line.startswith("# "):
            parameters.append(pytest.param(decoded(line), id=f"{section} (line {number})"))
    return parameters


def decoded(notation):
    data, rest = _decoded_until_end(notation)
    assert not rest, f"» without «: {notation}"
    return data


def _decoded_until_end(notation):
    """The bytes up to the » that ends this, and what stands from there on."""
    data = b""
    while notation and notation[0] != "»":
        if notation[0] != "«":
            data += notation[0].encode()
            notation = notation[1:]
            continue
        repetition = re.match(r"«(\d+)×", notation)
        if repetition:
            content, notation = _decoded_until_end(notation[repetition.end() :])
            data += int(repetition[1]) * content
        else:
            digits = notation[1 : notation.index("»")]
            assert not digits or HEXADECIMAL.fullmatch(digits), f"«{digits}» is neither bytes nor a repetition"
            data += bytes.fromhex(digits)
            notation = notation[1 + len(digits) :]
        assert notation[:1] == "»", "« without »"
        notation = notation[1:]
    return data, notation


def is_json(data, deepest=DEEPEST):
    """Whether the bytes are a JSON text that isn't nested too deep."""
    try:
        text = data.decode("utf-8")
        if depth(text) > deepest:
            return False
        parsed(text)
    except ValueError:
        return False
    return True


def depth(text):
    """How deep the brackets outside of strings are nested."""
    deepest = now = 0
    for bracket in re.sub(r'"(?:[^"\\]|\\.)*"', "", text, flags=re.DOTALL):
        now += (bracket in "[{") - (bracket in "]}")
        deepest = max(deepest, now)
    return deepest


def parsed(text):
    """The value, with numbers as they are spelled and objects as lists of their members."""
    return json.loads(
        text,
        parse_int=lambda digits: ("number", digits),
        parse_float=lambda digits: ("number", digits),
        parse_constant=_refuse,
        object_pairs_hook=lambda members: ("object", members),
    )


def _refuse(name):
    raise ValueError(f"{name} isn't JSON")


def stored(text):
    """What the bytes in Redis are when this text was set as a value."""
    text = text.strip(b" \t\r\n")
    if not text.startswith(b'"'):
        return text
    content = json.loads(text.decode())
    try:
        content = content.encode("utf-8")
    except UnicodeEncodeError:
        # A lone surrogate is no text, so there is nothing but its escape that could be stored.
        return text
    return text if is_json(content) else content
