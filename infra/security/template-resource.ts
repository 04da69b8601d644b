/** What the documents read of a synthesized template. */
export type TemplateResource = {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
};

/** By logical id, of one stack or of all. */
export type TemplateResources = Readonly<Record<string, TemplateResource>>;

export const ofType = (resources: TemplateResources, ...types: readonly string[]) =>
  Object.entries(resources).filter(([, { Type }]) => types.includes(Type));

/** A value that CloudFormation writes alone or as a list. */
export const listOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);
