"""Preparing a 12-megapixel photo: CPU time and likeness, ours against libvips and against the naive way.

CPU time of this process (all its threads), the ways taken in turn, medians. Every way starts from the same file in
memory and ends with JPEG bytes of the same quality; libvips makes the same size as ours.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from statistics import median

os.environ.setdefault("VIPS_CONCURRENCY", "1")  # libvips reads it when it is loaded

import numpy as np
import pyvips  # type: ignore[import-untyped]  # ships no types
from PIL import Image

from tests.bench.scenes import PHOTO_SIZE, cut_out, photo, screenshot
from vision.images.encoding import PHOTO_QUALITY
from vision.images.preparing import ImageLimits, image_limits, prepare
from vision.messages import Detail
from vision.models.catalog import load_catalogue, resolve

ROUNDS = 15
TODAY = date(2026, 11, 22)
VIPS_GOAL, NAIVE_GOAL, LIKENESS_GOAL = 1.10, 2.5, 0.5
# What is measured: (title, model, detail), all held to the same goals. The goals were measured for a model of 1568 px;
# fine print keeps more than half of the edge, so that no decoder can skip work there, and misses them.
CASES = (
    ("Claude, normal", "claude-sonnet-5-5", Detail.NORMAL),
    ("Gemini, normal", "gemini-3.8-flash", Detail.NORMAL),
    ("OpenAI, normal", "gpt-6.1-terra", Detail.NORMAL),
    ("Claude, glance", "claude-sonnet-5-5", Detail.GLANCE),
    ("Claude, fine print", "claude-sonnet-5-5", Detail.FINE),
)


@dataclass(frozen=True, slots=True)
class Result:
    milliseconds: float
    data: bytes


def run() -> None:
    source = photo()
    full = Image.open(io.BytesIO(source)).convert("RGB")
    print(f"photo {PHOTO_SIZE[0]} x {PHOTO_SIZE[1]}, {len(source):,} bytes; JPEG {PHOTO_QUALITY}; {ROUNDS} rounds")
    for title, model, detail in CASES:
        limits = image_limits(resolve(load_catalogue(), model, TODAY), detail)
        _photo_case(title, source, full, limits)
    for title, data in (("screenshot (PNG)", screenshot()), ("cut-out with transparency (PNG)", cut_out())):
        limits = image_limits(resolve(load_catalogue(), "claude-sonnet-5-5", TODAY), Detail.NORMAL)
        _other_case(title, data, limits)


def _photo_case(title: str, source: bytes, full: Image.Image, limits: ImageLimits) -> None:
    size = limits.size(PHOTO_SIZE)
    results = _in_turn(
        {
            "ours": lambda: prepare(source, PHOTO_SIZE, limits).data,
            "libvips": lambda: _vips(source, size),
            "naive": lambda: _naive(source),
        }
    )
    reference = full.resize(size, Image.Resampling.LANCZOS)
    best = _likeness(_jpeg(reference), reference)
    print(f"\n{title}: {size[0]} x {size[1]}")
    for name, result in results.items():
        like = f"{_likeness(result.data, reference):6.2f} dB" if name != "naive" else " (2000 px)"
        print(f"  {name:8}{result.milliseconds:8.1f} ms {len(result.data):>9,} bytes  {like}")
    print(f"  full decode + LANCZOS, same quality: {best:.2f} dB")
    ours = results["ours"].milliseconds
    _verdict("ours / libvips", ours / results["libvips"].milliseconds, "<=", VIPS_GOAL)
    _verdict("naive / ours", results["naive"].milliseconds / ours, ">=", NAIVE_GOAL)
    _verdict("likeness lost, dB", best - _likeness(results["ours"].data, reference), "<=", LIKENESS_GOAL)


def _other_case(title: str, data: bytes, limits: ImageLimits) -> None:
    image = Image.open(io.BytesIO(data))
    size = limits.size(image.size)
    results = _in_turn(
        {
            "ours": lambda: prepare(data, image.size, limits).data,
            "libvips": lambda: _vips(data, size),
            "naive": lambda: _naive(data),
        }
    )
    print(f"\n{title}: {image.width} x {image.height} -> {size[0]} x {size[1]}")
    for name, result in results.items():
        kind = "PNG" if result.data.startswith(b"\x89PNG") else "JPEG"
        print(f"  {name:8}{result.milliseconds:8.1f} ms {len(result.data):>9,} bytes  {kind}")


def _in_turn(ways: dict[str, Callable[[], bytes]]) -> dict[str, Result]:
    times: dict[str, list[float]] = {name: [] for name in ways}
    data = {name: way() for name, way in ways.items()}  # the first round warms caches and is not counted
    for _ in range(ROUNDS):
        for name, way in ways.items():
            began = time.process_time()
            way()
            times[name].append(time.process_time() - began)
    return {name: Result(median(times[name]) * 1000, data[name]) for name in ways}


def _verdict(what: str, value: float, sense: str, goal: float) -> None:
    met = value <= goal if sense == "<=" else value >= goal
    print(f"  {what}: {value:.2f} (goal {sense} {goal}: {'met' if met else 'MISSED'})")


def _vips(data: bytes, size: tuple[int, int]) -> bytes:
    image = pyvips.Image.thumbnail_buffer(data, size[0], height=size[1], size="force")
    out: bytes = image.jpegsave_buffer(Q=PHOTO_QUALITY, keep="none", background=[255, 255, 255])
    return out


def _naive(data: bytes) -> bytes:
    image = Image.open(io.BytesIO(data)).convert("RGB")
    image.thumbnail((2000, 2000))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=PHOTO_QUALITY, optimize=True)
    return out.getvalue()


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=PHOTO_QUALITY)
    return out.getvalue()


def _likeness(data: bytes, reference: Image.Image) -> float:
    """PSNR in dB over red, green and blue; nan for another size."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    if image.size != reference.size:
        return float("nan")
    error = np.asarray(image, dtype=np.float64) - np.asarray(reference, dtype=np.float64)
    return float(10 * np.log10(255**2 / np.mean(error**2)))
