import {
  type FieldNode,
  getArgumentValues,
  getNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import { mayRead } from '../domain/access/role.ts';
import type { Asked } from '../store/read/ficha/compile.ts';
import type { GraphqlContext } from './context.ts';
import type { CheckedDocument } from './document.ts';
import { lookAhead, type Variables } from './look-ahead.ts';
import { cellsIn, type MetricAnswer, type MetricArgs, metricAnswer, type MetricMonth } from './metric-answer.ts';
import { createWrittenTexts, type WrittenTexts } from './written-texts.ts';
import { objectWriter } from './write-object.ts';

const noArguments = () => () => null;

type Tell = (answer: MetricAnswer) => string;

/** What is asked of an object, in one text: two selections with the same one are written alike. */
const signatureOf = (asked: readonly Asked[]): string => asked.map(({ key, field }) => `${key}:${field}`).join(',');

/** What the figures of a month depend on besides the month. */
const figuresKey = ({ question: { name, filter }, dimensions }: MetricAnswer): string =>
  JSON.stringify([name, dimensions, [...filter]]);

/** Writes the list of cells month by month. A month whose figures never change is written once for all who ask for the same of it. */
function cellsTeller(type: GraphQLObjectType, { key, below }: Asked, texts: WrittenTexts): Tell {
  const write = objectWriter(type, below);
  const signature = signatureOf(below);
  const written = (answer: MetricAnswer, month: MetricMonth): string => cellsIn(answer, month).map(write).join(',');
  return (answer) => {
    const table = `${signature} ${figuresKey(answer)}`;
    const months = answer.months.map((month) =>
      month.settled ? texts(`${table} ${month.month}`, () => written(answer, month)) : written(answer, month),
    );
    return `${JSON.stringify(key)}:[${months.filter((text) => text !== '').join(',')}]`;
  };
}

/** Writes an answer as it is asked for; its cells go by months. */
function answerTeller(type: GraphQLObjectType, asked: readonly Asked[], texts: WrittenTexts): Tell {
  const cells = getNamedType(type.getFields()['cells']?.type);
  const parts = asked.map((one): Tell => {
    if (one.field === 'cells' && isObjectType(cells)) return cellsTeller(cells, one, texts);
    const write = objectWriter(type, [one]);
    return (answer) => write(answer).slice(1, -1);
  });
  return (answer) => `{${parts.map((part) => part(answer)).join(',')}}`;
}

/** Answers the root field `metric` as `"key":value`, without an executor; undefined when the viewer may not read it. */
export function createMetricTeller(schema: GraphQLSchema) {
  const field = schema.getQueryType()?.getFields()['metric'];
  const type = field && getNamedType(field.type);
  const texts = createWrittenTexts();
  return async (
    document: CheckedDocument,
    node: FieldNode,
    { reader, viewer }: GraphqlContext,
    variables: Variables,
  ): Promise<string | undefined> => {
    if (field === undefined || !isObjectType(type) || !mayRead(viewer.roles, 'metrics')) return undefined;
    const args = getArgumentValues(field, node, variables) as unknown as MetricArgs; // as the schema declares them
    const asked = lookAhead({ fragments: document.fragments, variables }, type, [node], noArguments);
    const key = node.alias?.value ?? node.name.value;
    return `${JSON.stringify(key)}:${answerTeller(type, asked, texts)(await metricAnswer(reader, args))}`;
  };
}
