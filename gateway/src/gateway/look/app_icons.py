"""Draws the picture of the portal for a home screen, an open gate: `python -m gateway.look.app_icons`."""

from pathlib import Path

from PIL import Image, ImageDraw

from gateway.look.branding import DEFAULT_ACCENT, DEFAULT_PRIMARY
from gateway.look.files import STATIC

FINE = 4  # drawn larger and scaled down, which smooths the edges

# On a field of 100 × 100: roof, two posts, the opening with a container in it.
ROOF = [(50, 20), (82, 38), (82, 46), (50, 29), (18, 46), (18, 38)]
POSTS = [(22, 46, 31, 80), (69, 46, 78, 80)]
CONTAINER = [(37, 56), (63, 56), (59, 80), (41, 80)]


def icon(size: int, inset: float = 0.0, round_corners: bool = True) -> Image.Image:
    """`inset` (0–1) keeps the drawing clear of the rim that a phone may cut off."""
    large = size * FINE
    picture = Image.new("RGBA", (large, large))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((0, 0, large - 1, large - 1), large * 0.22 if round_corners else 0, fill=DEFAULT_PRIMARY)

    def at(x: float, y: float) -> tuple[float, float]:
        scale = large / 100 * (1 - inset)
        return large * inset / 2 + x * scale, large * inset / 2 + y * scale

    pen.polygon([at(*point) for point in ROOF], fill="white")
    for left, top, right, bottom in POSTS:
        pen.rectangle((*at(left, top), *at(right, bottom)), fill="white")
    pen.polygon([at(*point) for point in CONTAINER], fill=DEFAULT_ACCENT)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def favicon() -> str:
    def points(corners: list[tuple[int, int]]) -> str:
        return " ".join(f"{x},{y}" for x, y in corners)

    posts = "".join(f'<path d="M{x0} {y0}H{x1}V{y1}H{x0}Z"/>' for x0, y0, x1, y1 in POSTS)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        f'<rect width="100" height="100" rx="22" fill="{DEFAULT_PRIMARY}"/>'
        f'<g fill="#fff"><polygon points="{points(ROOF)}"/>{posts}</g>'
        f'<polygon points="{points(CONTAINER)}" fill="{DEFAULT_ACCENT}"/></svg>\n'
    )


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    icon(192).save(folder / "icon-192.png", optimize=True)
    icon(512).save(folder / "icon-512.png", optimize=True)
    icon(512, inset=0.22, round_corners=False).save(folder / "maskable-512.png", optimize=True)
    icon(180, round_corners=False).convert("RGB").save(folder / "apple-touch-icon.png", optimize=True)
    icon(48).save(folder / "favicon.ico", sizes=[(16, 16), (32, 32), (48, 48)])
    (folder / "favicon.svg").write_text(favicon(), encoding="utf-8")


if __name__ == "__main__":
    write(STATIC / "app")
