/** The three reviews of a migration as their steps make them: answers, findings, and what must stop the run. */
import { codeReview, findingsOfCode, refusalsOfCode } from '#domain/boxes/01-code-review';
import { findingsOfSchema, schemaValidation } from '#domain/boxes/02-schema-validation';
import { findingsOfImpact, impactAnalysis } from '#domain/boxes/03-impact-analysis';
import { judgeRoom } from '#domain/boxes/room';
import type { BoxAnswer, Finding } from '#domain/evidence/document';
import type { ImpactSubject } from '#domain/review/subject';

export type Review = {
  readonly boxes: readonly BoxAnswer[];
  readonly findings: readonly Finding[];
  readonly refusals: readonly Finding[];
};

const readings = (subject: ImpactSubject) => ({
  ...subject,
  statistics: { takenAt: '2026-11-22T08:00:00.000Z', statistics: subject.statistics },
});

export const codeReviewOf = (subject: ImpactSubject): Review => ({
  boxes: judgeRoom(codeReview, { ...readings(subject), pullRequest: null }, null),
  findings: findingsOfCode(subject),
  refusals: refusalsOfCode(subject),
});

export const schemaReviewOf = (subject: ImpactSubject): Review => ({
  boxes: judgeRoom(schemaValidation, readings(subject), null),
  findings: findingsOfSchema(subject),
  refusals: [],
});

export const impactReviewOf = (subject: ImpactSubject): Review => ({
  boxes: judgeRoom(impactAnalysis, readings(subject), null),
  findings: findingsOfImpact(readings(subject)),
  refusals: [],
});

export const reviewsOf = (subject: ImpactSubject): readonly Review[] => [
  codeReviewOf(subject),
  schemaReviewOf(subject),
  impactReviewOf(subject),
];
