/**
 * Finds promises that nobody waits for. Biome's rule sees only those of functions whose types are written in this project, and
 * so neither a query nor a file; TypeScript knows the types of packages too.
 */
import path from 'node:path';
import type { Node } from 'typescript/unstable/ast';
import { SyntaxKind } from 'typescript/unstable/ast';
import {
  isAwaitExpression,
  isBinaryExpression,
  isCallExpression,
  isExpressionStatement,
  isPropertyAccessExpression,
  isVoidExpression,
} from 'typescript/unstable/ast/is';
import { API } from 'typescript/unstable/sync';
import { projectRoot } from './project-root';

const assignments: readonly SyntaxKind[] = [SyntaxKind.EqualsToken, SyntaxKind.QuestionQuestionEqualsToken];

/** Its failure is taken care of: `.catch(…)`, or `.then(…, …)`, and `.finally(…)` behind them. */
const isHandled = (node: Node): boolean => {
  if (!isCallExpression(node) || !isPropertyAccessExpression(node.expression)) return false;
  const { name, expression } = node.expression;
  if (name.text === 'finally') return isHandled(expression);
  return name.text === 'catch' || (name.text === 'then' && node.arguments.length === 2);
};

/** `void` says that nobody waits on purpose; what is assigned somebody else may wait for. */
const isWaitedFor = (node: Node): boolean =>
  isAwaitExpression(node) ||
  isVoidExpression(node) ||
  (isBinaryExpression(node) && assignments.includes(node.operatorToken.kind)) ||
  isHandled(node);

const expressionsIn = (root: Node): readonly Node[] => {
  const found: Node[] = [];
  const visit = (node: Node): void => {
    if (isExpressionStatement(node)) found.push(node.expression);
    node.forEachChild(visit);
  };
  visit(root);
  return found;
};

/** `Promise<void>`, `Promise<void> | undefined`; not `Set<Promise<void>>`. */
const isPromise = (type: string): boolean => {
  const outer = type.replace(/=>/g, '');
  const inner = outer.replace(/<[^<>]*>/g, '');
  return inner === outer ? /(?:^|\| )Promise(?:Like)?(?: \||$)/.test(outer) : isPromise(inner);
};

/** `file:line: statement`, one for each. */
const floatingPromises = (): readonly string[] => {
  const api = new API({ cwd: projectRoot });
  try {
    const [project] = api.updateSnapshot({ openProject: path.join(projectRoot, 'tsconfig.json') }).getProjects();
    const own = project?.program
      .getSourceFileNames()
      .filter((name) => name.startsWith(projectRoot) && !name.includes('/node_modules/'));
    if (!project || !own?.length) throw new Error('TypeScript found no project in tsconfig.json');
    return own.flatMap((name) => {
      const file = project.program.getSourceFile(name);
      const expressions = file ? expressionsIn(file).filter((node) => !isWaitedFor(node)) : [];
      const types = project.checker.getTypeAtLocation(expressions);
      return expressions.flatMap((node, index) => {
        const type = types[index];
        if (!file || !type || !isPromise(project.checker.typeToString(type))) return [];
        const start = node.getStart(file);
        const line = file.text.slice(0, start).split('\n').length;
        return [`${path.relative(projectRoot, name)}:${line}: ${file.text.slice(start, node.end).split('\n')[0]}`];
      });
    });
  } finally {
    api.close();
  }
};

const found = floatingPromises();
for (const one of found) console.error(`${one} gives a promise that nobody waits for; await it, or say "void"`);
process.exitCode = found.length > 0 ? 1 : 0;
