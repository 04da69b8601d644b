/** What it costs to ask the code host, and to propose documents there: a token each, so that whoever asks cannot write. */
import type { Config } from './config';
import { readSecret } from './key-grants';
import type { PortCost } from './port-grants';

const codeHostAddress = (config: Config) => ({
  CODE_HOST_URL: config['codeHost.url'],
  ...(config['codeHost.apiUrl'] !== '' && { CODE_HOST_API_URL: config['codeHost.apiUrl'] }),
});

export const codeHostCosts = {
  'codeHost.readPullRequest': {
    modules: ['codeHost'],
    environment: ({ config }) => ({
      ...codeHostAddress(config),
      ...(config['codeHost.tokenSecret'] !== '' && { CODE_HOST_TOKEN_SECRET: config['codeHost.tokenSecret'] }),
    }),
    grants: (context) =>
      context.config['codeHost.tokenSecret'] === ''
        ? []
        : [
            readSecret(
              context,
              context.config['codeHost.tokenSecret'],
              'reads the token with which the code host is asked about the pull request',
            ),
          ],
  },
  'codeHost.proposeDocuments': {
    modules: ['codeHost'],
    environment: ({ config }) => ({
      ...codeHostAddress(config),
      ...(config['codeHost.documentsRepository'] !== '' && {
        DOCUMENTS_REPOSITORY: config['codeHost.documentsRepository'],
        DOCUMENTS_TOKEN_SECRET: config['codeHost.documentsTokenSecret'],
      }),
    }),
    grants: (context) =>
      context.config['codeHost.documentsRepository'] === '' || context.config['codeHost.documentsTokenSecret'] === ''
        ? []
        : [
            readSecret(
              context,
              context.config['codeHost.documentsTokenSecret'],
              'reads the token with which the changed documents are proposed as a pull request',
            ),
          ],
  },
} as const satisfies Readonly<Record<string, PortCost>>;
