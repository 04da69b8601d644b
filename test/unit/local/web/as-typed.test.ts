/** The pages of the installed package: what is rendered names its own program, what is stored stays byte for byte. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { callInstalled } from '#command-line/as-typed';
import { openWebServer } from '#local/web/server';
import { openStoredSite } from '#local/web/stored-site';
import { withFolder } from '#test/support/with-folder';
import { ask, secret } from './ask';

const report = '<p>npm run status says what stands</p>';
const document = '{"reason":"settle it: npm run settle"}';

test('pages say migration-checklist, and report and evidence what they said when they were written', () =>
  withFolder(async (folder) => {
    const run = path.join(folder, 'store', 'runs', 'run-one');
    await mkdir(run, { recursive: true });
    await mkdir(path.join(folder, 'mail'));
    await writeFile(path.join(run, 'report.html'), report);
    await writeFile(path.join(run, '03-impact-analysis.json'), document);
    callInstalled();
    const site = openStoredSite([{ name: '.local', stateDirectory: folder }]);
    const server = await openWebServer({ port: 0, secret, log: () => undefined });
    server.serve(site);
    try {
      const first = await ask(server, '/');
      expect(first.body).toContain('migration-checklist run');
      expect(first.body).not.toContain('npm start');

      expect((await ask(server, '/reports/run-one')).body).toBe(report);
      expect((await ask(server, '/raw/runs/run-one/03-impact-analysis.json')).body).toBe(document);
      const page = await ask(server, '/evidence/runs/run-one/03-impact-analysis.json');
      expect(page.body).toContain('npm run settle');
    } finally {
      await server.close();
    }
  }));
