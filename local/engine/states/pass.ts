import type { PassState } from '../definition';
import { nextOf } from '../frame';
import type { StateRunner } from './runner';

export const runPass: StateRunner<PassState> = async (_frame, { state }) => ({
  leaving: state,
  location: '',
  next: nextOf(state),
});
