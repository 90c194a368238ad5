"""Numbers as the page writes them, read back: the value, and how far rounding may have moved it."""
import re

UNITS_S = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3600, "d": 86400}
PART = re.compile(r"(\d+(?:\.\d+)?)(ns|us|ms|min|s|h|d)")


def value(text):
    """(number, largest error that rounding explains)"""
    text = text.replace("\u202f", "").replace("\u00a0", " ").strip()
    sign = -1 if text.startswith("-") else 1
    parts = PART.findall(text)
    if parts and "".join(number + unit for number, unit in parts) == text.lstrip("-+"):
        number, unit = parts[-1]
        return sign * sum(float(n) * UNITS_S[u] for n, u in parts), step(number, parts) * UNITS_S[unit]
    if text.endswith(" %"):
        return float(text[:-2]) / 100, 0.0005
    number = float(text)
    return number, half_a_digit(text) if "." in text else max(0, 0.0005 * abs(number))


def half_a_digit(number):
    return 0.5 * 10.0 ** -len(number.partition(".")[2])


def step(number, parts):
    # Below a minute trailing zeros are cut: three digits of ms and us, hundredths of seconds.
    if len(parts) > 1:
        return 0.5
    whole = len(number.partition(".")[0])
    return 0.005 if parts[0][1] in ("s", "min") else 0.5 * 10.0 ** (whole - 3)


def is_shown(text, number):
    read, error = value(text)
    return abs(read - number) <= error * 1.001 + 1e-12
