/** docs/security.md: who may do what to which resource and why, read from the synthesized templates. */
import { acknowledgedSection } from './acknowledged-rules';
import { permissionSections } from './permissions';
import { policySections } from './resource-policies';
import type { TemplateResources } from './template-resource';

const preface = `# Security

Who may do what, to which resource, and why. Written from the synthesized templates of the example configuration by
\`node --import tsx docs/generate-security.ts\`; a test holds it current, and another holds every permission to its reason.

- Each function has a role of its own and no managed policy. No action of a role has a wildcard.
- Secrets stay in AWS Secrets Manager. Functions get their names, read them when they need them, and write them nowhere.
- A task token lies sealed in the store and leaves only towards Step Functions. Links are kept as hashes, codes are kept nowhere.
- Executions are logged without their data, the pages without path and query, calls without their input.
- Production is refused: at deployment by Neon's record of the branch, and in every run by that record and the mark inside the database.

These are templates and tests; no account was available in which AWS itself would have evaluated them.`;

/** `resources` are those of all stacks. */
export const securityPage = (resources: TemplateResources): string =>
  `${[preface, ...permissionSections(resources), ...policySections(resources), acknowledgedSection(resources)].join(
    '\n\n',
  )}\n`;
