# SPDX-License-Identifier: MIT
"""Looks at pages in a browser: those of the guests and made-up ones, and the drawings of docs."""
import argparse
import glob
import json
import os
import subprocess
import tempfile

import broken
import figures
from browser import Browser, BrowserError

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "../.."))
VIEWS = tuple((width, scheme) for width in (390, 800, 1400) for scheme in ("light", "dark"))
# With these a text is wider than with the first font of a drawing, each in its way.
FONTS = ("DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono")

with open(os.path.join(HERE, "look.js"), encoding="utf-8") as file:
    LOOK = f"(() => {{ {file.read()} return look(); }})()"


class Report:
    """Reports tests as the guests do."""

    def __init__(self):
        self.passed = self.failed = 0

    def test(self, label, check, *arguments):
        print(f"RUN {label}", flush=True)
        try:
            wrong = check(*arguments)
        except BrowserError as error:
            wrong = str(error)
        if wrong:
            self.failed += 1
            print(f"FAIL {label} {' '.join(wrong.split())}", flush=True)
        else:
            self.passed += 1
            print(f"PASS {label}", flush=True)


def look_at(browser, width, scheme):
    """What is wrong. All of the page is in the view: only there the browser knows what is where."""
    browser.see(width, scheme)
    browser.see(width, scheme, browser.run("document.documentElement.scrollHeight"))
    return browser.run(LOOK)


def views(browser, page, wanted=VIEWS):
    """The first complaint in any view."""
    browser.open(page)
    for width, scheme in wanted:
        complaints = look_at(browser, width, scheme)
        if browser.shots:
            browser.screenshot(f"{browser.shots}/{name_of(page)}-{width}-{scheme}.png")
        if complaints:
            more = f" and {len(complaints) - 1} more" if len(complaints) > 1 else ""
            return f"{width} wide, {scheme}: {complaints[0]}{more}"
    return None


def same_bands(browser, page):
    """The heat map, by the command, and the histogram, by the page, have the same bands."""
    browser.open(page)
    others = browser.run(figures.OTHER_BANDS)
    return f"other bands: {', '.join(others)}" if others else None


def axes(browser, page):
    """Whatever an axis covers, it has ticks, and they have room."""
    browser.open(page)
    browser.see(1400, "light")
    bad = browser.run(figures.BAD_AXES)
    return f"{len(bad)} bad axes: {', '.join(bad[:3])}" if bad else None


def of_guest(browser, kind, page):
    """Its figures, and its looks."""
    with open(f"{page[:-5]}.json", encoding="utf-8") as result:
        expected = json.load(result)
    browser.open(page)
    browser.see(1400, "light")
    wrong = figures.KINDS[kind](browser.run(figures.SHOWN), expected)
    # Made-up pages have all views of harder cases.
    return wrong or views(browser, page, ((390, "light"), (1400, "dark")))


def notices(browser, page, rule, fault):
    """look.js complains about the fault, and about nothing before."""
    browser.open(page)
    complaints = look_at(browser, 800, "dark")
    if complaints:
        return f"without the fault: {complaints[0]}"
    browser.run(f"(() => {{ {fault} }})()")
    complaints = browser.run(LOOK)
    if not any(complaint.startswith(f"{rule}:") for complaint in complaints):
        return f"not noticed in {complaints}"
    return None


def drawing(browser, svg, folder, font):
    """A drawing of docs, with this font only."""
    page = os.path.join(folder, "drawing.html")
    with open(svg, encoding="utf-8") as source, open(page, "w", encoding="utf-8") as out:
        out.write("<!DOCTYPE html><meta charset='utf-8'><style>body { margin: 0; background: #fff }"
                  f"svg text {{ font-family: '{font}' !important }}</style>{source.read()}")
    return views(browser, page, ((1000, "light"),))


def drawing_notices(browser, svg, folder):
    """Without lengths of its own, a text of the drawing leaves its box with a wide font."""
    plain = os.path.join(folder, "plain.svg")
    with open(svg, encoding="utf-8") as source, open(plain, "w", encoding="utf-8") as out:
        out.write(source.read().replace("textLength", "data-length"))
    return None if drawing(browser, plain, folder, FONTS[-1]) else "no text leaves its box"


def name_of(path):
    return os.path.basename(path).rsplit(".", 1)[0]


def made_pages(report, browser, folder):
    subprocess.run([f"{ROOT}/build/tests/html/html-pages", folder], check=True)
    pages = sorted(glob.glob(f"{folder}/*.html"))
    for page in pages:
        report.test(f"html:made/{name_of(page)}", views, browser, page)
    report.test("html:bands", same_bands, browser, f"{folder}/latency-wide.html")
    report.test("html:axes", axes, browser, f"{folder}/bench-one-rate.html")
    for number, (rule, page, fault) in enumerate(broken.FAULTS):
        report.test(f"html:notices/{rule}-{number}", notices, browser,
                    f"{folder}/{page}.html", rule, fault)


def drawings(report, browser, folder):
    for svg in sorted(glob.glob(f"{ROOT}/docs/*.svg")):
        for font in FONTS:
            report.test(f"html:drawing/{name_of(svg)}/{font.replace(' ', '-')}", drawing, browser,
                        svg, folder, font)
        report.test(f"html:drawing_notices/{name_of(svg)}", drawing_notices, browser, svg, folder)


def guests(report, browser, folder):
    for kind in figures.KINDS:
        pages = sorted(glob.glob(f"{folder}/*/{kind}.html"))
        for page in pages:
            leg = os.path.basename(os.path.dirname(page))
            report.test(f"html:{kind}/{leg}", of_guest, browser, kind, page)
        if not pages:
            report.test(f"html:{kind}", lambda: "no guest made a page")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("guests", nargs="?", help="the outputs of the guests, e.g. build/test")
    parser.add_argument("--shots", metavar="FOLDER", help="save what each view looks like there")
    arguments = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as folder, Browser(arguments.shots) as browser:
        made_pages(report, browser, folder)
        drawings(report, browser, folder)
        if arguments.guests:
            guests(report, browser, arguments.guests)
    print(f"DONE {report.passed} {report.failed} 0")


main()
