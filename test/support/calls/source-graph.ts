/** What a piece of code can reach: the top-level declarations of a bundle, and for each the names that it mentions. */
import path from 'node:path';
import { parseSync } from '@swc/core';
import { buildSync } from 'esbuild';
import { projectRoot } from '../project-root';

type Node = { readonly type: string; readonly [name: string]: unknown };

/** `ports.store.write` and `store.write` are both seen as store → write. */
export type Member = { readonly object: string; readonly property: string };

export type Mentions = { readonly names: ReadonlySet<string>; readonly members: readonly Member[] };

export type SourceGraph = {
  /** Imported names of packages, by what the bundle calls them. */
  readonly imports: ReadonlyMap<string, { readonly source: string; readonly name: string }>;
  readonly declarations: ReadonlyMap<string, Node>;
  /** What a module's export is called in the bundle. */
  readonly exports: ReadonlyMap<string, string>;
};

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** Null where the expression is computed. */
const nameOf = (node: unknown): string | null =>
  isNode(node) && (node.type === 'Identifier' || node.type === 'StringLiteral') ? String(node['value']) : null;

/** esbuild puts a number behind a name that would stand for two things. */
const withoutNumber = (name: string) => name.replace(/\d+$/, '');

const childrenOf = (node: Node): readonly unknown[] => {
  // A property's name mentions nothing.
  if (node.type === 'KeyValueProperty') return [node['value']];
  if (node.type === 'MemberExpression' && isNode(node['property']) && node['property'].type === 'Identifier')
    return [node['object']];
  return Object.values(node);
};

const objectName = (node: unknown): string | null => {
  if (!isNode(node)) return null;
  if (node.type === 'Identifier') return nameOf(node);
  return node.type === 'MemberExpression' ? nameOf(node['property']) : null;
};

/** Every node below, the node itself first. */
export const walk = function* (value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const one of value) yield* walk(one);
  else if (isNode(value)) {
    yield value;
    for (const child of childrenOf(value)) yield* walk(child);
  } else if (typeof value === 'object' && value !== null) for (const child of Object.values(value)) yield* walk(child);
};

export const mentionsOf = (value: unknown): Mentions => {
  const names = new Set<string>();
  const members: Member[] = [];
  for (const node of walk(value)) {
    if (node.type === 'Identifier') names.add(String(node['value']));
    if (node.type !== 'MemberExpression') continue;
    const [object, property] = [objectName(node['object']), nameOf(node['property'])];
    if (object && property) members.push({ object: withoutNumber(object), property });
  }
  return { names, members };
};

const declaredIn = (item: Node): readonly (readonly [string, Node])[] => {
  if (item.type === 'FunctionDeclaration' || item.type === 'ClassDeclaration')
    return [[nameOf(item['identifier']) ?? '', item]];
  if (item.type !== 'VariableDeclaration') return [];
  return (item['declarations'] as readonly Node[]).map((one) => [nameOf(one['id']) ?? '', one] as const);
};

const importedIn = (item: Node) => {
  if (item.type !== 'ImportDeclaration') return [];
  const source = nameOf(item['source']) ?? '';
  return (item['specifiers'] as readonly Node[]).map((one) => {
    const local = nameOf(one['local']) ?? '';
    return [local, { source, name: nameOf(one['imported']) ?? local }] as const;
  });
};

const exportedIn = (item: Node) =>
  item.type === 'ExportNamedDeclaration'
    ? (item['specifiers'] as readonly Node[]).map((one) => {
        const local = nameOf(one['orig']) ?? '';
        return [nameOf(one['exported']) ?? local, local] as const;
      })
    : [];

/** What is never reached is not in the bundle: esbuild drops it. Packages stay outside. */
const bundle = (source: string, folder: string): string => {
  const { outputFiles } = buildSync({
    stdin: { contents: source, resolveDir: path.join(projectRoot, folder), loader: 'ts' },
    bundle: true,
    write: false,
    treeShaking: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
    packages: 'external',
    target: 'esnext',
  });
  return outputFiles[0]?.text ?? '';
};

/** `source` is the text of a module that lies in the folder. */
export const readGraph = (source: string, folder = '.'): SourceGraph => {
  const items = parseSync(bundle(source, folder), { syntax: 'ecmascript', target: 'es2023' })
    .body as unknown as readonly Node[];
  return {
    imports: new Map(items.flatMap(importedIn)),
    declarations: new Map(items.flatMap(declaredIn)),
    exports: new Map(items.flatMap(exportedIn)),
  };
};

/** Everything that is mentioned from here on, through the declarations of the bundle. */
export const reachFrom = ({ declarations }: SourceGraph, start: Mentions): Mentions => {
  const names = new Set<string>();
  const members: Member[] = [...start.members];
  const queue = [...start.names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (names.has(name)) continue;
    names.add(name);
    const declaration = declarations.get(name);
    if (!declaration) continue;
    const found = mentionsOf(declaration);
    members.push(...found.members);
    queue.push(...found.names);
  }
  return { names, members };
};
