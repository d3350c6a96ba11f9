"""Lab 3: right answers pass, and each usual mistake meets its own sentence."""

from __future__ import annotations

import numpy as np
import pytest

from selfhost.checks import Checks
from selfhost.quantize import lab3, lab3_format


def said(test, *given):
    """(passed, message) of a check, as the reader sees it."""
    check = Checks("Lab 3", show=lambda line: None)
    passed = check.run("x", "", test, *given)
    return passed, check.outcomes["x"].message


def decode(block):
    scale, minimum = np.frombuffer(block[:4], np.float16).astype(np.float32)
    packed = np.frombuffer(block[4:], np.uint8)
    return scale * np.concatenate([packed & 15, packed >> 4]).astype(np.float32) + minimum


def encode(values):
    minimum = values.min()
    scale = (values.max() - minimum) / np.float32(15)
    steps = (values - minimum) / scale if scale > 0 else np.zeros(32)
    q = np.clip(np.rint(steps), 0, 15).astype(np.uint8)
    return np.array([scale, minimum], np.float16).tobytes() + (q[:16] | q[16:] << 4).tobytes()


def interleaved(block):
    scale, minimum = np.frombuffer(block[:4], np.float16).astype(np.float32)
    packed = np.frombuffer(block[4:], np.uint8)
    return scale * np.stack([packed & 15, packed >> 4], 1).ravel().astype(np.float32) + minimum


def swapped(block):
    return np.roll(decode(block), 16)


def minus(block):
    minimum = np.frombuffer(block[2:4], np.float16).astype(np.float32)
    return decode(block) - 2 * minimum


def in_float16(block):
    scale, minimum = np.frombuffer(block[:4], np.float16)
    packed = np.frombuffer(block[4:], np.uint8)
    return scale * np.concatenate([packed & 15, packed >> 4]).astype(np.float16) + minimum


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda block: None, "returned None"),
        (lambda block: decode(block)[:16], "32 numbers"),
        (lambda block: decode(block) - decode(block).min(), "minimum"),
        (interleaved, "upper"),
        (swapped, "upper"),
        (in_float16, "float32"),
        (minus, "Value = scale"),
    ],
)
def test_a_wrong_decoder_is_told_what_is_wrong(function, words):
    passed, message = said(lab3_format.check_decode, function)
    assert not passed and words in message, message


def floor(values):
    block = bytearray(encode(values))
    minimum, scale = values.min(), (values.max() - values.min()) / np.float32(15)
    q = np.clip(np.floor((values - minimum) / (scale or 1)), 0, 15).astype(np.uint8)
    block[4:] = (q[:16] | q[16:] << 4).tobytes()
    return bytes(block)


def sixteen_steps(values):
    scale = (values.max() - values.min()) / np.float32(16)
    q = np.clip(np.rint((values - values.min()) / (scale or 1)), 0, 15).astype(np.uint8)
    head = np.array([scale, values.min()], np.float16).tobytes()
    return head + (q[:16] | q[16:] << 4).tobytes()


def divides(values):
    with np.errstate(all="ignore"):
        scale = (values.max() - values.min()) / np.float32(15)
        q = np.clip(np.rint((values - values.min()) / scale), 0, 15)
        q = np.nan_to_num(q).astype(np.uint8)
        head = np.array([scale if scale else np.nan, values.min()], np.float16).tobytes()
    return head + (q[:16] | q[16:] << 4).tobytes()


def other_halves(values):
    block = encode(values)
    return block[:4] + bytes((b >> 4) | (b & 15) << 4 for b in block[4:])


def spoils(values):
    block = encode(values)
    values -= 1
    return block


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda values: None, "returned None"),
        (lambda values: encode(values)[:18], "yours has 18"),
        (lambda values: list(encode(values)), "should return bytes"),
        (floor, "round"),
        (sixteen_steps, "fifteen steps"),
        (divides, "divide"),
        (spoils, "changed the numbers"),
        (lambda values: (b := encode(values))[2:4] + b[:2] + b[4:], "scale comes first"),
        (other_halves, "half of the byte"),
    ],
)
def test_a_wrong_encoder_is_told_what_is_wrong(function, words):
    passed, message = said(lab3_format.check_encode, function, decode)
    assert not passed and words in message, message


def test_right_functions_pass_and_are_the_librarys():
    assert said(lab3_format.check_decode, decode)[0]
    assert said(lab3_format.check_encode, encode, decode)[0]
    from gguf import GGMLQuantizationType, quants

    x = np.random.default_rng(5).normal(0, 1, (200, 32)).astype(np.float32)
    theirs = quants.quantize(x, GGMLQuantizationType.Q4_1)
    same = [encode(row) == bytes(block) for row, block in zip(x, theirs, strict=True)]
    assert sum(same) > 190  # the library rounds halves up, we to even


