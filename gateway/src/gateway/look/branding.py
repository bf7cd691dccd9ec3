"""A tenant's two colours become a whole palette in which every text stays readable."""

from dataclasses import dataclass

from gateway.look.files import asset

DEFAULT_PRIMARY = "#0b5d57"
DEFAULT_ACCENT = "#e8890c"
READABLE = 4.5  # WCAG 2.2 AA, normal text


@dataclass(frozen=True)
class Colour:
    red: int
    green: int
    blue: int

    @classmethod
    def parse(cls, text: str, default: str) -> "Colour":
        """`#rrggbb`; anything else gives the default, because a broken setting must not break a page."""
        digits = text.removeprefix("#")
        if len(digits) != 6 or any(character not in "0123456789abcdefABCDEF" for character in digits):
            digits = default.removeprefix("#")
        return cls(int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16))

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    def mixed(self, other: "Colour", share: float) -> "Colour":
        """This colour with `share` (0–1) of the other."""
        keep = 1 - share
        return Colour(
            round(self.red * keep + other.red * share),
            round(self.green * keep + other.green * share),
            round(self.blue * keep + other.blue * share),
        )

    def luminance(self) -> float:
        def linear(value: int) -> float:
            part = value / 255
            return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

        return 0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)

    def contrast(self, other: "Colour") -> float:
        """WCAG contrast ratio, 1–21."""
        lighter, darker = sorted((self.luminance(), other.luminance()), reverse=True)
        return (lighter + 0.05) / (darker + 0.05)


WHITE = Colour(255, 255, 255)
INK = Colour(20, 30, 36)


def readable_on(background: Colour) -> Colour:
    """White if it can be read on the colour, else a near black."""
    return WHITE if WHITE.contrast(background) >= READABLE else INK


def darkened_for(background: Colour, colour: Colour) -> Colour:
    """The colour, darkened as little as it takes to be read as text on the background."""
    for step in range(21):
        candidate = colour.mixed(INK, step / 20)
        if candidate.contrast(background) >= READABLE:
            return candidate
    return INK


def palette(primary: str, accent: str) -> dict[str, str]:
    """The names of the custom properties without `--tenant-`, each with its colour."""
    main = Colour.parse(primary, DEFAULT_PRIMARY)
    second = Colour.parse(accent, DEFAULT_ACCENT)
    soft = WHITE.mixed(main, 0.08)
    return {
        "primary": str(main),
        "primary-contrast": str(readable_on(main)),
        "primary-hover": str(main.mixed(INK, 0.18) if readable_on(main) == WHITE else main.mixed(WHITE, 0.18)),
        "primary-deep": str(darkened_for(WHITE, main).mixed(INK, 0.45)),
        "primary-text": str(darkened_for(soft, main)),
        "primary-soft": str(soft),
        "primary-line": str(WHITE.mixed(main, 0.28)),
        "accent": str(second),
        "accent-contrast": str(readable_on(second)),
        "accent-soft": str(WHITE.mixed(second, 0.12)),
    }


def tenant_stylesheet(primary: str, accent: str) -> str:
    """The stylesheet `/look/tenant.css` of one tenant; colours as `#rrggbb`."""
    lines = "\n".join(f"  --tenant-{name}: {value};" for name, value in palette(primary, accent).items())
    return f":root {{\n{lines}\n}}\n"


def manifest(name: str, short_name: str, primary: str, language: str = "de") -> dict[str, object]:
    """The web app manifest by which a phone installs the portal."""

    def icon(file: str, size: int, purpose: str) -> dict[str, str]:
        return {"src": asset(f"app/{file}"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}

    return {
        "id": "/",
        "name": name,
        "short_name": short_name,
        "lang": language,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f4f6f7",
        "theme_color": str(Colour.parse(primary, DEFAULT_PRIMARY)),
        "icons": [
            icon("icon-192.png", 192, "any"),
            icon("icon-512.png", 512, "any"),
            icon("maskable-512.png", 512, "maskable"),
        ],
    }
