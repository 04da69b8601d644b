/** Everything that makes a schema, one query per family. A new kind of object is one more query in these lists. */
import { columns } from './columns';
import { comments, securityLabels } from './comments';
import { constraints, domainConstraints } from './constraints';
import { extendedStatistics, extensionDependencies, extensions } from './extensions';
import { type CatalogFamily, isMadeByUser } from './family';
import { foreignDataWrappers, foreignServers, userMappings } from './foreign-data';
import { aggregates, functions } from './functions';
import { indexes } from './indexes';
import { initialPrivileges } from './initial-privileges';
import { accessMethods, collations, conversions, languages, transforms } from './languages';
import { casts, operatorClasses, operatorFamilies, operators } from './operators';
import { policies } from './policies';
import { publications } from './publications';
import { defaultPrivileges, schemas } from './schemas';
import { sequences } from './sequences';
import { tables } from './tables';
import { textSearchConfigurations, textSearchDictionaries, textSearchParts } from './text-search';
import { eventTriggers, triggers } from './triggers';
import { baseTypes, compositeTypes, domains, enumTypes, rangeTypes } from './types';
import { rules, views } from './views';

/** Families that nearly every schema has. */
export const commonFamilies: readonly CatalogFamily[] = [
  ...[schemas, extensions, tables, columns, constraints, indexes, functions, comments, initialPrivileges],
];

const madeByUser = (systemCatalog: string, more = '') =>
  `SELECT FROM ${systemCatalog} WHERE ${isMadeByUser(`${systemCatalog}.oid`)} ${more}`;

/**
 * Families that most schemas do not use, by a query that returns a row when the family may be used. Planning all of them
 * takes longer than reading a small schema.
 */
export const rareFamilies: readonly (readonly [presence: string, family: CatalogFamily])[] = [
  ['SELECT FROM pg_default_acl', defaultPrivileges],
  [`SELECT FROM pg_depend WHERE deptype = 'x'`, extensionDependencies],
  ['SELECT FROM pg_sequence', sequences],
  [madeByUser('pg_class', `AND relkind IN ('v', 'm')`), views],
  [madeByUser('pg_rewrite', `AND rulename <> '_RETURN'`), rules],
  ['SELECT FROM pg_trigger WHERE NOT tgisinternal', triggers],
  ['SELECT FROM pg_policy', policies],
  ['SELECT FROM pg_statistic_ext', extendedStatistics],
  [madeByUser('pg_proc', `AND prokind = 'a'`), aggregates],
  ['SELECT FROM pg_event_trigger', eventTriggers],
  [madeByUser('pg_type', `AND typtype = 'e'`), enumTypes],
  [madeByUser('pg_class', `AND relkind = 'c'`), compositeTypes],
  [madeByUser('pg_type', `AND typtype = 'r'`), rangeTypes],
  [madeByUser('pg_type', `AND typtype = 'd'`), domains],
  [`SELECT FROM pg_constraint WHERE contypid <> 0 AND ${isMadeByUser('oid')}`, domainConstraints],
  // An array type is recognised by having no array type of its own.
  [madeByUser('pg_type', `AND (typtype = 'b' AND typarray <> 0 OR NOT typisdefined)`), baseTypes],
  ['SELECT FROM pg_publication', publications],
  ['SELECT FROM pg_foreign_data_wrapper', foreignDataWrappers],
  ['SELECT FROM pg_foreign_server', foreignServers],
  ['SELECT FROM pg_foreign_server', userMappings],
  [madeByUser('pg_cast'), casts],
  [madeByUser('pg_operator'), operators],
  [madeByUser('pg_opfamily'), operatorFamilies],
  [madeByUser('pg_opclass'), operatorClasses],
  [madeByUser('pg_language'), languages],
  ['SELECT FROM pg_transform', transforms],
  [madeByUser('pg_am'), accessMethods],
  [madeByUser('pg_collation'), collations],
  [madeByUser('pg_conversion'), conversions],
  [madeByUser('pg_ts_config'), textSearchConfigurations],
  [madeByUser('pg_ts_dict'), textSearchDictionaries],
  [`${madeByUser('pg_ts_template')} UNION ALL ${madeByUser('pg_ts_parser')}`, textSearchParts],
  ['SELECT FROM pg_seclabel', securityLabels],
];