def fits(row, job):
    return row.bytes / 1e6 + job.beside_mb <= job.memory_mb


def good(row, job):
    return row.quality.kl_mean <= job.most_kl and row.quality.same_top >= job.least_same_top


def smallest_kl(rows):
    return min(rows, key=lambda row: row.quality.kl_mean, default=None)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda rows, job: smallest_kl([r for r in rows if good(r, job)]), "9 MB"),
        (lambda rows, job: min(rows, key=lambda r: r.bytes), "below the quality floor"),
        (
            lambda rows, job: min(
                (r for r in rows if fits(r, job) and good(r, job)), key=lambda r: r.bytes
            ),
            "closer to the original",
        ),
        (
            lambda rows, job: min(
                (r for r in rows if fits(r, job) and good(r, job)),
                key=lambda r: (r.quality.perplexity, r.quality.kl_mean),
                default=None,
            ),
            "perplexity",
        ),
        (
            lambda rows, job: smallest_kl([
                r for r in rows if fits(r, job) and r.quality.kl_mean <= job.most_kl
            ]),
            "both floors",
        ),
        (
            lambda rows, job: smallest_kl([
                r for r in rows if r.bytes / 1e6 + job.beside_mb < job.memory_mb and good(r, job)
            ]),
            "exactly",
        ),
        (
            lambda rows, job: (
                smallest_kl([r for r in rows if fits(r, job) and good(r, job)]) or rows[-1]
            ),
            "None",
        ),
        (
            lambda rows, job: smallest_kl([
                r for r in rows if r.bytes / 2**20 <= job.memory_mb - job.beside_mb and good(r, job)
            ]),
            "a million bytes",
        ),
        (
            lambda rows, job: min(
                (r for r in rows if fits(r, job) and good(r, job)), key=lambda r: r.quality.kl_mean
            ),
            "default=None",
        ),
        (lambda rows, job: None, "None although"),
        (lambda rows, job: [], "one of the rows"),
    ],
)
def test_a_wrong_rule_is_told_what_is_wrong(function, words):
    passed, message = said(lab3.check_choose, function)
    assert not passed and words in message, message


def test_the_lab_from_end_to_end_on_real_figures(files):
    """The right rule on the real rows: two machines have an answer, the third has none."""
    rows = lab3.rows()
    assert [row.name for row in rows] == list(files)
    answers = {job.name: lab3.best(rows, job) for job in lab3.JOBS}
    assert said(lab3.check_choices, answers, rows)[0]
    kiosk, office, tablet = answers.values()
    assert (kiosk.name, office.name, tablet) == ("Q4_K_M", "Q8_0", None)
    worse = {**answers, "the old tablet": rows[-1]}
    assert "Say so: None" in said(lab3.check_choices, worse, rows)[1]
    assert "is not the one" in said(lab3.check_choices, {**answers, "the exam office": rows[1]},
                                    rows)[1]  # fmt: skip

    mine = lab3.in_the_model(encode, decode)
    by_name = {row.name: row for row in rows}
    assert mine.bits_per_weight == pytest.approx(5.0, abs=0.05)
    assert by_name["Q5_K_M"].quality.kl_mean < mine.quality.kl_mean
    assert mine.quality.kl_mean < by_name["Q2_K"].quality.kl_mean
    better = [r.name for r in rows
              if r.bytes < mine.bytes and r.quality.kl_mean < mine.quality.kl_mean]  # fmt: skip
    assert said(lab3.check_place, better, mine, rows)[0]
    assert "not both" in said(lab3.check_place, [*better, "F32"], mine, rows)[1]


def test_a_defence_names_file_figure_and_limit():
    row = lab3._row("Q8_0", 6, 0.0001, 0.99)
    text = ("We chose Q8_0 since its 6 MB fit into the 9 MB of memory that are left. Its mean KL "
            "divergence from the original is 0.0001 on 1,500 positions of held-out text; how it "
            "does on exams we do not know.")  # fmt: skip
    assert said(lab3.check_defence, text, row)[0]
    spanish = ("Elegimos Q8_0: sus 6 MB caben en los 9 de memoria que quedan. En 1500 posiciones "
               "su divergencia KL media del original es 0,0001; de cómo responde a vuestros "
               "exámenes no sabemos nada todavía.")  # fmt: skip
    assert said(lab3.check_defence, spanish, row)[0]
    assert "25" in said(lab3.check_defence, "Q8_0 is best.", row)[1]
    assert "Exercise 3" in said(lab3.check_defence, text, None)[1]
    assert "Name the file" in said(lab3.check_defence, text.replace("Q8_0", "it"), row)[1]
    assert (
        "memory" in said(lab3.check_defence, text.replace("MB", "").replace("memory", ""), row)[1]
    )
