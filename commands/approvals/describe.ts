/** What waits, as the terminal shows it. */
import { count } from '#domain/count';
import { formatTime } from '#domain/html/page';
import { onOneLine } from '#domain/text/visible';
import type { TerminalList } from '#lambdas/approvals/terminal';

type Waiting = TerminalList['waiting'][number];

const personLine = ({ person, answer, wrongCodes }: Waiting['people'][number]) =>
  `    ${onOneLine(person)}: ${answer ?? 'has not answered'}${wrongCodes > 0 ? `, ${count(wrongCodes, 'wrong code')} typed with their link` : ''}`;

const tickLine = ({ kind, box, statement, asks }: Waiting['ticks'][number]) =>
  `    --${kind} "${box}${asks === null ? '' : ': …'}"  ${onOneLine(statement)}${asks === null ? '' : ` ${onOneLine(asks)}`}`;

export const describeWaiting = ({ waiting, incidents }: TerminalList): readonly string[] => [
  ...(waiting.length + incidents.length === 0 ? ['  no run waits for an approval'] : []),
  ...incidents.map((incident) => `  ! ${incident}`),
  ...waiting.flatMap(({ runId, migration, stage, expiresAt, approvalsNeeded, people, ticks, endable = [] }) => [
    `  ${onOneLine(runId)}: approve ${stage} of ${onOneLine(migration)}, until ${formatTime(expiresAt)}${approvalsNeeded > 1 ? `, by ${approvalsNeeded} different people` : ''}`,
    ...people.map(personLine),
    ...ticks.map(tickLine),
    ...endable.map(({ processId, words }) => `    --end ${processId}  ${onOneLine(words)}`),
  ]),
];
