import type { Answer } from '#domain/evidence/document';
import type { Tone } from './page';

/** How each answer of a box is coloured, wherever it is shown. */
export const answerTones: Readonly<Record<Answer, Tone>> = {
  proved: 'good',
  attested: 'good',
  failed: 'bad',
  open: 'warn',
  'not applicable': 'plain',
};
