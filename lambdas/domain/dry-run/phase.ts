/** What is run on a branch, in this order: forwards, back, once more; then back again and from each restart point. */
export type RehearsalPhase =
  | 'up'
  | 'down'
  | 'up again'
  | 'down again'
  /** Of one of several versions that are taken back one after the other. */
  | `down of ${string}`
  /** The same of one of which only some units stand. */
  | `down from what stands of ${string}`
  | `up to unit ${number}`
  | `down from unit ${number}`;

/** True where statements are taken back. */
export const goesBack = (phase: RehearsalPhase): boolean => phase.startsWith('down');

/** True when a part of what it takes back was never done. */
export const isFromMiddle = (phase: RehearsalPhase): boolean => phase.startsWith('down from');
