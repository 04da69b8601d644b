/** Whoever is woken by an alarm finds its section in docs/operations.md, and no section is about an alarm that is gone. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { alarms, runbookOf } from '#lambdas/alarms';
import { workflowAlarms } from '#lambdas/workflow-alarms';
import { projectRoot } from '#test/support/project-root';

const page = readFileSync(path.resolve(projectRoot, 'docs/operations.md'), 'utf8');

/** Sections of the chapter "Alarms" by their heading. */
const sections = new Map(
  (page.split(/^## Alarms$/m)[1]?.split(/^## /m)[0] ?? '')
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section] as const),
);

test('every alarm has its section, in the order of the table, and every section its alarm', () => {
  expect([...sections.keys()]).toEqual([...alarms, ...workflowAlarms].map(({ title }) => title));
});

test('every section says what it means, where to look and what to do', () => {
  expect(sections.size).toBeGreaterThan(0);
  for (const [title, section] of sections)
    expect({ title, says: [...section.matchAll(/^\*\*(.+?)\*\*: \S/gm)].map(([, word]) => word) }).toEqual({
      title,
      says: ['What it means', 'Where to look', 'What to do'],
    });
});

/** GitHub's and CommonMark renderers' anchors: lower case, blanks to hyphens, punctuation gone. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');

test('the link in an alarm leads to its section', () => {
  for (const alarm of [...alarms, ...workflowAlarms])
    expect(runbookOf(alarm)).toBe(`docs/operations.md#${anchorOf(alarm.title)}`);
});

test('links within the page lead to a heading', () => {
  const anchors = new Set([...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)));
  const links = [...page.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor]) => anchor ?? '');

  expect(links.length).toBeGreaterThan(5);
  for (const link of links) expect(anchors).toContain(link);
});
