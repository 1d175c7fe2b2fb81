import type { TrytonCall } from '../../twins/tryton/wire.ts';

export interface TrytonAddress {
  readonly url: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/**
 * The hand of a person at the ERP in tests: signs in and calls what the vendor's own client calls.
 * It shares no code with the connector under test.
 */
export async function trytonClient(address: TrytonAddress): Promise<TrytonCall> {
  const post = async (method: string, params: readonly unknown[], authorization?: string): Promise<unknown> => {
    const answer = await fetch(`${address.url}/${address.database}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
      body: JSON.stringify({ id: 1, method, params }),
      signal: AbortSignal.timeout(120_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} answered ${answer.status}`);
    const body = JSON.parse(text) as { readonly result?: unknown; readonly error?: unknown }; // the shape of every JSON-RPC answer
    if (body.error !== undefined) throw new Error(`${method}: ${JSON.stringify(body.error).slice(0, 500)}`);
    return body.result;
  };
  const signIn = await post('common.db.login', [address.user, { password: address.password }, 'en']);
  const [userId, session] = signIn as [number, string]; // what the vendor's login gives
  const authorization = `Session ${Buffer.from(`${address.user}:${userId}:${session}`).toString('base64')}`;
  return async <Result>(method: string, ...params: readonly unknown[]): Promise<Result> => {
    const preferences = (await post('model.res.user.get_preferences', [true, {}], authorization)) as object; // a dictionary
    return (await post(method, [...params, { ...preferences, active_test: false }], authorization)) as Result; // the caller names it
  };
}
