/** Which commands of the AWS SDK a method of a port can send, read from the adapters that are deployed. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { liveFileOf } from '#infra/bundling/entry-text';
import { projectRoot } from '../project-root';
import { portMethods } from './port-methods';
import { type Mentions, mentionsOf, reachFrom, readGraph, type SourceGraph, walk } from './source-graph';

export type Calls = {
  /** `PutObjectCommand`, `Upload`, `paginateListObjectsV2`. */
  readonly commands: ReadonlySet<string>;
  /** `store.write`: what it asks of other ports. */
  readonly ports: ReadonlySet<string>;
};

/** Where the runtime takes each port from. The ports that only speak to this process or over plain HTTP send nothing. */
const factories: Readonly<Record<string, { readonly file: string; readonly name: string }>> = {
  store: { file: 'lambdas/adapters/aws/s3-artifact-store.ts', name: 'createS3ArtifactStore' },
  migrations: { file: 'lambdas/adapters/aws/s3-migration-source.ts', name: 'createS3MigrationSource' },
  documents: { file: 'lambdas/adapters/aws/s3-project-documents.ts', name: 'createS3ProjectDocuments' },
  probes: { file: 'lambdas/adapters/http/http-probes.ts', name: 'createHttpProbes' },
  clock: { file: 'lambdas/adapters/http/http-probes.ts', name: 'createHttpProbes' },
};

const capital = (port: string) => `${port.charAt(0).toUpperCase()}${port.slice(1)}`;

/** `lambdas/runtime/live/mail.ts` exports `makeMail`, and so on for every port that is made at its first call. */
const factoryOf = (port: string) => factories[port] ?? { file: liveFileOf(port), name: `make${capital(port)}` };

const isCommand = ({ source, name }: { readonly source: string; readonly name: string }) =>
  source.startsWith('@aws-sdk/') && (/Command$/.test(name) || name.startsWith('paginate') || name === 'Upload');

const callsIn = (graph: SourceGraph, reached: Mentions): Calls => ({
  commands: new Set(
    [...reached.names].flatMap((name) => {
      const found = graph.imports.get(name);
      return found && isCommand(found) ? [found.name] : [];
    }),
  ),
  ports: new Set(
    reached.members
      .filter(({ object, property }) => portMethods.get(object)?.includes(property))
      .map(({ object, property }) => `${object}.${property}`),
  ),
});

type Node = ReturnType<typeof walk> extends Generator<infer T> ? T : never;

const keyOf = (property: unknown): string | null => {
  const { key, type, value } = property as { key?: { value?: string }; type?: string; value?: string };
  return type === 'Identifier' ? (value ?? null) : (key?.value ?? null);
};

/** The object that has all of the port's methods, where the factory itself says it. */
const portObject = (factory: Node, methods: readonly string[]): Node | null => {
  for (const node of walk(factory)) {
    if (node.type !== 'ObjectExpression') continue;
    const keys = (node['properties'] as readonly unknown[]).map(keyOf);
    if (methods.every((method) => keys.includes(method))) return node;
  }
  return null;
};

/** Declarations inside the factory: `const describeTarget = …; return { describeTarget }`. */
const localsOf = (factory: Node) =>
  new Map(
    [...walk(factory)]
      .filter(({ type }) => type === 'VariableDeclarator')
      .map((node) => [(node['id'] as { value?: string }).value ?? '', node] as const),
  );

const mentionsOfMethod = (factory: Node, object: Node, method: string): Mentions => {
  const locals = localsOf(factory);
  const property = (object['properties'] as readonly unknown[]).find((one) => keyOf(one) === method);
  const start = mentionsOf(property);
  const names = new Set(start.names);
  const members = [...start.members];
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const local = locals.get(name);
    if (!local) continue;
    locals.delete(name);
    const found = mentionsOf(local);
    members.push(...found.members);
    for (const one of found.names) names.add(one);
    queue.push(...found.names);
  }
  return { names, members };
};

/** The declaration that says the port's object: the factory itself, or one that it calls. */
const portDeclaration = (graph: SourceGraph, factory: Node, methods: readonly string[]) => {
  const reached = [...reachFrom(graph, mentionsOf(factory)).names].flatMap(
    (name) => graph.declarations.get(name) ?? [],
  );
  for (const declaration of [factory, ...reached]) {
    const object = portObject(declaration, methods);
    if (object) return { declaration, object };
  }
  return null;
};

const without = (graph: SourceGraph, declaration: Node): SourceGraph => ({
  ...graph,
  declarations: new Map([...graph.declarations].filter(([, one]) => one !== declaration)),
});

const join = (...all: readonly Mentions[]): Mentions => ({
  names: new Set(all.flatMap(({ names }) => [...names])),
  members: all.flatMap(({ members }) => members),
});

/**
 * By method. `source` is the module that exports the factory. What a factory hands to the declaration that says the port's
 * object, any method may call; what only another method calls does not count.
 */
export const callsOfFactory = (source: string, folder: string, name: string, methods: readonly string[]) => {
  const graph = readGraph(source, folder);
  const factory = graph.declarations.get(graph.exports.get(name) ?? name);
  if (!factory) throw new Error(`a module in ${folder} exports no ${name}, under which a port's adapter is looked for`);
  const found = portDeclaration(graph, factory, methods);
  const callsOf = (method: string) => {
    if (!found) return callsIn(graph, reachFrom(graph, mentionsOf(factory)));
    const rest = without(graph, found.declaration);
    const handedOver = factory === found.declaration ? [] : [reachFrom(rest, mentionsOf(factory))];
    const own = reachFrom(rest, mentionsOfMethod(found.declaration, found.object, method));
    return callsIn(graph, join(own, ...handedOver));
  };
  return new Map(methods.map((method) => [method, callsOf(method)]));
};

const made = new Map<string, ReadonlyMap<string, Calls>>();

const callsOfPort = (port: string): ReadonlyMap<string, Calls> => {
  const known = made.get(port);
  if (known) return known;
  const { file, name } = factoryOf(port);
  const source = readFileSync(path.join(projectRoot, file), 'utf8');
  const calls = callsOfFactory(source, path.dirname(file), name, portMethods.get(port) ?? []);
  made.set(port, calls);
  return calls;
};

/** Commands that the uses of ports lead to, `['store.write']` for example, through other ports too. */
export const commandsOf = (uses: Iterable<string>): ReadonlySet<string> => {
  const commands = new Set<string>();
  const seen = new Set<string>();
  const queue = [...uses];
  for (let use = queue.pop(); use !== undefined; use = queue.pop()) {
    if (seen.has(use)) continue;
    seen.add(use);
    const [port = '', method = ''] = use.split('.');
    const calls = callsOfPort(port).get(method);
    for (const command of calls?.commands ?? []) commands.add(command);
    queue.push(...(calls?.ports ?? []));
  }
  return commands;
};

/** The uses of ports that a handler's own modules can reach from its `run`. */
export const usesOfHandler = (file: string): ReadonlySet<string> => {
  const graph = readGraph(readFileSync(path.join(projectRoot, file), 'utf8'), path.dirname(file));
  const run = graph.declarations.get(graph.exports.get('run') ?? 'run');
  if (!run) throw new Error(`${file} exports no run`);
  return callsIn(graph, reachFrom(graph, mentionsOf(run))).ports;
};
