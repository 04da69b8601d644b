import type { SucceedState } from '../definition';
import type { StateRunner } from './runner';

export const runSucceed: StateRunner<SucceedState> = async (_frame, { state }) => ({
  leaving: state,
  location: '',
  next: null,
});
