/** Accepts a workflow file or refuses it: one message that names every state and field the engine does not run. */
import type { Machine } from './definition';
import { ApiError } from './errors';
import { isRecord } from './expressions';
import { type anything, describe, oneOf, type Report } from './load-checks';
import { jsonPathFields, stateFields } from './load-fields';
import { startsExecution } from './states/resource';

// Rules that look at more than one field of a state.
const verifyTogether = (state: Record<string, unknown>, report: Report) => {
  const has = (name: string) => state[name] !== undefined;
  const type = state['Type'];
  if (['Task', 'Pass', 'Wait', 'Parallel', 'Map'].includes(String(type)) && has('Next') === has('End'))
    report(has('Next') ? 'has both "Next" and "End"' : 'has neither "Next" nor "End"');
  if (type === 'Wait' && has('Seconds') === has('Timestamp')) report('needs either "Seconds" or "Timestamp"');
  if (type !== 'Task') return;
  const waits = String(state['Resource']).endsWith('.waitForTaskToken');
  const starts = startsExecution({ Resource: String(state['Resource']) });
  const { Arguments } = state;
  if (isRecord(Arguments) && starts === (Arguments['StateMachineArn'] === undefined))
    report(
      starts
        ? 'starts an execution, and its "Arguments" name no StateMachineArn'
        : 'calls a function, and its "Arguments" name a StateMachineArn',
    );
  if (waits && !JSON.stringify(state['Arguments'] ?? null).includes('$states.context.Task.Token'))
    report('waits for a task token that its "Arguments" never pass on: $states.context.Task.Token');
  if (!waits && has('HeartbeatSeconds'))
    report('has "HeartbeatSeconds", but without .waitForTaskToken nothing can send a heartbeat');
  const [timeout, heartbeat] = [state['TimeoutSeconds'], state['HeartbeatSeconds']];
  if (typeof timeout === 'number' && typeof heartbeat === 'number' && heartbeat >= timeout)
    report(`has HeartbeatSeconds ${heartbeat}, which must be below TimeoutSeconds ${timeout}`);
};

const verifyMachine = (machine: unknown, report: Report, names: Set<string>, topLevel: boolean) => {
  if (!isRecord(machine)) return report(`is ${describe(machine)}; expected an object with StartAt and States`);
  const { StartAt, States, Comment: _comment, ...rest } = machine;
  const allowed = topLevel ? { QueryLanguage: oneOf('JSONata'), Version: oneOf('1.0') } : {};
  for (const [name, value] of Object.entries(rest)) {
    const check = (allowed as Record<string, typeof anything>)[name];
    if (check === undefined) report(`field "${name}" of the machine is not supported`);
    else check(value, (problem) => report(`field "${name}" of the machine ${problem}`), noContext);
  }
  if (topLevel && machine['QueryLanguage'] !== 'JSONata')
    report('the machine does not say "QueryLanguage: JSONata", so it is JSONPath, which is not supported');
  if (!isRecord(States) || Object.keys(States).length === 0) return report('the machine has no "States"');
  const siblings = new Set(Object.keys(States));
  if (typeof StartAt !== 'string' || !siblings.has(StartAt))
    report(`"StartAt" is ${describe(StartAt)}; expected one of: ${[...siblings].join(', ')}`);
  for (const [name, state] of Object.entries(States)) {
    if (names.has(name)) report(`state "${name}": the name is used twice; names are unique in the whole file`);
    if (name.length > 80) report(`state "${name}": the name is longer than 80 characters`);
    names.add(name);
    verifyState(state, (problem) => report(`state "${name}": ${problem}`), siblings, {
      verifyMachine: (nested) => verifyMachine(nested, report, names, false),
    });
  }
};

const noContext = { siblings: new Set<string>(), verifyMachine: () => undefined };

const verifyState = (
  state: unknown,
  report: Report,
  siblings: ReadonlySet<string>,
  { verifyMachine }: { readonly verifyMachine: (machine: unknown, report: Report) => void },
) => {
  if (!isRecord(state)) return report(`is ${describe(state)}; expected an object`);
  const type = stateFields[String(state['Type'])];
  if (type === undefined)
    return report(`type ${describe(state['Type'])} is not supported; known: ${Object.keys(stateFields).join(', ')}`);
  for (const [name, value] of Object.entries(state)) {
    const check = type.known[name];
    if (check !== undefined)
      check(value, (problem) => report(`field "${name}" ${problem}`), { siblings, verifyMachine });
    else if (jsonPathFields.has(name)) report(`field "${name}" belongs to JSONPath; only JSONata is supported`);
    else report(`field "${name}" is not supported for ${state['Type']}`);
  }
  for (const name of type.required) if (state[name] === undefined) report(`field "${name}" is missing`);
  verifyTogether(state, report);
};

/** Verifies the definition and returns it. Throws InvalidDefinition with everything that is wrong, a line each. */
export const loadMachine = (definition: Record<string, unknown>, stateMachineName: string): Machine => {
  const problems: string[] = [];
  verifyMachine(definition, (problem) => problems.push(problem), new Set(), true);
  if (problems.length === 0) return definition as unknown as Machine;
  throw new ApiError(
    'InvalidDefinition',
    `the local engine cannot run the workflow "${stateMachineName}":\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
  );
};
