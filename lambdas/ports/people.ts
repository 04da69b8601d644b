/** Mail, chat and the other services around a run. */
export type MailMessage = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Makes a repeated delivery recognisable: the Message-ID is derived from it. */
  readonly id: string;
};

/** Sending the same `id` again is harmless. */
export type Mail = {
  send(message: MailMessage): Promise<{ readonly messageId: string; readonly answer: string }>;
};

export type Chat = {
  /** Posts to every configured channel; never throws, because nothing is undone for a message. Empty where none is configured. */
  post(text: string): Promise<readonly ChatDelivery[]>;
};

export type ChatDelivery = {
  /** Names the channel without its address, which is a secret. */
  readonly channel: string;
  readonly isDelivered: boolean;
  /** The channel's own words, or why it was not reached. */
  readonly answer: string;
};

export type TaskCallback = {
  /** Errors: TaskNoLongerWaiting. */
  succeed(taskToken: string, output: unknown): Promise<void>;
  fail(taskToken: string, error: { readonly name: string; readonly cause: string }): Promise<void>;
};

/** The workflow's executions, each named as its run. */
export type Executions = {
  /** Ids of the runs that are under way. */
  listRunning(): Promise<readonly string[]>;
};

export type Callers = {
  /** The ARN of whoever has signed a request with these headers; null when AWS does not take the signature. Errors: PlatformFailed. */
  identify(headers: Readonly<Record<string, string>>): Promise<string | null>;
};

/** What a schedule may call. */
export type ScheduledFunction = 'SampleActivity' | 'RemindPostMortem';

/** Calls a function every so often until it is cancelled or its time is over. */
export type Schedule = {
  /** Idempotent by name. `input` is handed to every call. */
  create(schedule: {
    readonly name: string;
    readonly calls: ScheduledFunction;
    readonly everySeconds: number;
    /** Of the first call; left out: one interval from now. */
    readonly from?: Date;
    readonly until: Date;
    readonly input: unknown;
  }): Promise<void>;
  /** No error when there is none. */
  remove(name: string): Promise<void>;
};

export type Probes = {
  /** GET with a time limit; never throws: `error` says why there is no status. */
  get(url: string): Promise<{
    readonly status: number | null;
    readonly error: string | null;
    readonly durationMs: number;
  }>;
};

export type ProjectDocuments = {
  /** Null when there is no such document. Names such as `decisions.md`. */
  read(name: string): Promise<string | null>;
  /** Returns where it was written. */
  write(name: string, text: string): Promise<string>;
};

/** At least 32 random bytes each, of which every use takes a key of its own (`domain/approvals/secrets.ts`, `seal.ts`). */
export type Secrets = {
  /** For links, codes and the task tokens of approvals; held by those who ask and those who take the answer. */
  approvalsKey(): Promise<Buffer>;
  /** For the task token of the monitoring window; held by those who watch. */
  watchKey(): Promise<Buffer>;
};
