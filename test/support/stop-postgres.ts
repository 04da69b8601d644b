import { rm } from 'node:fs/promises';

export default async () => {
  const { testPostgres } = globalThis as unknown as {
    testPostgres: { server: { stop(): Promise<void> }; folder: string };
  };
  await testPostgres.server.stop();
  await rm(testPostgres.folder, { recursive: true, force: true });
};
