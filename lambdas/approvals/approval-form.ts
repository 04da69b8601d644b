/** The approval page with its form: empty when it is opened, filled in when it comes back. */
import { renderApprovalPage } from '#domain/approvals/approval-page';
import { emptyEntry, type FormEntry, type FormProblem } from '#domain/approvals/decision-form';
import { findBox } from '#lambdas/checklist';
import type { OpenApproval } from './open-approval';
import type { BoundMatter } from './verify-binding';

export const renderApprovalForm = (
  { run, request, approver, question }: OpenApproval,
  { sql, migration, later, documents, strange }: BoundMatter,
  entry: FormEntry = emptyEntry,
  problems: readonly FormProblem[] = [],
): string =>
  renderApprovalPage({
    request,
    decisions: question.decisions.map(({ value }) => value),
    run,
    approver,
    sql,
    documents,
    strange,
    entry,
    problems,
    rollbackSql: migration.rollback.sql,
    later: later.map(({ fileName, rollback }) => ({ migration: fileName, rollbackSql: rollback.sql })),
    labelOf: (box) => findBox(box).label,
  });
