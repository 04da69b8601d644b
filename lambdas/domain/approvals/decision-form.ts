/** The form of the approval page: what it sends, and what is wrong with what it sent. */
import type { SessionIdentity } from '#domain/locks/in-the-way';
import type { BoxId } from '#lambdas/checklist';
import type { ApprovalDecision } from './request';
import { parseCode } from './secrets';
import { type AskedBoxes, endable, type Tick, ticksOf } from './ticks';

export const maximumReasonCharacters = 1000;
/** Of the reason for one box. */
export const maximumBecauseCharacters = 300;

/**
 * Field names; a box is ticked under `attest-2.1` or `accept-1.5`, and has its own reason under `because-1.5`. A session that may be
 * ended is ticked under `end-4711`, its process's number.
 */
export const fieldNames = {
  code: 'code',
  choice: 'choice',
  reason: 'reason',
  attest: (box: string) => `attest-${box}`,
  accept: (box: string) => `accept-${box}`,
  because: (box: string) => `because-${box}`,
  end: (processId: number) => `end-${processId}`,
  /** Sent by what answers for nobody. It can only make less of a decision. */
  nobodyLooked: 'nobody-looked',
};

export type FormField = 'code' | 'choice' | 'reason' | Tick['kind'] | `because-${BoxId}`;
export type FormProblem = { readonly field: FormField; readonly message: string };

/** What was typed, so that a form that comes back has lost nothing. */
export type FormEntry = {
  readonly code: string;
  readonly choice: string;
  readonly reason: string;
  readonly attested: readonly BoxId[];
  readonly accepted: readonly BoxId[];
  /** Reasons for single boxes. */
  readonly because: Readonly<Partial<Record<BoxId, string>>>;
  /** Sessions that may be ended. */
  readonly mayEnd: readonly SessionIdentity[];
};

export const emptyEntry: FormEntry = {
  ...{ code: '', choice: '', reason: '' },
  ...{ attested: [], accepted: [], because: {}, mayEnd: [] },
};

const decisions: Readonly<Record<string, ApprovalDecision['decision']>> = { approve: 'approved', reject: 'rejected' };

export type ParsedForm = {
  readonly entry: FormEntry;
  /** Null when what was typed cannot be a code. */
  readonly code: string | null;
  /** Null when neither was chosen. */
  readonly decision: ApprovalDecision['decision'] | null;
  readonly reason: string;
  readonly nobodyLooked: boolean;
  readonly problems: readonly FormProblem[];
};

type Check = FormProblem & { readonly isMet: boolean };

const ticked = ({ attested, accepted }: Pick<FormEntry, 'attested' | 'accepted'>): readonly BoxId[] => [
  ...attested,
  ...accepted,
];

const missing = (ticks: readonly Tick[], entry: FormEntry, kind: Tick['kind']): string =>
  ticks
    .filter((tick) => tick.kind === kind && !ticked(entry).includes(tick.box))
    .map(({ box }) => box)
    .join(', ');

const tickChecks = (ticks: readonly Tick[], entry: FormEntry): readonly Check[] => {
  const [unattested, unaccepted] = [missing(ticks, entry, 'attest'), missing(ticks, entry, 'accept')];
  return [
    {
      field: 'attest',
      isMet: unattested === '',
      message: `To approve, tick what only a person can say: ${unattested} is missing.`,
    },
    {
      field: 'accept',
      isMet: unaccepted === '',
      message: `To approve in spite of what failed or is open, accept each box by name: ${unaccepted} is missing.`,
    },
    ...ticks.flatMap(({ box, asks }): readonly Check[] => {
      const because = entry.because[box] ?? '';
      const field = `because-${box}` as const;
      return [
        {
          field,
          isMet: asks === null || because !== '' || !ticked(entry).includes(box),
          message: `${box} needs an answer of its own: ${asks}`,
        },
        {
          field,
          isMet: because.length <= maximumBecauseCharacters,
          message: `What is said for ${box} has ${because.length} characters; at most ${maximumBecauseCharacters} are kept. Shorten it.`,
        },
      ];
    }),
  ];
};

const problemsOf = (
  ticks: readonly Tick[],
  { code, decision, reason, entry }: Omit<ParsedForm, 'problems'>,
): readonly FormProblem[] => {
  const checks: readonly Check[] = [
    {
      field: 'code',
      isMet: code !== null,
      message: 'Type the code from the mail: 8 characters, like ABCD-EFGH.',
    },
    { field: 'choice', isMet: decision !== null, message: 'Choose approve or reject.' },
    { field: 'reason', isMet: reason !== '', message: 'Give a reason: the report shows it.' },
    {
      field: 'reason',
      isMet: reason.length <= maximumReasonCharacters,
      message: `The reason has ${reason.length} characters; at most ${maximumReasonCharacters} are kept. Shorten it.`,
    },
    ...(decision === 'approved' ? tickChecks(ticks, entry) : []),
  ];
  return checks.filter(({ isMet }) => !isMet).map(({ field, message }) => ({ field, message }));
};

/** A browser sends line ends as CR LF and counts them as one character. */
const textOf = (form: Readonly<Record<string, string>>, name: string) => (form[name] ?? '').replaceAll('\r\n', '\n');

/**
 * Parses the form and names what is missing of what the request asks for. The code is not compared here.
 *
 * @example
 * parseDecisionForm(request, { code: 'abcd-efgh', choice: 'approve', reason: 'fine' }).problems
 * // [{ field: 'code', message: 'Type the code from the mail: 8 characters, like ABCD-EFGH.' }, …]
 */
export const parseDecisionForm = (request: AskedBoxes, form: Readonly<Record<string, string>>): ParsedForm => {
  const ticks = ticksOf(request);
  const boxesTicked = (kind: Tick['kind']) =>
    ticks.filter((tick) => tick.kind === kind && form[fieldNames[kind](tick.box)] !== undefined).map(({ box }) => box);
  const because = ticks
    .map(({ box }) => [box, textOf(form, fieldNames.because(box)).trim()] as const)
    .filter(([, text]) => text !== '');
  const entry: FormEntry = {
    code: form[fieldNames.code] ?? '',
    choice: form[fieldNames.choice] ?? '',
    reason: textOf(form, fieldNames.reason),
    attested: boxesTicked('attest'),
    accepted: boxesTicked('accept'),
    because: Object.fromEntries(because),
    mayEnd: endable(request)
      .filter(({ processId }) => form[fieldNames.end(processId)] !== undefined)
      .map(({ processId, startedAt }) => ({ processId, startedAt })),
  };
  const read = {
    entry,
    code: parseCode(entry.code),
    decision: Object.hasOwn(decisions, entry.choice) ? (decisions[entry.choice] ?? null) : null,
    reason: entry.reason.trim(),
    nobodyLooked: form[fieldNames.nobodyLooked] !== undefined,
  };
  return { ...read, problems: problemsOf(ticks, read) };
};
