/** Writes docs/security.md from freshly synthesized templates: node --import tsx docs/generate-security.ts */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readExampleConfig } from '#infra/config';
import { securityPage } from '#infra/security/security-page';
import type { TemplateResources } from '#infra/security/template-resource';
import { synthesize } from '#infra/synthesize';

export const securityFile = path.join(__dirname, 'security.md');

const generate = () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'security-'));
  try {
    const { stacks } = synthesize(folder, readExampleConfig(path.join(__dirname, '..')));
    const resources = Object.assign({}, ...stacks.map(({ template }) => template.Resources as TemplateResources));
    writeFileSync(securityFile, securityPage(resources));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

if (require.main === module) generate();
