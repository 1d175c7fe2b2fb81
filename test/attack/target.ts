/** A published figure as GraphQL answers it. */
export interface SeenCell {
  readonly month: string;
  readonly country: string | null;
  readonly sector: string | null;
  readonly channel: string | null;
  readonly rest: boolean;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export type Dimension = 'COUNTRY' | 'SECTOR' | 'CHANNEL';

/** One question to the metrics API. `notSector` is a filter that only a free query language has. */
export interface Question {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly by?: readonly Dimension[];
  readonly filter?: Readonly<Record<string, readonly string[]>>;
}

/** What is attacked: a GraphQL endpoint over a world in which people can be erased. */
export interface Target {
  /** The cells, or `refused` when the endpoint has no such question. */
  ask(question: Question): Promise<readonly SeenCell[] | 'refused'>;
  /** Erases one person, and lets the endpoint publish whatever it then would. */
  erase(clientIds: readonly string[]): Promise<void>;
  /** Questions asked so far. */
  readonly asked: () => number;
}

const document = (question: Question): string => {
  const list = (values: readonly string[]): string => `[${values.join(', ')}]`;
  const filter = Object.entries(question.filter ?? {}).map(([name, values]) => `${name}: ${list(values)}`);
  const parts = [
    `name: ${question.name}`,
    `from: "${question.from}"`,
    `to: "${question.to}"`,
    ...(question.by ? [`by: ${list(question.by)}`] : []),
    ...(filter.length > 0 ? [`filter: { ${filter.join(', ')} }`] : []),
  ];
  return `{ metric(${parts.join(', ')}) { cells { month country sector channel rest value low high } } }`;
};

interface Answer {
  readonly data?: { readonly metric: { readonly cells: readonly SeenCell[] } } | null;
  readonly errors?: readonly { readonly message: string }[];
}

/** A target behind a web-standard GraphQL handler. */
export function targetOf(
  handler: (request: Request) => Promise<Response>,
  token: string,
  erase: (clientIds: readonly string[]) => Promise<void>,
): Target {
  let asked = 0;
  return {
    asked: () => asked,
    erase,
    ask: async (question) => {
      asked += 1;
      const response = await handler(
        new Request('http://ficha.test/graphql', {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ query: document(question) }),
        }),
      );
      const { data, errors } = (await response.json()) as Answer;
      if (response.status === 401) throw new Error('the attacker has a good token');
      return errors !== undefined || !data ? 'refused' : data.metric.cells;
    },
  };
}
