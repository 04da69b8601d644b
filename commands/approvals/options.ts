/** The arguments of `npm run approvals`, `approve` and `reject`. */
import { parseCommandLine } from '#command-line/command';
import { UsageError } from '#command-line/exit-codes';
import { fieldNames } from '#domain/approvals/decision-form';
import { stages } from '#domain/approvals/stages';

type Form = Readonly<Record<string, string>>;

/** `form` is what is sent; the page's own fields where it decides. */
/** Whom to ask: what runs in this folder, or an installation on AWS; `url` null = the one of checklist.config.yaml. */
export type AskedAt = { readonly isOnAws: boolean; readonly url: string | null };

export type ApprovalsRequest =
  | { readonly action: 'help' }
  | { readonly action: 'list'; readonly at: AskedAt }
  | { readonly action: 'resend' | 'decide'; readonly at: AskedAt; readonly run: string; readonly form: Form };

const actions = ['list', 'resend', 'approve', 'reject'] as const;

/** `1.5: its name says it` → the box and the words; the words may be left out. */
const boxIn = (option: string, text: string): readonly [box: string, words: string] => {
  const [, box, words = ''] = /^\s*(\d+\.\d+)\s*(?:[:=\s]\s*([\s\S]*))?$/.exec(text) ?? [];
  if (box !== undefined) return [box, words.trim()];
  throw new UsageError(
    `--${option} is "${text}"; expected a box and what is said for it, like "1.5: its name says it"`,
  );
};

const boxFields = (option: 'attest' | 'accept', given: readonly string[]): readonly (readonly [string, string])[] =>
  given.flatMap((text) => {
    const [box, words] = boxIn(option, text);
    const ticked = [fieldNames[option](box), 'yes'] as const;
    return words === '' ? [ticked] : [ticked, [fieldNames.because(box), words] as const];
  });

/** A session that the rollback may end, by its process's number. */
const endField = (text: string): readonly [string, string] => {
  if (/^[1-9]\d{0,9}$/.test(text)) return [fieldNames.end(Number(text)), 'yes'];
  throw new UsageError(`--end is "${text}"; expected the number of a process that is in the way, like 4711`);
};

/** Errors: UsageError. */
export const parseApprovals = (args: readonly string[]): ApprovalsRequest => {
  const { values, positionals } = parseCommandLine('npm run approvals', {
    args: [...args],
    options: {
      as: { type: 'string' },
      because: { type: 'string' },
      attest: { type: 'string', multiple: true, default: [] },
      accept: { type: 'string', multiple: true, default: [] },
      end: { type: 'string', multiple: true, default: [] },
      to: { type: 'string' },
      aws: { type: 'boolean', default: false },
      url: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (values.help) return { action: 'help' };
  const at: AskedAt = { isOnAws: values.aws || values.url !== undefined, url: values.url ?? null };
  const [action = 'list', run, stage = '', ...others] = positionals;
  if (!actions.some((one) => one === action)) throw new UsageError(`"${action}" is none of ${actions.join(', ')}`);
  if (action === 'list') return { action: 'list', at };
  if (run === undefined)
    throw new UsageError(`which run? expected its id after ${action}; npm run approvals lists them`);
  if (others.length > 0 || (stage !== '' && !stages.some((one) => one === stage)))
    throw new UsageError(
      `"${[stage, ...others].join(' ')}" is no stage; expected one of ${stages.join(', ')}, or nothing`,
    );
  if (action === 'resend') return { action, at, run, form: { run, stage, to: values.to ?? '' } };
  if (values.as === undefined)
    throw new UsageError(`--as is missing; name the person in whose name you ${action}, by the address that was asked`);
  if ((values.because?.trim() ?? '') === '') throw new UsageError('--because is missing or empty; the report shows it');
  if (action === 'reject' && values.attest.length + values.accept.length + values.end.length > 0)
    throw new UsageError(
      'whoever rejects attests to nothing, accepts nothing and ends nobody; leave --attest, --accept and --end out',
    );
  const ticks = [
    ...boxFields('attest', values.attest),
    ...boxFields('accept', values.accept),
    ...values.end.map(endField),
  ];
  return {
    action: 'decide',
    at,
    run,
    form: {
      ...{ run, stage, as: values.as },
      [fieldNames.choice]: action,
      [fieldNames.reason]: values.because ?? '',
      ...Object.fromEntries(ticks),
    },
  };
};
