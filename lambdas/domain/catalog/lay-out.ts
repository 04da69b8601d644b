/** Where each table and each foreign key of a picture is drawn. Kept with the picture, so that it is drawn alike a year later. */
import { Graph, layout } from '@dagrejs/dagre';
import { onOneLine } from '#domain/text/visible';
import type { Catalog } from './catalog';
import {
  letterWidth,
  lineHeight,
  type PicturedTable,
  pictureOf,
  plainTables,
  type SchemaPicture,
} from './schema-picture';
import { tablesOf } from './tables';

type Place = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

export type DrawnSchema = Omit<SchemaPicture, 'tables' | 'keys'> & {
  readonly width: number;
  readonly height: number;
  /** Their upper left corner. */
  readonly tables: readonly (PicturedTable & Place)[];
  readonly keys: readonly (SchemaPicture['keys'][number] & {
    readonly points: readonly (readonly [x: number, y: number])[];
  })[];
};

const margin = 12;
/** Longer words are cut when they are drawn. */
const mostLetters = 46;

const lettersOf = (text: string | null) => onOneLine(text ?? '').length;

const widest = ({ name, nameBefore, columns }: PicturedTable) =>
  Math.max(
    name === nameBefore ? lettersOf(name) : lettersOf(name) + lettersOf(nameBefore) + 3,
    ...columns.map(
      (column) => lettersOf(column.name) + Math.max(lettersOf(column.before), lettersOf(column.after)) + 4,
    ),
  );

/** A changed column has a line for before and one for after. */
const linesOf = ({ columns, more }: PicturedTable): number =>
  1 +
  columns.reduce(
    (sum, { before, after }) => sum + (before !== null && after !== null && before !== after ? 2 : 1),
    more > 0 ? 1 : 0,
  );

const rounded = (value: number | undefined) => Math.round(value ?? 0);

export const layOut = (picture: SchemaPicture): DrawnSchema => {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 24, ranksep: 48, marginx: margin, marginy: margin });
  for (const table of picture.tables)
    graph.setNode(table.name, {
      width: Math.round(Math.min(mostLetters, widest(table)) * letterWidth) + 32,
      height: linesOf(table) * lineHeight + 12,
    });
  for (const { from, to, name } of picture.keys) graph.setEdge(to, from, {}, name);
  layout(graph);
  const tables = picture.tables.map((table) => {
    const { x, y, width, height } = graph.node(table.name) as Place;
    return { ...table, x: rounded(x - width / 2), y: rounded(y - height / 2), width, height };
  });
  const keys = picture.keys.map((key) => {
    const { points = [] } = graph.edge(key.to, key.from, key.name) as { points?: { x: number; y: number }[] };
    return { ...key, points: points.map(({ x, y }) => [rounded(x), rounded(y)] as const) };
  });
  const corners = [
    ...tables.map(({ x, y, width, height }) => [x + width, y + height] as const),
    ...keys.flatMap(({ points }) => points),
  ];
  return {
    leftOut: picture.leftOut,
    width: Math.max(0, ...corners.map(([x]) => x)) + margin,
    height: Math.max(0, ...corners.map(([, y]) => y)) + margin,
    tables,
    keys,
  };
};

/** Of two catalogs as they were read. */
export const drawBetween = (before: Catalog, after: Catalog): DrawnSchema =>
  layOut(pictureOf(plainTables(tablesOf(before)), plainTables(tablesOf(after))));
