import { type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { errorFacts } from './log.ts';

/**
 * The only attributes that leave this process: names and templates of our own, codes, counts, ids that are opaque. Anything else is
 * dropped, whoever set it, so that personal data that strays into a span does not reach the collector (rule 9). Add a key here only if
 * its values can never be about a person.
 */
// biome-ignore format: one subject a line
const traceable = [
  'http.request.method', 'http.route', 'http.response.status_code', 'url.template',
  'graphql.operation.type', 'graphql.operation.name', 'graphql.fields',
  'ficha.system', 'error.type',
  'temporalWorkflowId', 'temporalActivityId', 'run_id', 'workflowType', 'taskQueue', 'attempt',
] as const;

export type TraceFacts = { readonly [Key in (typeof traceable)[number]]?: string | number | undefined };

const allowed: ReadonlySet<string> = new Set(traceable);
const mostText = 200;

/** The traceable part of whatever a span carries. */
export function traceablePart(attributes: Readonly<Record<string, unknown>>): Record<string, string | number> {
  const kept: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(attributes)) {
    if (!allowed.has(key)) continue;
    if (typeof value === 'string') kept[key] = value.slice(0, mostText);
    else if (typeof value === 'number') kept[key] = value;
  }
  return kept;
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

const told = (span: Span, facts: TraceFacts): void => {
  for (const [key, value] of Object.entries(facts)) if (value !== undefined) span.setAttribute(key, value);
};

/** The code of one of our errors, or the class of any other. */
function noted(span: Span, error: unknown): void {
  const { code, type } = errorFacts(error);
  span.setAttribute('error.type', String(code ?? type));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/**
 * Does `work` inside a span; where no collector is set, nothing is made and nothing is kept. The name is a constant or a template.
 * @param work gets a function that tells more of it
 */
export async function traced<T>(
  { name, kind = 'internal' }: { readonly name: string; readonly kind?: keyof typeof kinds },
  facts: TraceFacts,
  work: (tell: (more: TraceFacts) => void) => Promise<T>,
): Promise<T> {
  return await trace.getTracer('ficha').startActiveSpan(name, { kind: kinds[kind] }, async (span) => {
    told(span, facts);
    try {
      return await work((more) => told(span, more));
    } catch (error) {
      noted(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}
