/** Runs a state's work, records what it saw whatever happens, and judges the boxes from that. */
import { derivedFacts } from '#domain/boxes/derived';
import type { DocumentName, FactsByDocument } from '#domain/boxes/facts';
import {
  type Artifact,
  type Interruption,
  type Judges,
  judgeRoom,
  type Kept,
  type ReadFact,
  type Room,
} from '#domain/boxes/room';
import type { EvidenceDocument, EvidenceRef, Finding } from '#domain/evidence/document';
import { shortenMessage } from '#domain/shorten';
import { type BoxId, boxesOf, type StepNumber } from '#lambdas/checklist';
import type { StepInput } from '#statemachine/contract';
import { requireClosedList } from './closed-list';
import { closeRunState, refuseClosedRun } from './closing';
import { type EvidenceName, evidenceOfStep, recordEvidence, type Writing } from './evidence';

type Inline<Fact> = Exclude<Fact, Artifact<unknown>>;
type Held<Fact> = Fact extends Artifact<infer T> ? T : never;

/** What a state puts down while it works; all of it reaches the evidence even when the state fails, and with it what follows from it. */
export type Gathered<Facts> = {
  put<Name extends keyof Facts & string>(name: Name, fact: Inline<Facts[Name]>): void;
  /** A fact larger than a page: the document gets the reference, the judges get the value. */
  putKept<Name extends keyof Facts & string>(name: Name, kept: Kept<Held<Facts[Name]>>): void;
  /** A list whose entries have artifacts in them. */
  putRead<Name extends keyof Facts & string>(
    name: Name,
    fact: { readonly value: ReadFact<Facts[Name]>; readonly stored: Facts[Name] },
  ): void;
  /** Puts down what the work gives; when it throws, the boxes that need this fact are failed with the error's message. */
  observe<Name extends keyof Facts & string, Fact extends Inline<Facts[Name]>>(
    name: Name,
    work: () => Promise<Fact>,
  ): Promise<Fact>;
  /** The same for a fact larger than a page. */
  keep<Name extends keyof Facts & string>(
    name: Name,
    work: () => Promise<Kept<Held<Facts[Name]>>>,
  ): Promise<Held<Facts[Name]>>;
  find(...findings: readonly Finding[]): void;
};

const gather = <Facts>() => {
  /** As the judges see them, and as the document holds them. */
  const values: Record<string, unknown> = {};
  const stored: Record<string, unknown> = {};
  const findings: Finding[] = [];
  const underWay = new Set<string>();
  const observed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    underWay.add(name);
    const result = await work();
    underWay.delete(name);
    return result;
  };
  const put = (name: string, value: unknown, reference: unknown = value) => {
    values[name] = value;
    stored[name] = reference;
  };
  /** As JSON has it, so that the judges see now what they will see when the document is read. */
  const putInline = (name: string, fact: unknown) => put(name, JSON.parse(JSON.stringify(fact)));
  const gathered: Gathered<Facts> = {
    put: putInline,
    putKept: (name, { value, reference }) => put(name, value, reference),
    putRead: (name, { value, stored: reference }) => put(name, value, reference),
    observe: async (name, work) => {
      const fact = await observed(name, work);
      putInline(name, fact);
      return fact;
    },
    keep: async (name, work) => {
      const { value, reference } = await observed(name, work);
      put(name, value, reference);
      return value;
    },
    find: (...found) => {
      findings.push(...found);
    },
  };
  return { gathered, values, stored, findings, underWay };
};

/** Facts of a state that failed may be such as nothing follows from; what it failed of must not be hidden by that. */
const followingFrom = (
  name: string,
  values: Readonly<Record<string, unknown>>,
  interruption: Interruption | null,
): Readonly<Record<string, unknown>> => {
  try {
    return derivedFacts(name as DocumentName, values);
  } catch (error) {
    if (interruption === null) throw error;
    return {};
  }
};

type Started = Pick<StepInput, 'previous'> & { readonly run: { readonly runId: string } };

type JudgedState<Facts> = EvidenceName & { readonly judges?: Judges<Facts> };

/** `earlier` is the evidence before it that counts. */
type Work<Facts, T> = (facts: Gathered<Facts>, earlier: readonly EvidenceDocument[]) => Promise<T>;

/** They look at the evidence themselves: whatever lies there, the run has to let go of the target. */
const closesRun = (name: string) => name === closeRunState.name || name === 'sign-off';

const recordWork = async <Facts, T extends object>(
  ports: Writing,
  { name, title, judges = {} }: JudgedState<Facts>,
  { run, previous }: Started,
  work: Work<Facts, T>,
): Promise<T & { readonly evidence: EvidenceRef }> => {
  const refuseClosed = async () => {
    if (name !== closeRunState.name) await refuseClosedRun(ports.store, run.runId);
  };
  await refuseClosed();
  const reader = { runId: run.runId, name: name as DocumentName, previous };
  const earlier = closesRun(name) ? [] : await requireClosedList(ports.store, reader);
  const startedAt = ports.clock.now().toISOString();
  const { gathered, values, stored, findings, underWay } = gather<Facts>();
  const record = async (error: EvidenceDocument['error']) => {
    // A parallel state that failed may have closed the run meanwhile: what is added later would look like forged evidence.
    await refuseClosed();
    const interruption: Interruption | null = error && {
      message: error.message,
      underWay: [...underWay],
      own: boxesOf(name),
    };
    const following = followingFrom(name, values, interruption);
    return recordEvidence(ports, {
      runId: run.runId,
      name,
      title,
      startedAt,
      previous: previous.map(({ sha256 }) => sha256),
      boxes: judgeRoom(judges, { ...values, ...following }, interruption),
      findings,
      error,
      facts: { ...stored, ...following },
      ...(interruption && { underWay: interruption.underWay }),
    });
  };
  try {
    const result = await work(gathered, earlier);
    return { ...result, evidence: await record(null) };
  } catch (error) {
    shortenMessage(error);
    const { name: errorName, message } = error as Error;
    await record({ name: errorName, message });
    throw error;
  }
};

/**
 * Runs a state's work and leaves its evidence whatever happens: the facts gathered so far, the answers that follow from them,
 * and the error when it throws. Returns the work's result together with the reference to the evidence.
 * Errors: MigrationRefused when the run was closed, before anything is done or at its end; EvidenceUnknown when its folder holds what
 * is not of it. Nothing is recorded then.
 */
export const withEvidence = <Name extends DocumentName, T extends object>(
  ports: Writing,
  state: JudgedState<FactsByDocument[Name]> & { readonly name: Name },
  input: Started,
  work: Work<FactsByDocument[Name], T>,
): Promise<T & { readonly evidence: EvidenceRef }> => recordWork(ports, state, input, work);

/** `withEvidence` for one of the 16 steps, judged by its room. */
export const withStepEvidence = <Step extends StepNumber, Facts, Also extends BoxId, T extends object>(
  ports: Writing,
  step: Step,
  room: Room<Step, Facts, Also>,
  input: Started,
  work: Work<Facts, T>,
): Promise<T & { readonly evidence: EvidenceRef }> =>
  recordWork(ports, { ...evidenceOfStep(step), judges: room as Judges<Facts> }, input, work);
