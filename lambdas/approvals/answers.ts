/** The answers of the approval pages that are not a form. */
import { renderDecidedPage, renderMessagePage, renderWaitingPage } from '#domain/approvals/approval-page';
import { pageHeaders } from '#domain/html/page';
import type { HttpResponse } from '#lambdas/runtime/http';
import type { OpenApproval } from './open-approval';

export const answerPage = (status: number, body: string): HttpResponse => ({ status, headers: pageHeaders(), body });

const newestMail = 'If you were asked again, use the newest mail.';

/** Says the same whatever is wrong with the link. */
export const unknownLink = (): HttpResponse =>
  answerPage(
    404,
    renderMessagePage('There is no such approval', [
      'The address is not one that was mailed, or it was replaced by a later one.',
      `Check that it was copied whole. ${newestMail}`,
    ]),
  );

export const expired = (): HttpResponse =>
  answerPage(
    410,
    renderMessagePage('This approval has expired', [
      'The time to answer is over and nothing was decided. The run has ended or is about to.',
      newestMail,
    ]),
  );

/** `cause` is a sentence. Of a run that has ended nothing is counted, kept or sent any more. */
export const runEnded = (cause: string): HttpResponse =>
  answerPage(
    410,
    renderMessagePage('This run is closed', [
      `It has ended, and nobody waits for this answer. ${cause}`,
      'Nothing was decided and nothing was added to the run. To apply the migration, start it again: you will be asked again.',
    ]),
  );

/** `isReplaced` is null where the link was dead before. */
export const outOfGuesses = (isReplaced: boolean | null = null): HttpResponse =>
  answerPage(
    410,
    renderMessagePage('This link no longer works', [
      'A wrong code was typed five times. Nothing was decided.',
      isReplaced === false
        ? 'It was the last link for this question. Whoever started the run and the team were told.'
        : 'A new link with a new code was mailed to the approver, unless three were used up. Whoever started the run and the team were told.',
      'Another approver can still decide with a link of their own. Otherwise start the run again.',
    ]),
  );

export const noLongerCovered = (): HttpResponse =>
  answerPage(
    409,
    renderMessagePage('This approval is void', [
      'The migration or the evidence has changed since you were asked, so an answer would not apply to what is there now.',
      'Nothing was decided. Start the migration again: you will be asked again.',
    ]),
  );

export const methodNotAllowed = (allowed: 'GET' | 'POST'): HttpResponse => {
  const answer = answerPage(405, renderMessagePage('This page cannot be asked like that', [`Expected ${allowed}.`]));
  return { ...answer, headers: { ...answer.headers, allow: allowed } };
};

type Note = string | null;

const notesOf = (notes: Note | readonly Note[]): readonly string[] =>
  [notes].flat().filter((note): note is string => note !== null);

export const decided = (
  { run, request, question }: Pick<OpenApproval, 'run' | 'request' | 'question'>,
  decision: NonNullable<OpenApproval['decision']>,
  notes: Note | readonly Note[] = null,
): HttpResponse =>
  answerPage(
    200,
    renderDecidedPage(
      run,
      request,
      decision,
      question.decisions.map(({ value }) => value),
      notesOf(notes),
    ),
  );

/** This person has answered, and others are still waited for. */
export const moreNeeded = ({ run, request, question }: OpenApproval, note: Note = null): HttpResponse =>
  answerPage(
    200,
    renderWaitingPage(
      run,
      request,
      question.decisions.map(({ value }) => value),
      notesOf(note),
    ),
  );
