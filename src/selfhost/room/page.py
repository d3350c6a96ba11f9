"""What the teacher projects: how to join, what is here, and who has got how far."""

from __future__ import annotations

import html
from typing import Any

from selfhost.console import size
from selfhost.room.manifest import Room, minutes

STYLE = """
:root { color-scheme: light; font: 17px/1.5 system-ui, sans-serif; }
body { margin: 1.4rem auto; max-width: 1080px; padding: 0 1rem; color: #111; background: #fff; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 1.8rem; }
pre { background: #f1f1f1; padding: .7rem 1rem; overflow-x: auto; font-size: 1.05rem; }
table { border-collapse: collapse; } th, td { padding: .2rem .8rem .2rem 0; text-align: left; }
td.n { text-align: right; font-variant-numeric: tabular-nums; } .small { color: #444; }
a { color: #0b4f8a; }
"""

SCRIPT = """
const cell = (value, cls) => {
  const e = document.createElement('td');
  e.textContent = value;
  if (cls) e.className = cls;
  return e;
};
async function look() {
  const state = document.getElementById('state');
  try {
    const data = await (await fetch('/room/status.json')).json();
    document.getElementById('summary').textContent = data.summary;
    document.getElementById('rows').replaceChildren(...data.laptops.map((l) => {
      const row = document.createElement('tr');
      row.append(cell(l.laptop), cell(l.stage), cell(String(l.files), 'n'),
        cell((l.bytes / 1e6).toFixed(0) + ' MB', 'n'), cell(l.target), cell(l.line));
      return row;
    }));
    state.textContent = '';
  } catch (error) {
    state.textContent = 'The room does not answer; trying again.';
  }
  setTimeout(look, 2000);
}
look();
"""


def policy(nonce: str) -> str:
    """Nothing but this page's own script and style runs; nothing is fetched from elsewhere."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def front(room: Room, address: str, nonce: str) -> str:
    """The page of the room."""
    kinds = "".join(
        f"<tr><td>{html.escape(target)}</td><td class=n>{size(room.bytes(target))}</td>"
        f"<td class=n>{minutes(room.bytes(target)):.0f} min</td></tr>"
        for target in room.targets
    )
    extras = "".join(
        f'<tr><td><a href="/{html.escape(each.path)}">{html.escape(each.path)}</a></td>'
        f"<td class=n>{size(each.bytes)}</td><td class=n>{minutes(each.bytes):.0f} min</td>"
        f"<td>{html.escape(each.about.get('licence', ''))}</td></tr>"
        for kind in ("kit", "model", "installer") for each in room.of(kind)
    )  # fmt: skip
    missing = "".join(
        f"<li>{html.escape(lost['what'])} ({html.escape(', '.join(lost['targets']))}): "
        f"{html.escape(lost['why'])}</li>"
        for lost in room.missing
    )
    here = html.escape(address)
    read = """<p>Nothing can be installed, or only a telephone at hand? <a href="/site/">The whole
course to read</a>, with all outputs.</p>"""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>The workshop's room</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style nonce="{nonce}">{STYLE}</style></head><body>
<h1>Everything for the workshop, without internet</h1>
<h2>Join</h2>
<p>Get <a href="/{html.escape(_kit(room))}">the kit</a>, unpack it, open a terminal there:</p>
<pre>SELFHOST_ROOM={here} make lab</pre>
<p>Windows (PowerShell):</p>
<pre>$env:SELFHOST_ROOM="{here}"; py kit.py lab</pre>
{read if room.of("page") else ""}
<p class="small">A download that is cut goes on when the same command is run again.</p>
<h2>Who has got how far</h2>
<p><strong id="summary" role="status" aria-live="polite"></strong> <strong id="state"></strong></p>
<table><thead><tr><th>laptop</th><th>stage</th><th>files</th><th>sent</th><th>kind</th>
<th>its doctor says</th></tr></thead><tbody id="rows"></tbody></table>
<h2>What is here</h2>
<p class="small">Minutes at 20 Mbit/s for one laptop; all laptops share the Wi-Fi.</p>
<table><thead><tr><th>kind of laptop</th><th>to fetch</th><th>time</th></tr></thead>
<tbody>{kinds}</tbody></table>
<table><thead><tr><th>file</th><th>size</th><th>time</th><th>licence</th></tr></thead>
<tbody>{extras}</tbody></table>
<p><a href="/wheels/">All packages</a> (a folder that pip's --find-links reads)</p>
{"<h2>What is not here</h2><ul>" + missing + "</ul>" if missing else ""}
<script nonce="{nonce}">{SCRIPT}</script></body></html>"""


def _kit(room: Room) -> str:
    return next((each.path for each in room.of("kit") if each.path.endswith(".zip")), "")


def listing(room: Room) -> str:
    """The packages as a plain page of links with their sha256, as pip reads it."""
    rows = "\n".join(
        f'<a href="{html.escape(each.path.rpartition("/")[2])}#sha256={each.sha256}">'
        f"{html.escape(each.path.rpartition('/')[2])}</a><br>"
        for each in room.of("wheel")
    )
    head = '<!doctype html><html><head><meta charset="utf-8"><title>Packages</title></head>'
    return f"{head}<body>\n{rows}\n</body></html>"


def status(rows: list[dict[str, Any]], busy: int, places: int) -> dict[str, Any]:
    """The page's live part: a sentence and a row per laptop."""
    done = sum(row["stage"] in ("set up", "ready") for row in rows)
    words = f"{done} of {len(rows)} laptops are set up; {busy} of {places} downloads run."
    return {"summary": words, "laptops": rows}
