/** The one style sheet of all pages. It stands inline, so that a page is one answer; its hash is what the CSP lets through. */
import { createHash } from 'node:crypto';

/** Colours hold 4.5:1 and more on their grounds, in light and in dark. */
export const styleSheet = `
:root {
  color-scheme: light dark;
  --ground: #fff; --raised: #f5f6f8; --ink: #1b1f24; --quiet: #545d68; --line: #c9cfd6; --accent: #0b5cad;
  --good: #14692f; --good-ground: #e4f5e9; --bad: #a3161f; --bad-ground: #fdeaea; --warn: #7a4b00; --warn-ground: #fff3d6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181d; --raised: #1d232a; --ink: #e8ebef; --quiet: #a5afbb; --line: #3b444f; --accent: #7fb8f5;
    --good: #7fdc9c; --good-ground: #12301d; --bad: #ff9d9d; --bad-ground: #3b1719; --warn: #f3c969; --warn-ground: #352a10;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header, main, footer { max-width: 60rem; margin: 0 auto; padding: 0.75rem 1rem; }
header { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; align-items: baseline; border-bottom: 1px solid var(--line); }
header a { display: inline-block; padding: 0.25rem 0; }
header strong { margin-right: auto; }
footer { color: var(--quiet); font-size: 0.875rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0.75rem 0; }
h2 { font-size: 1.2rem; margin: 2rem 0 0.5rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 0.5rem; }
p { margin: 0.5rem 0; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { position: static; }
.quiet { color: var(--quiet); }
.plain { list-style: none; margin: 0; padding: 0; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.125rem 1rem; margin: 0.75rem 0; }
dl.facts dt { color: var(--quiet); }
dl.facts dd { margin: 0; }
.tag { display: inline-block; min-width: 4.5rem; padding: 0 0.5rem; border: 1px solid currentcolor; border-radius: 1rem; font-size: 0.8125rem; text-align: center; white-space: nowrap; color: var(--quiet); }
.tag.good { color: var(--good); background: var(--good-ground); }
.tag.bad { color: var(--bad); background: var(--bad-ground); }
.tag.warn { color: var(--warn); background: var(--warn-ground); }
.tag.busy { color: var(--accent); }
.note { padding: 0.5rem 0.75rem; border-left: 4px solid var(--accent); background: var(--raised); margin: 0.75rem 0; }
.note.bad { border-color: var(--bad); background: var(--bad-ground); }
.note.warn { border-color: var(--warn); background: var(--warn-ground); }
.note.good { border-color: var(--good); background: var(--good-ground); }
.rows { list-style: none; margin: 0.5rem 0; padding: 0; border-top: 1px solid var(--line); }
.rows > li { display: flex; flex-wrap: wrap; gap: 0.125rem 0.75rem; align-items: baseline; padding: 0.375rem 0; border-bottom: 1px solid var(--line); }
.rows .grow { flex: 1 1 14rem; }
.rows .tag { min-width: 6rem; }
.rows .meta { display: flex; gap: 0.75rem; margin-left: auto; align-items: baseline; }
.rows .time { min-width: 4.5rem; text-align: right; font-variant-numeric: tabular-nums; color: var(--quiet); }
details { margin: 0.5rem 0; }
summary { cursor: pointer; padding: 0.25rem 0; }
pre { margin: 0.5rem 0; padding: 0.75rem; overflow-x: auto; background: var(--raised); border: 1px solid var(--line); border-radius: 4px; font: 0.8125rem/1.5 ui-monospace, monospace; overflow-wrap: normal; }
pre.wrapped { white-space: pre-wrap; overflow-wrap: anywhere; }
pre.numbered { counter-reset: line; padding-left: 0; }
pre.numbered > span { counter-increment: line; display: block; padding-right: 0.75rem; min-width: max-content; }
pre.numbered > span::before { content: counter(line); display: inline-block; width: 3rem; padding-right: 0.75rem; text-align: right; color: var(--quiet); user-select: none; }
pre.difference > span { display: block; min-width: max-content; }
pre.difference .came { color: var(--good); }
pre.difference .went { color: var(--bad); }
pre.difference .changed { color: var(--warn); }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; margin: 0.5rem 0; padding: 0; font-size: 0.875rem; }
svg.locks { display: block; margin: 0.75rem 0; font-size: 12px; overflow: visible; }
svg.locks text { fill: currentcolor; }
svg .statement { fill: var(--accent); }
svg .nobody { fill: var(--quiet); }
svg .writers { fill: var(--warn); }
svg .everybody { fill: var(--bad); }
div.drawn { overflow-x: auto; max-width: 100%; border: 1px solid var(--line); border-radius: 4px; }
svg.schema { display: block; font: 11px ui-monospace, monospace; }
svg.schema rect { fill: var(--raised); stroke: var(--quiet); }
svg.schema rect.came { stroke: var(--good); stroke-width: 2; }
svg.schema rect.went { stroke: var(--bad); stroke-width: 2; stroke-dasharray: 6 3; }
svg.schema rect.changed { stroke: var(--warn); stroke-width: 2; }
svg.schema path { fill: none; stroke: var(--quiet); }
svg.schema path.came { stroke: var(--good); stroke-width: 2; }
svg.schema path.went { stroke: var(--bad); stroke-dasharray: 6 3; }
svg.schema path.changed { stroke: var(--warn); stroke-width: 2; }
svg.schema text { fill: var(--ink); }
svg.schema text.head { font-weight: 700; }
svg.schema text.came { fill: var(--good); }
svg.schema text.went { fill: var(--bad); }
svg.schema text.changed { fill: var(--warn); }
svg.schema text.quiet { fill: var(--quiet); }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; overflow-wrap: normal; }
th, td { padding: 0.375rem 0.75rem 0.375rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: inherit; }
thead th { color: var(--quiet); white-space: nowrap; }
td code { display: block; min-width: 11rem; overflow-wrap: anywhere; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
code { font: 0.875em ui-monospace, monospace; }
form { border: 1px solid var(--line); border-radius: 6px; padding: 0.25rem 1rem 1rem; }
fieldset { border: 0; margin: 1rem 0 0; padding: 0; min-width: 0; }
legend, label.name { display: block; font-weight: 600; margin: 1rem 0 0.25rem; padding: 0; }
fieldset legend { margin: 0 0 0.25rem; }
label.choice { display: flex; gap: 0.75rem; align-items: flex-start; padding: 0.5rem 0; }
label.choice input { flex: none; width: 1.5rem; height: 1.5rem; margin: 0; accent-color: var(--accent); }
input[type=text], textarea { width: 100%; padding: 0.5rem; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--quiet); border-radius: 4px; }
input.code { max-width: 14rem; font: 1.25rem/1.5 ui-monospace, monospace; letter-spacing: 0.1em; text-transform: uppercase; }
.because { margin: 0 0 0.75rem; padding-left: 2.25rem; }
.because textarea { min-height: 3.5rem; }
textarea { min-height: 6rem; resize: vertical; }
button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: 0.5rem 1.5rem; margin-top: 1rem; color: var(--ground); background: var(--accent); border: 0; border-radius: 4px; cursor: pointer; }
input[aria-invalid=true], textarea[aria-invalid=true] { border-color: var(--bad); border-width: 2px; }
.problem { color: var(--bad); margin: 0.25rem 0; }
@media (max-width: 66rem) {
  .stacked thead { position: absolute; left: -999rem; }
  .stacked tr { display: block; padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
  .stacked td { display: grid; grid-template-columns: 8rem 1fr; gap: 0.75rem; padding: 0.125rem 0; border: 0; }
  .stacked td::before { content: attr(data-head); color: var(--quiet); }
  .stacked .number { text-align: left; white-space: normal; }
}
@media (max-width: 30rem) {
  dl.facts { grid-template-columns: 1fr; gap: 0; }
  dl.facts dd { margin-bottom: 0.5rem; }
  button { width: 100%; }
}
`;

/** As a Content-Security-Policy source expression, for example `'sha256-…='`. */
export const styleHash = `'sha256-${createHash('sha256').update(styleSheet).digest('base64')}'`;
