import { type FieldNode, getArgumentValues, getNamedType, type GraphQLSchema, isObjectType } from 'graphql';
import { mayRead } from '../domain/access/role.ts';
import type { GraphqlContext } from './context.ts';
import type { CheckedDocument } from './document.ts';
import { lookAhead, type Variables } from './look-ahead.ts';
import { type MetricArgs, metricAnswer } from './metric-answer.ts';
import { objectWriter } from './write-object.ts';

const noArguments = () => () => null;

/** Answers the root field `metric` as `"key":value`, without an executor; undefined when the viewer may not read it. */
export function createMetricTeller(schema: GraphQLSchema) {
  const field = schema.getQueryType()?.getFields()['metric'];
  const type = field && getNamedType(field.type);
  return async (
    document: CheckedDocument,
    node: FieldNode,
    { reader, viewer }: GraphqlContext,
    variables: Variables,
  ): Promise<string | undefined> => {
    if (field === undefined || !isObjectType(type) || !mayRead(viewer.roles, 'metrics')) return undefined;
    const args = getArgumentValues(field, node, variables) as unknown as MetricArgs; // as the schema declares them
    const write = objectWriter(type, lookAhead({ fragments: document.fragments, variables }, type, [node], noArguments));
    const key = node.alias?.value ?? node.name.value;
    return `${JSON.stringify(key)}:${write(await metricAnswer(reader, args))}`;
  };
}
