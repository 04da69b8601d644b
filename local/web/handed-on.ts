/** The evidence that the states of an execution have handed on, as its history has it. */
import type { EvidenceRef } from '#domain/evidence/document';
import type { HistoryEvent } from './site';

const isRef = (value: object): value is EvidenceRef => {
  const { key, sha256 } = value as Partial<EvidenceRef>;
  return typeof key === 'string' && typeof sha256 === 'string';
};

const refsIn = (value: unknown): readonly EvidenceRef[] => {
  if (typeof value !== 'object' || value === null) return [];
  const { evidence } = value as { readonly evidence?: unknown };
  const own = typeof evidence === 'object' && evidence !== null && isRef(evidence) ? [evidence] : [];
  return [...own, ...Object.values(value).flatMap(refsIn)];
};

const outputOf = ({ type, details }: HistoryEvent): unknown => {
  const output = details?.['output'];
  return type === 'TaskSucceeded' && typeof output === 'string' ? JSON.parse(output) : null;
};

/** Null while there is none. */
export const handedOn = (history: readonly HistoryEvent[]): readonly EvidenceRef[] | null => {
  const refs = history.flatMap((event) => refsIn(outputOf(event)));
  return refs.length > 0 ? refs : null;
};
