/** The picture that box 2.1 is attested on: the tables before and after, as the file's statements say it. */
import { type DrawnSchema, layOut } from '#domain/catalog/lay-out';
import { pictureOf, plainTables } from '#domain/catalog/schema-picture';
import { tablesOf } from '#domain/catalog/tables';
import { codeUnseen } from '#domain/review/rules/data-changes';
import { schemaAfter } from '#domain/review/schema-after';
import { touchedTables } from '#domain/review/tables-after';
import { contextOfReview, type ReviewFacts, reviewFacts } from './by-rules';
import { type Derivations, derivationOf, type ReadFacts } from './room';

export type SchemaDiagram = {
  readonly drawn: DrawnSchema;
  /** Lines with code that the review cannot read: what it makes is not drawn. */
  readonly unreadLines: readonly number[];
};

/** As the file's statements say it. */
export const diagramOf = (facts: ReadFacts<ReviewFacts>): SchemaDiagram => {
  const context = contextOfReview(facts);
  const before = plainTables(tablesOf(facts.catalog));
  const picture = pictureOf(before, schemaAfter(context, before), touchedTables(context));
  const unread = [
    ...codeUnseen.check(context).flatMap(({ line }) => line ?? []),
    // Their columns come from a query or from another table.
    ...context.changes.tables.filter(({ hasOwnColumns }) => !hasOwnColumns).map(({ line }) => line),
  ];
  return { drawn: layOut(picture), unreadLines: [...new Set(unread)].sort((one, other) => one - other) };
};

type WithDiagram = ReviewFacts & { readonly diagram?: SchemaDiagram };

export const derivedOfReview: Derivations<WithDiagram> = {
  diagram: derivationOf<WithDiagram>()([...reviewFacts, 'searchPath'], diagramOf),
};
