import type { Problem } from '../../platform/validate.ts';
import type { ConnectorManifest } from '../../schemas/types.ts';
import { invalid, unknownName } from './lint-problem.ts';

/** What a way to sign in needs and does not say. */
export function authProblems({ auth, secrets = [], hooks = [] }: ConnectorManifest): Problem[] {
  if (auth === undefined) return [];
  const { kind, secret, token, login } = auth;
  const problems: Problem[] = [];
  const named = [
    ['auth.secret', secret],
    ['auth.token.clientSecret', token?.clientSecret],
    ['auth.token.refreshToken', token?.refreshToken],
    ['auth.token.privateKey', token?.privateKey],
  ] as const;
  for (const [path, name] of named)
    if (name !== undefined && !secrets.includes(name)) problems.push(unknownName(name, secrets, 'one of `secrets`', path));
  if (kind === 'session' && login === undefined && !hooks.includes('session'))
    problems.push(invalid('auth', 'kind session needs `login`, or the hook `session`'));
  if (['basic', 'bearer', 'apiKey'].includes(kind) && secret === undefined) problems.push(invalid('auth', 'it needs `secret`'));
  if (['refreshToken', 'clientCredentials', 'jwtBearer'].includes(kind) && token === undefined)
    problems.push(invalid('auth', `kind ${kind} needs \`token\`: where a token is made`));
  if (kind === 'refreshToken' && token !== undefined && token.refreshToken === undefined)
    problems.push(invalid('auth.token', 'it needs `refreshToken`'));
  if (kind === 'jwtBearer' && token !== undefined && token.privateKey === undefined)
    problems.push(invalid('auth.token', 'it needs `privateKey`'));
  return problems;
}
