"""Keep of govuk-frontend's style sheet only the components that our macros use.

Usage: python reduce_govuk.py govuk-frontend.min.css > govuk-frontend.reduced.css

Reads the published sheet, writes the reduced one wrapped in `@layer vendor`. The same input gives
the same bytes, so that VENDORED.md's checksum can be made again by anybody.
"""

# ruff: noqa: INP001  (a tool kept beside what it makes; static files are no package)
import re
import sys
from collections.abc import Iterator
from pathlib import Path

KEPT = frozenset(
    """
    back-link body body-l body-m body-s button button-group caption-l caption-m
    checkboxes details error-message error-summary fieldset form-group grid-column-full
    grid-column-one-half grid-column-one-third grid-column-two-thirds grid-row heading-l heading-m
    heading-s heading-xl hint input inset-text label label-wrapper link list main-wrapper
    pagination radios select skip-link summary-list table tag task-list template textarea
    visually-hidden warning-text width-container
    """.split()
)
# Modifiers that no macro of ours writes.
UNUSED = re.compile(
    r"-(start|inverse|inverse-start|prefix|suffix|image|tall)\b"
    r"|--(blue|teal|purple|magenta|orange|yellow|red|grey|green|pink|turquoise|brown)\b"
    r"|__(prefix|suffix|wrapper|divider|conditional)\b|--width-(30|20|3|2)\b|--small\b|--xl\b"
    r"|warning-text__icon|pagination__(item|icon|list|link-label)|pagination--block|govuk-link--"
    r"|summary-card|list--(spaced|number)|\bx:-"
)
# `:root` gives each of these a value, so their second one is never used.
FALLBACK = re.compile(r"(var\(--govuk-[a-z-]+),#[0-9a-f]+\)")
CLASS = re.compile(r"\.([a-z][\w!-]*)")
BLOCK = re.compile(r"govuk-([a-z]+(?:-[a-z]+)*)(?:__|--|$)")
# The typeface is not ours to use, and prefixed properties serve browsers that predate `@layer`.
DROPPED = re.compile(r"^(font-family|src|behavior|-webkit-(?!text-size)|-moz-|-ms-)")
# Our own print sheet replaces theirs, which prints the address after each link: a dossier's
# reference has no business on paper. The rest serves browsers that predate `@layer`.
DROPPED_BLOCKS = re.compile(
    r"@media (print|.*\\0)|position:-webkit-sticky|caret-color|text-wrap|max\("
)

Rule = tuple[str, str]


def rules(sheet: str) -> Iterator[Rule]:
    """Yield (prelude, body) of each top-level rule; the body of `@media` is a sheet again."""
    depth = start = opened = 0
    for index, letter in enumerate(sheet):
        if letter == "{":
            depth += 1
            opened = index if depth == 1 else opened
        elif letter == "}":
            depth -= 1
            if depth == 0:
                yield sheet[start:opened].strip(), sheet[opened + 1 : index]
                start = index + 1


def is_kept(selector: str) -> bool:
    """Tell whether every class of *selector* belongs to a kept component."""
    if UNUSED.search(selector):
        return False
    blocks = [BLOCK.match(name) for name in CLASS.findall(selector)]
    return all(block is not None and block[1] in KEPT for block in blocks)


def kept_selectors(prelude: str) -> str:
    """Return the kept selectors of a rule, none for `@font-face` and its like."""
    if prelude.startswith("@"):
        return ""
    return ",".join(filter(is_kept, re.split(r",(?![^(]*\))", prelude)))


def reduced_declarations(body: str) -> str:
    """Drop typefaces and prefixed properties."""
    return ";".join(part for part in body.split(";") if part and not DROPPED.match(part))


def reduced(sheet: str) -> str:
    """Return *sheet* with the kept rules only, in their order."""
    kept = []
    for prelude, body in rules(sheet):
        if prelude.startswith(("@media", "@supports")):
            selectors = "" if DROPPED_BLOCKS.search(prelude) else prelude
            left = reduced(body)
        else:
            selectors = kept_selectors(prelude)
            left = reduced_declarations(body)
        if selectors and left:
            kept.append(f"{selectors}{{{left}}}")
    return "".join(kept)


def main() -> None:
    """Write the reduced sheet to standard output."""
    source = Path(sys.argv[1]).read_text(encoding="utf-8")
    source = re.sub(r'/\*.*?\*/|@charset "UTF-8";', "", source, flags=re.DOTALL)
    sheet = FALLBACK.sub(r"\1)", reduced(source))
    if any(word in sheet for word in ("url(", "font-family", "attr(href)", "@import")):
        raise SystemExit("the reduced sheet would request a file, name a typeface or print links")
    notice = "/* govuk-frontend 6.6.0, reduced; MIT, see LICENSE-govuk-frontend.txt */"
    sys.stdout.write(f'@charset "UTF-8";\n{notice}\n@layer vendor{{{sheet}}}\n')


if __name__ == "__main__":
    main()
