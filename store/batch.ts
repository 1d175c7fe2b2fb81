import pg from 'pg';

/** What pg asks of a query while its answer comes, and what its typings leave out. */
interface Answered extends pg.Query {
  readonly name?: string;
  readonly text: string;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: pg.Connection): void;
  handleReadyForQuery(connection: pg.Connection): void;
}

/** A statement as pg takes it. */
export interface Statement extends pg.QueryConfig {
  readonly types?: pg.CustomTypesConfig;
}

const answered = (statement: Statement): Answered =>
  new pg.Query({ ...statement, queryMode: 'extended' } as pg.QueryConfig) as Answered; // pg/lib/query.js has them

/**
 * Statements that go to PostgreSQL in one piece and are answered in one: behind the first that fails none is run. Because PostgreSQL sends
 * nothing before the end, a client that dies once the piece is sent has still done all of it, with a `commit` at its end too.
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
class Batch implements pg.Submittable {
  readonly #queries: readonly Answered[];
  readonly #handedOver: () => void;
  readonly #failed: (error: Error) => void;
  #at = 0;

  constructor(
    statements: readonly Statement[],
    done: (result: pg.QueryResult) => void,
    failed: (error: Error) => void,
    handedOver: () => void,
  ) {
    this.#queries = statements.map(answered);
    this.#queries.at(-1)?.on('end', (result) => done(result as unknown as pg.QueryResult)); // what pg itself resolves with
    this.#failed = failed;
    this.#handedOver = handedOver;
  }

  get #current(): Answered | undefined {
    return this.#queries[this.#at];
  }

  /** Under which pg keeps the plan, of the statement that is answered now. */
  get name(): string | undefined {
    return this.#current?.name;
  }

  get text(): string | undefined {
    return this.#current?.text;
  }

  submit(connection: pg.Connection): void {
    const unsynced = Object.create(connection, { sync: { value: () => undefined } }) as pg.Connection; // one barrier, at the end
    connection.stream.cork();
    for (const query of this.#queries) {
      const unsendable = (error: Error): void => {
        this.#failed(error);
        connection.stream.destroy(error); // a part of the piece is out, and nothing can follow it
      };
      query.on('error', unsendable);
      const refused: unknown = query.submit(unsynced);
      if (refused instanceof Error) unsendable(refused);
    }
    connection.sync();
    connection.stream.write('', this.#handedOver);
    connection.stream.uncork();
  }

  handleRowDescription(message: unknown): void {
    this.#current?.handleRowDescription(message);
  }

  handleDataRow(message: unknown): void {
    this.#current?.handleDataRow(message);
  }

  handleCommandComplete(message: unknown, connection: pg.Connection): void {
    this.#current?.handleCommandComplete(message, connection);
    this.#at += 1;
  }

  handleReadyForQuery(connection: pg.Connection): void {
    this.#queries.at(-1)?.handleReadyForQuery(connection);
  }

  handleError(error: Error, connection: pg.Connection & { readonly submittedNamedStatements?: Record<string, string> }): void {
    for (const { name } of this.#queries.slice(this.#at)) {
      if (name !== undefined) delete connection.submittedNamedStatements?.[name]; // they were not read
    }
    this.#failed(error);
  }
}

/**
 * Runs statements in one piece, one after the other.
 * @param statements n >= 1; the rows of all but the last are let go
 * @param handedOver called once the whole piece is with the operating system
 * @returns what the last one answered
 */
export const runBatch = (
  client: pg.ClientBase,
  statements: readonly Statement[],
  handedOver: () => void = () => undefined,
): Promise<pg.QueryResult> =>
  new Promise((done, failed) => {
    client.query(new Batch(statements, done, failed, handedOver));
  });
