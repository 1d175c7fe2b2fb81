import { Kind, parse } from 'graphql';
import { clientQuestion } from '../graphql/client-statement.ts';
import { schema } from '../graphql/schema.ts';
import type { Prepared } from '../store/database.ts';
import { nameOf } from '../store/read/ficha/read.ts';

/** What Ficha sends to PostgreSQL for a document of one root field. */
export function compiledStatement(query: string): Prepared {
  const [operation] = parse(query).definitions;
  const root = schema.getQueryType();
  const node = operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet.selections[0] : undefined;
  if (!root || node?.kind !== Kind.FIELD) throw new TypeError('one operation with one field');
  const viewer = { subject: 'bench', roles: ['dpo'] } as const;
  const question = clientQuestion({ root, document: { fragments: {}, variables: {} }, viewer }, [node]);
  if (question === undefined) throw new TypeError('a field that answers clients');
  return {
    text: question.statement.text,
    values: question.statement.values.map((value) => value({})),
    name: nameOf(question.statement),
  };
}
