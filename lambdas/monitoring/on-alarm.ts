/** Called when an alarm was raised: if a window is open for the target, the execution that waits for it is answered at once. */

import { readJson } from '#lambdas/evidence';
import type { Ports } from '#lambdas/ports';
import type { AlarmEvent } from '#statemachine/contract';
import { endIfDecided, isOver } from './end-window';
import { readWindow } from './read-window';
import { type WindowPointer, windowKey } from './watch-keys';

/** What the event says is not relied on: it may come twice, late or not at all, so the alarms themselves are asked. */
export const run = async ({ state }: AlarmEvent, ports: Ports): Promise<void> => {
  if (state !== 'ALARM') return;
  const pointer = await readJson<WindowPointer>(ports.store, windowKey(ports.settings.expected));
  const window = pointer && (await readWindow(ports, pointer.runId));
  // After its time the window is ended by its last sample, which has looked at the target once more.
  if (window && !window.recorded && !isOver(ports, window.watch)) await endIfDecided(ports, window.watch);
};
