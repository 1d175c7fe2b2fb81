/** What GraphQL or the command API refused, with its code and its words for people. */
export class Refused extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

type Handler = (request: Request) => Response | Promise<Response>;

/** The two ways in which the console reaches data, both with the person's own token. */
export interface BackEnd {
  /** Asks the read API. @throws Refused */
  ask<Data>(token: string, question: string, variables?: Readonly<Record<string, unknown>>): Promise<Data>;
  /** Sends a command. @throws Refused */
  order<Answer>(token: string, method: Method, path: string, body?: unknown): Promise<Answer>;
  /** Fetches a file of the command API as it comes. @throws Refused */
  file(token: string, path: string): Promise<Response>;
}

const inside = 'http://ficha.internal';

interface GraphqlAnswer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** Calls the handlers of this very process: no socket, the same checks. */
export function createBackEnd(graphql: Handler, commands: Handler): BackEnd {
  const send = async (token: string, method: string, path: string, body?: unknown): Promise<Response> => {
    const response = await commands(
      new Request(`${inside}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    if (response.ok) return response;
    const { code = 'failed', message = `failed: HTTP ${response.status}` } = (await response.json().catch(() => ({}))) as {
      readonly code?: string;
      readonly message?: string;
    };
    throw new Refused(code, message, response.status);
  };
  return {
    ask: async <Data>(token: string, question: string, variables: Readonly<Record<string, unknown>> = {}) => {
      const response = await graphql(
        new Request(`${inside}/graphql`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json' },
          body: JSON.stringify({ query: question, variables }),
        }),
      );
      const { data, errors } = (await response.json()) as GraphqlAnswer<Data>; // the shape of every GraphQL answer
      const [first] = errors ?? [];
      if (first !== undefined) throw new Refused(first.extensions?.code ?? 'failed', first.message, response.status);
      if (data === null || data === undefined) throw new Refused('failed', 'the read API gave no answer', 502);
      return data;
    },
    order: async <Answer>(token: string, method: Method, path: string, body?: unknown) =>
      (await (await send(token, method, path, body)).json()) as Answer, // as the route of that path says
    file: (token, path) => send(token, 'GET', path),
  };
}
