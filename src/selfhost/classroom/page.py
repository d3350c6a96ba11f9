"""The board's page: one file, no framework, no address outside, every text set as text."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light; font: 16px/1.45 system-ui, sans-serif; }
body { margin: 1.2rem auto; max-width: 1180px; padding: 0 1rem; color: #111; background: #fff; }
h1 { font-size: 1.5rem; margin: 0 0 .3rem; } h2 { font-size: 1.1rem; margin: 1.4rem 0 .4rem; }
#sentence { font-size: 1.15rem; font-weight: 600; min-height: 1.6rem; }
table { border-collapse: collapse; } th, td { padding: .15rem .5rem; text-align: left; }
thead th { font-weight: 600; font-size: .85rem; }
td.cell { text-align: center; min-width: 1.6rem; border: 2px solid #fff; font-size: .85rem; }
.c0 { background: #cfe4f3; } .c1 { background: #f6c98b; } .c2 { background: #b5dfc8; }
.c3 { background: #eac7da; } .c4 { background: #f7f0a1; } .c5 { background: #c9c9c9; }
.none { background: #fff; color: #666; } .small { color: #444; font-size: .9rem; }
section { overflow-x: auto; } code { background: #f1f1f1; padding: 0 .25rem; }
"""

SCRIPT = """
const text = (tag, value, cls) => {
  const e = document.createElement(tag);
  e.textContent = value;
  if (cls) e.className = cls;
  return e;
};
const row = (cells) => { const r = document.createElement('tr'); r.append(...cells); return r; };
function show(board) {
  document.getElementById('sentence').textContent = board.sentence;
  document.getElementById('count').textContent = board.laptops.length;
  const ready = board.doctors.filter((d) => d.ready).length;
  document.getElementById('doctors').hidden = board.doctors.length === 0;
  document.getElementById('ready').textContent =
    `${ready} of ${board.doctors.length} laptops are ready.`;
  document.getElementById('lines').replaceChildren(...board.doctors.map((d) => row([
    text('th', d.ready ? 'ready' : 'not ready'), text('td', d.line)])));
  const head = document.getElementById('keys'), body = document.getElementById('matrix');
  head.replaceChildren(row([text('th', 'laptop'), text('th', 'group'),
    ...board.keys.map((k, i) => { const e = text('th', String(i + 1)); e.title = k; return e; })]));
  body.replaceChildren(...board.laptops.map((laptop, i) => row([
    text('th', laptop.name), text('td', laptop.group),
    ...board.matrix[i].map((rank) => rank < 0 ? text('td', '–', 'cell none')
      : text('td', String.fromCharCode(97 + rank % 26), 'cell c' + Math.min(rank, 5))),
  ])));
  document.getElementById('groups').replaceChildren(...board.groups.map((g) => row([
    text('th', g.letter), text('td', String(g.size)), text('td', g.names.join(', ')),
    text('td', g.facts.join(' · ')),
  ])));
  document.getElementById('telling').replaceChildren(...board.telling.map((t) => row([
    text('th', t.field), text('td', t.values.join(' · ')),
  ])));
}
let version = -1;
async function look() {
  try {
    const answer = await fetch('api/board?since=' + version);
    if (answer.status === 200) {
      const board = await answer.json();
      version = board.version;
      show(board);
    }
    document.getElementById('state').textContent = '';
  } catch (error) {
    document.getElementById('state').textContent = 'The board does not answer; trying again.';
  }
  setTimeout(look, 1000);
}
look();
"""

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Board of the room</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style nonce="NONCE">STYLE</style></head><body>
<h1>Thirty laptops are an experiment</h1>
<p id="sentence" role="status" aria-live="polite"></p>
<p class="small"><span id="count">0</span> laptops · join code <code>CODE</code> ·
<a href="export.csv">CSV</a> · <a href="export.json">JSON</a> <strong id="state"></strong></p>
<div id="doctors" hidden><h2>Is every laptop ready?</h2>
<p id="ready" role="status" aria-live="polite"></p>
<section><table><tbody id="lines"></tbody></table></section></div>
<h2>Which outputs are identical?</h2>
<p class="small">One line per laptop, one column per generation. The same letter and colour in a
column: the same output, byte for byte. <b>a</b> is the most frequent one.</p>
<section><table><thead id="keys"></thead><tbody id="matrix"></tbody></table></section>
<h2>Groups of identical laptops, and what their cards share</h2>
<section><table><thead><tr><th>group</th><th>size</th><th>laptops</th><th>all of them have</th></tr>
</thead><tbody id="groups"></tbody></table></section>
<h2>What tells the groups apart</h2>
<section><table><tbody id="telling"></tbody></table></section>
<script nonce="NONCE">SCRIPT</script></body></html>
"""


def page(nonce: str, code: str) -> str:
    """The page with its one-time nonce; `code` holds letters and digits only."""
    parts = {"NONCE": nonce, "CODE": code, "STYLE": STYLE, "SCRIPT": SCRIPT}
    text = PAGE
    for name, value in parts.items():
        text = text.replace(name, value)
    return text


def policy(nonce: str) -> str:
    """Content-Security-Policy: our own style and script, our own addresses, nothing else."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
