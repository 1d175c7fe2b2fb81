import { createRequire } from 'node:module';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import type { OpenTelemetrySinks } from '@temporalio/interceptors-opentelemetry';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { Log } from '../platform/log.ts';
import type { TracesSettings } from '../platform/settings.ts';
import { traceablePart } from '../platform/traces.ts';

/** What a process that traces adds to its Temporal client and worker. */
export interface Tracing {
  readonly client: WorkflowClientInterceptor;
  readonly activity: ActivityInterceptorsFactory;
  /** Modules that the workflow bundle takes in. */
  readonly workflowModules: readonly string[];
  readonly sinks: InjectedSinks<OpenTelemetrySinks>;
  /** Sends what is left. */
  stop(): Promise<void>;
}

/** A span as it may leave: what is on the list of platform/traces.ts; no event (they repeat messages of errors), no message, no link. */
export function cleaned(span: ReadableSpan): ReadableSpan {
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => span.spanContext(),
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    startTime: span.startTime,
    endTime: span.endTime,
    status: { code: span.status.code },
    attributes: traceablePart(span.attributes),
    links: [],
    events: [],
    duration: span.duration,
    ended: span.ended,
    resource: span.resource,
    instrumentationLibrary: span.instrumentationLibrary,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** Passes on nothing but cleaned spans. */
const cleaning = (exporter: SpanExporter): SpanExporter => ({
  export: (spans, done) => exporter.export(spans.map(cleaned), done),
  shutdown: () => exporter.shutdown(),
  ...(exporter.forceFlush ? { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() } : {}),
});

/**
 * Starts sending traces to the collector. Packages of OpenTelemetry are loaded here and nowhere else, so that a process without a
 * collector pays for none. A collector that does not answer is told to the log and disturbs nothing.
 */
export async function startTracing({ url, headers }: TracesSettings, log: Log): Promise<Tracing> {
  const [{ context, diag, DiagLogLevel, propagation, trace }, sdk, { OTLPTraceExporter }, { Resource }, temporal] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@temporalio/interceptors-opentelemetry'),
    ]);
  const resource = new Resource({ 'service.name': 'ficha' });
  const processor = new sdk.BatchSpanProcessor(cleaning(new OTLPTraceExporter({ url, headers: { ...headers } })));
  const provider = new sdk.NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  const silent = (): void => undefined;
  const error = (): void => log.warn({ step: 'traces' }, 'traces could not be sent to the collector');
  diag.setLogger({ error, warn: silent, info: silent, debug: silent, verbose: silent }, DiagLogLevel.ERROR);
  return {
    client: new temporal.OpenTelemetryWorkflowClientInterceptor(),
    activity: (activity) => ({ inbound: new temporal.OpenTelemetryActivityInboundInterceptor(activity) }),
    workflowModules: [createRequire(import.meta.url).resolve('@temporalio/interceptors-opentelemetry/lib/workflow-interceptors')],
    sinks: { exporter: temporal.makeWorkflowExporter(processor, resource) },
    stop: async () => {
      await provider.shutdown().catch(error); // it fails when the collector is gone
      for (const part of [trace, context, propagation, diag]) part.disable();
    },
  };
}
