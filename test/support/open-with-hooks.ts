import type { LinkedSystem } from '../../connectors/kit/contract.ts';
import type { Call, HookContext, Hooks } from '../../connectors/kit/hooks.ts';

export function openWithHooks(
  hooks: Hooks,
  server: { url: string; user: string; password: string },
  config: Readonly<Record<string, unknown>>,
): LinkedSystem {
  const send = async ({ method, path, query, json, form, expect = [] }: Call) => {
    const url = `${server.url}${path}?${new URLSearchParams(Object.entries(query ?? {}).map(([k, v]) => [k, String(v)]))}`;
    const response = await fetch(url, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${server.user}:${server.password}`).toString('base64')}`,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(json === undefined ? (form === undefined ? {} : { body: new URLSearchParams(form) }) : { body: JSON.stringify(json) }),
    });
    if (!response.ok && !expect.includes(response.status)) throw new Error(`${response.status} ${method} ${path}`);
    const text = await response.text();
    return { status: response.status, headers: {}, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };
  const context: HookContext = {
    systemId: 'x',
    config,
    secret: () => server.password,
    send,
    now: () => new Date(),
    signal: new AbortController().signal,
  };
  return {
    systemId: 'x',
    pull: (stream: string, cursor: never) => hooks.listPages?.(stream, cursor, context),
    ...hooks.verbs?.(context),
  } as unknown as LinkedSystem;
}
