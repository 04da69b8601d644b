/** Reads whether Neon has the target, and whether runs may change it: not the default branch, not protected. */
import type { Config } from '#infra/config';
import type { Platform } from '#lambdas/ports/platform';
import type { Check } from './check';

export const targetCheck = (platform: Pick<Platform, 'describeTarget' | 'connection'>, config: Config): Check => ({
  title: `the Neon branch ${config['neon.stagingBranchId']}`,
  look: async () => {
    const { branchName, isDefault, isProtected } = await platform.describeTarget();
    // Neon gives the address only when branch, database and role fit together.
    await platform.connection({ branchId: 'target' });
    const branch = `the branch "${branchName}" (${config['neon.stagingBranchId']})`;
    const remedy = 'name the staging branch in neon.stagingBranchId; production is refused';
    return [
      ...(isDefault === false ? [] : [`${branch} is the project's default branch; ${remedy}`]),
      ...(isProtected === false ? [] : [`${branch} is protected; ${remedy}`]),
    ];
  },
});
