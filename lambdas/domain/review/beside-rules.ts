/** What is found without a rule of the checklist: no box is answered by it. */
import type { Rule } from './rule';

export type BesideRules = Pick<Rule, 'id' | 'severity' | 'title' | 'why' | 'remedy'>;

export const syntax: BesideRules = {
  id: 'syntax',
  severity: 'stop',
  title: "PostgreSQL's parser stops",
  why: 'The statement would fail, and nothing behind it in the file was looked at.',
  remedy: 'Correct the statement; nothing behind it in the file was looked at.',
};

export const rollbackMissing: BesideRules = {
  id: 'rollback-missing',
  severity: 'note',
  title: 'The migration has no rollback',
  why: 'There is no rehearsed way back when it has to be taken back.',
  remedy: 'Write one, or decide now what is done when the migration has to be taken back.',
};

export const besideRules: readonly BesideRules[] = [syntax, rollbackMissing];
