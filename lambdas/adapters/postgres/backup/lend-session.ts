/** Lends a session's socket to a program in a worker thread, and takes it back when the program has ended. */
import type { Worker } from 'node:worker_threads';
import type { Connection, DatabaseError } from 'pg';
import type { Session } from '../session/session';
import { collectAnswers, errorIn, readyInTransaction } from './server-messages';

/** What the worker posts: `compiled` is not about the loan, `message` goes to the server, the last two end the loan. */
export type FromWorker =
  | { readonly kind: 'compiled'; readonly program: unknown }
  | { readonly kind: 'startup' }
  | { readonly kind: 'message'; readonly bytes: Uint8Array }
  | { readonly kind: 'dump'; readonly sql: string }
  | { readonly kind: 'failure'; readonly reason: string };

export type LoanEnd =
  | { readonly kind: 'dump'; readonly sql: string }
  /** `error` is the server's last one, null when it made none. */
  | { readonly kind: 'failure'; readonly reason: string; readonly error: DatabaseError | null };

/**
 * Posts `args` to the worker, then passes messages to the server and answers back, one at a time. `hello` answers the
 * login; `translate` may put another message in the place of one that the program sends. Rejects when the connection is
 * lost.
 */
export const lendSession = (
  session: Session,
  loan: {
    readonly worker: Worker;
    /** Raised once per answer; the worker sleeps on it. */
    readonly answers: Int32Array;
    readonly args: readonly string[];
    readonly hello: Buffer;
    readonly translate: (message: Uint8Array) => Uint8Array;
  },
): Promise<LoanEnd> =>
  new Promise((resolve, reject) => {
    const { worker, answers, args, hello, translate } = loan;
    let error: DatabaseError | null = null;
    const answer = (bytes: Buffer) => {
      error = errorIn(bytes) ?? error;
      worker.postMessage(bytes);
      Atomics.add(answers, 0, 1);
      Atomics.notify(answers, 0);
    };
    const submit = ({ stream }: Connection) => {
      const owners = stream.listeners('data') as ((bytes: Buffer) => void)[];
      const collect = collectAnswers(answer);
      const takeBack = () => {
        worker.off('message', onMessage);
        stream.off('data', collect);
        for (const owner of owners) stream.on('data', owner);
        // To pg we are a query, and this ends that query.
        for (const owner of owners) owner(readyInTransaction);
      };
      const onMessage = (message: FromWorker) => {
        if (message.kind === 'compiled') return;
        if (message.kind === 'startup') return answer(hello);
        if (message.kind === 'message') return void stream.write(translate(message.bytes));
        takeBack();
        resolve(message.kind === 'dump' ? message : { ...message, error });
      };
      stream.removeAllListeners('data');
      stream.on('data', collect);
      worker.on('message', onMessage);
      worker.postMessage(args);
    };
    // pg calls handleError when the connection is lost.
    session.query({ submit, handleReadyForQuery: () => undefined, handleError: reject });
  });
