/** Called when an alarm was raised: if a window is open for the target, the execution that waits for it is answered at once. */
import type { Ports } from '#lambdas/ports/ports';
import { readJson } from '#lambdas/record/json';
import { windowKey } from '#lambdas/record/keys';
import type { WindowPointer } from '#lambdas/record/window';
import { readWindow } from '#lambdas/record/window';
import type { AlarmEvent } from '#statemachine/contract';
import { endIfDecided, isOver } from './end-window';

/** What the event says is not relied on: it may come twice, late or not at all, so the alarms themselves are asked. */
export const run = async ({ state }: AlarmEvent, ports: Ports): Promise<void> => {
  if (state !== 'ALARM') return;
  const pointer = await readJson<WindowPointer>(ports.store, windowKey(ports.settings.expected));
  const window = pointer && (await readWindow(ports, pointer.runId));
  // After its time the window is ended by its last sample, which has looked at the target once more.
  if (window && !window.recorded && !isOver(ports, window.watch)) await endIfDecided(ports, window.watch);
};
