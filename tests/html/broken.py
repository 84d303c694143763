# SPDX-License-Identifier: MIT
"""Faults that look.js has to notice, each made by a script in a page without fault."""

# What look.js says, the page, and the fault.
FAULTS = (
    ("overlap", "latency-one", """
        const [a, b] = document.querySelectorAll(".tick.y");
        b.setAttribute("y", a.getAttribute("y"));"""),
    ("overlap", "bench-8-paths", """
        const [a, b] = document.querySelectorAll(".label");
        a.setAttribute("y", b.getAttribute("y") - 5);"""),
    ("outside", "latency-one", "document.querySelector('.title').setAttribute('x', -20);"),
    ("outside", "latency-one", "document.querySelector('.bar').setAttribute('width', 3000);"),
    ("outside", "latency-one", "document.querySelector('td').style.textIndent = '-5em';"),
    ("scroll", "latency-one", "document.querySelector('h1').style.minWidth = '3000px';"),
    ("crossing", "latency-one", """
        const tick = document.querySelector(".histogram .tick.y");
        const bar = document.querySelector(".histogram .bar");
        bar.setAttribute("x", tick.getComputedTextLength() / 2);
        bar.setAttribute("y", tick.getAttribute("y") - 20);"""),
    ("small", "latency-one", "document.querySelector('.tick').style.fontSize = '9px';"),
    ("contrast", "latency-one", "document.querySelector('h1').style.color = '#777';"),
    ("contrast", "latency-one", "document.querySelector('.tick').style.fill = '#777';"),
    ("contrast", "latency-one", "document.querySelector('.curve').style.stroke = '#606060';"),
    # Of red and olive, which differ for most readers.
    ("alike", "bench-8-paths", """
        const [a, b] = document.querySelectorAll(".latency .curve");
        [a.style.stroke, b.style.stroke] = ["#c00000", "#505000"];"""),
    ("axis", "latency-one", """
        document.querySelectorAll(".heat .tick.x").forEach(tick => tick.remove());"""),
    ("axis", "ladder-usual", "document.querySelector('.ladder .title').remove();"),
    ("label", "latency-wide", "document.querySelector('.label').remove();"),
    ("label", "latency-one", "document.querySelector('.heat + .legend').textContent = '';"),
    ("hover", "latency-one", """
        const svg = document.querySelector(".heat");
        svg.replaceWith(svg.cloneNode(true));"""),
    ("nonsense", "latency-one", "document.querySelector('.tick').textContent = 'NaN us';"),
)
