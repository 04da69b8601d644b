/** What `npm run adopt` prints. */
import { count } from '#domain/count';
import { namedDoorOf } from '#domain/doors/choose';
import { doorInWords, toolRowInWords } from '#domain/ledger/tool-row';
import { terminalLine } from '#domain/text/lines';
import type { AdoptionPlan } from '#local/adopt';

const found = ({ door }: AdoptionPlan) =>
  door
    ? terminalLine`  found:  ${doorInWords(namedDoorOf(door))}, ${count(door.table.rows.length, 'row')}`
    : "  found:  no tool's table";

const adopted = ({ entries, reason }: AdoptionPlan, isLook: boolean): readonly string[] => {
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last) return ['Nothing to adopt: the ledger has all that is applied.'];
  const range = first === last ? first.fileName : `${first.fileName} to ${last.fileName}`;
  return [
    terminalLine`${isLook ? '…' : '✓'} ${count(entries.length, 'migration')} ${isLook ? 'would be adopted' : entries.length === 1 ? 'is adopted' : 'are adopted'}: ${range}. Nothing was run`,
    terminalLine`  ${reason}`,
    ...(last.toolRow ? [terminalLine`  the last one by ${toolRowInWords(last.toolRow)}`] : []),
  ];
};

export const describePlan = (plan: AdoptionPlan, isLook: boolean): readonly string[] => [
  found(plan),
  ...adopted(plan, isLook),
  ...plan.passedOver.map(
    (name) =>
      terminalLine`! ${name} was not applied, though a later one was; runs refuse it. Give it a version above the last one`,
  ),
  plan.next === null
    ? '  next:   nothing, every migration is applied'
    : terminalLine`  next:   ${plan.next}, by npm start`,
];
