/** The form of the approval page: what it sends, and what is wrong with what it sent. */
import type { BoxId } from '#lambdas/checklist';
import type { ApprovalDecision, ApprovalRequest } from './request';
import { parseCode } from './secrets';

export const maximumReasonCharacters = 1000;

/** Field names; a box is ticked under `attest-2.1`. */
export const fieldNames = {
  code: 'code',
  choice: 'choice',
  reason: 'reason',
  attest: (box: string) => `attest-${box}`,
};

export type FormField = 'code' | 'choice' | 'reason' | 'attest';
export type FormProblem = { readonly field: FormField; readonly message: string };

/** What was typed, so that a form that comes back has lost nothing. */
export type FormEntry = {
  readonly code: string;
  readonly choice: string;
  readonly reason: string;
  readonly attested: readonly BoxId[];
};

export const emptyEntry: FormEntry = { code: '', choice: '', reason: '', attested: [] };

const decisions: Readonly<Record<string, ApprovalDecision['decision']>> = { approve: 'approved', reject: 'rejected' };

export type ParsedForm = {
  readonly entry: FormEntry;
  /** Null when what was typed cannot be a code. */
  readonly code: string | null;
  /** Null when neither was chosen. */
  readonly decision: ApprovalDecision['decision'] | null;
  readonly reason: string;
  readonly problems: readonly FormProblem[];
};

const problemsOf = (
  { attestations }: Pick<ApprovalRequest, 'attestations'>,
  { code, decision, reason, entry }: Omit<ParsedForm, 'problems'>,
): readonly FormProblem[] => {
  const unticked = attestations.filter((box) => !entry.attested.includes(box));
  const checks: readonly (FormProblem & { readonly isMet: boolean })[] = [
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
    {
      field: 'attest',
      isMet: decision !== 'approved' || unticked.length === 0,
      message: `To approve, tick what only a person can say: ${unticked.join(', ')} is missing.`,
    },
  ];
  return checks.filter(({ isMet }) => !isMet).map(({ field, message }) => ({ field, message }));
};

/**
 * Parses the form and names what is missing of what the request asks for. The code is not compared here.
 *
 * @example
 * parseDecisionForm(request, { code: 'abcd-efgh', choice: 'approve', reason: 'fine' }).problems
 * // [{ field: 'code', message: 'Type the code from the mail: 8 characters, like ABCD-EFGH.' }, …]
 */
export const parseDecisionForm = (
  request: Pick<ApprovalRequest, 'attestations'>,
  form: Readonly<Record<string, string>>,
): ParsedForm => {
  const entry: FormEntry = {
    code: form[fieldNames.code] ?? '',
    choice: form[fieldNames.choice] ?? '',
    // A browser sends line ends as CR LF and counts them as one character.
    reason: (form[fieldNames.reason] ?? '').replaceAll('\r\n', '\n'),
    attested: request.attestations.filter((box) => form[fieldNames.attest(box)] !== undefined),
  };
  const read = {
    entry,
    code: parseCode(entry.code),
    decision: Object.hasOwn(decisions, entry.choice) ? (decisions[entry.choice] ?? null) : null,
    reason: entry.reason.trim(),
  };
  return { ...read, problems: problemsOf(request, read) };
};
