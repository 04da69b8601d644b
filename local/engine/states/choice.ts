import type { ChoiceState } from '../definition';
import { interpreterFailure } from '../errors';
import { evaluateAs } from '../expressions';
import { bindingsOf } from '../frame';
import type { StateRunner } from './runner';

const truth = { what: 'true or false', is: (value: unknown): value is boolean => typeof value === 'boolean' };

export const runChoice: StateRunner<ChoiceState> = async (frame, visit) => {
  const { Choices, Default } = visit.state;
  const bindings = bindingsOf(frame, visit);
  for (const [index, choice] of Choices.entries()) {
    const location = `Choices[${index}]/`;
    if (await evaluateAs(choice.Condition, bindings, `${location}Condition`, truth))
      return { leaving: choice, location, next: choice.Next };
  }
  // States.NoChoiceMatched is reserved; AWS reports States.Runtime, which nothing catches.
  if (Default === undefined)
    throw interpreterFailure('States.Runtime', `No choice of '${visit.name}' matched, and it has no Default.`);
  return { leaving: visit.state, location: '', next: Default };
};
