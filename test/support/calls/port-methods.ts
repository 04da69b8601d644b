/** The ports and their methods, read from lambdas/ports: what a handler can ask for. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../project-root';

const folder = path.join(projectRoot, 'lambdas/ports');

const files = readdirSync(folder);

const bodyOf = (source: string, type: string): string =>
  new RegExp(`export type ${type} = \\{([\\s\\S]*?)\\n?\\};?\\n`).exec(source)?.[1] ?? '';

const withoutComments = (source: string) => source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');

/** Methods by the name that the port has in `Ports`. */
export const portMethods: ReadonlyMap<string, readonly string[]> = (() => {
  const source = withoutComments(files.map((name) => readFileSync(path.join(folder, name), 'utf8')).join('\n'));
  const ports = [...bodyOf(source, 'Ports').matchAll(/readonly (\w+): (\w+);/g)];
  return new Map(
    ports.flatMap(([, port = '', type = '']) => {
      const methods = [...bodyOf(source, type).matchAll(/^ ? ?(\w+)\(/gm)].map(([, name = '']) => name);
      return methods.length > 0 ? [[port, methods] as const] : [];
    }),
  );
})();
