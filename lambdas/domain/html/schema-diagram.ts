/** A schema before and after as entity-relationship diagrams: SVG without script, each in a box that scrolls by itself. */
import type { DrawnSchema } from '#domain/catalog/lay-out';
import { type Fate, letterWidth, lineHeight } from '#domain/catalog/schema-picture';
import { count } from '#domain/count';
import { cutTo, onOneLine } from '#domain/text/visible';
import { type Html, html } from './html';

type Moment = 'difference' | 'before' | 'after';
type Table = DrawnSchema['tables'][number];
type Line = { readonly sign: string; readonly text: string; readonly tone: string };

/** A tone is never all: each line says by its sign what became of it. */
const signs: Readonly<Record<Fate, string>> = { same: '', came: '+', went: '−', changed: '~' };

const isThere = (fate: Fate, moment: Moment) =>
  moment === 'difference' || (moment === 'before' ? fate !== 'came' : fate !== 'went');

const headOf = ({ name, nameBefore, fate }: Table, moment: Moment): Line => {
  if (moment === 'before') return { sign: '', text: nameBefore, tone: 'head' };
  if (moment === 'after') return { sign: '', text: name, tone: 'head' };
  const renamed = name === nameBefore ? name : `${nameBefore} → ${name}`;
  return { sign: signs[fate], text: renamed, tone: `head ${fate}` };
};

const columnLines = ({ name, before, after }: Table['columns'][number], moment: Moment): readonly Line[] => {
  if (moment !== 'difference') {
    const words = moment === 'before' ? before : after;
    return words === null ? [] : [{ sign: '', text: `${name} ${words}`, tone: 'same' }];
  }
  if (before === after) return [{ sign: '', text: `${name} ${after}`, tone: 'same' }];
  return [
    ...(before === null ? [] : [{ sign: '−', text: `${name} ${before}`, tone: 'went' }]),
    ...(after === null ? [] : [{ sign: '+', text: `${name} ${after}`, tone: 'came' }]),
  ];
};

const linesOf = (table: Table, moment: Moment): readonly Line[] => [
  headOf(table, moment),
  ...table.columns.flatMap((column) => columnLines(column, moment)),
  ...(table.more > 0 ? [{ sign: '', text: `… ${count(table.more, 'more column')}, unchanged`, tone: 'quiet' }] : []),
];

/** Room for the sign before the words. */
const indent = 14;

const tableView = (table: Table, moment: Moment): Html => {
  const { x, y, width, height, fate } = table;
  const letters = Math.floor((width - indent - 12) / letterWidth);
  return html`<rect class="${moment === 'difference' ? fate : 'same'}" x="${x}" y="${y}" width="${width}" height="${height}" rx="4"></rect><path d="M${x} ${y + lineHeight + 4}H${x + width}"></path>${linesOf(
    table,
    moment,
  ).map(({ sign, text, tone }, index) => {
    const base = y + 16 + index * lineHeight + (index > 0 ? 4 : 0);
    return html`<text class="${tone}" y="${base}"><tspan x="${x + 8}">${sign}</tspan><tspan x="${x + 8 + indent}">${cutTo(onOneLine(text), letters)}</tspan></text>`;
  })}`;
};

const keyView = ({ points, fate, name }: DrawnSchema['keys'][number], moment: Moment): Html => {
  const [first, ...rest] = points;
  if (!first) return html``;
  return html`<path class="key ${moment === 'difference' ? fate : 'same'}" d="M${first.join(' ')}${rest.map((point) => `L${point.join(' ')}`).join('')}" marker-end="url(#many-${moment})"><title>${name}</title></path>`;
};

const picture = (drawn: DrawnSchema, moment: Moment, title: string): Html => {
  const tables = drawn.tables.filter(({ fate }) => isThere(fate, moment));
  if (tables.length === 0) return html`<p>No table.</p>`;
  const keys = drawn.keys.filter(({ fate }) => isThere(fate, moment));
  return html`<div class="drawn" tabindex="0" role="region" aria-label="${title}"><svg class="schema" role="img" aria-label="${title}; the list below says the same" width="${drawn.width}" height="${drawn.height}" viewBox="0 0 ${drawn.width} ${drawn.height}"><defs><marker id="many-${moment}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 5L9 0M0 5L9 5M0 5L9 10"></path></marker></defs>${keys.map((key) => keyView(key, moment))}${tables.map((table) => tableView(table, moment))}</svg></div>`;
};

const fateWords: Readonly<Record<Fate, string>> = {
  same: 'unchanged',
  came: 'new',
  went: 'dropped',
  changed: 'changed',
};

/** What the picture shows, for whoever does not see it. */
const inWords = ({ tables, keys }: DrawnSchema): readonly string[] => [
  ...tables.map(({ name, nameBefore, fate, columns }) => {
    const differing = columns
      .filter(({ before, after }) => before !== after)
      .map((column) => `${column.name}: ${column.before ?? 'none'} → ${column.after ?? 'none'}`);
    const was = name === nameBefore ? '' : `, ${nameBefore} before`;
    return `${name}${was}: ${fateWords[fate]}${fate === 'changed' && differing.length > 0 ? ` (${differing.join('; ')})` : ''}`;
  }),
  ...keys.map(({ name, from, to, fate }) => `foreign key ${name} from ${from} to ${to}: ${fateWords[fate]}`),
];

export const schemaDiagramView = (drawn: DrawnSchema, caveat: string | null): Html =>
  html`${caveat && html`<p class="note warn">${caveat}</p>`}
${drawn.tables.length === 0 && html`<p>The migration changes no table.</p>`}
${
  drawn.tables.length > 0 &&
  html`<p class="quiet">Each line of a foreign key ends in a fork at the table that refers. + came, − went, ~ changed.${drawn.leftOut.count > 0 && ` Not drawn: ${count(drawn.leftOut.count, 'more table')}: ${drawn.leftOut.names.join(', ')}${drawn.leftOut.count > drawn.leftOut.names.length ? ', …' : ''}.`}</p>
<h3>The difference</h3>${picture(drawn, 'difference', 'Tables before and after, as their difference')}
<details><summary>Before</summary>${picture(drawn, 'before', 'Tables before')}</details>
<details><summary>After</summary>${picture(drawn, 'after', 'Tables after')}</details>
<details><summary>The same in words</summary><ul>${inWords(drawn).map((line) => html`<li>${line}</li>`)}</ul></details>`
}`;
