import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context, Tracer } from '@opentelemetry/api';
import { ROOT_CONTEXT, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

/** The span the running work belongs to. */
const running = new AsyncLocalStorage<Context>();

/** Without an endpoint spans only give ids, for logs and messages; nothing is exported. */
let tracer: Tracer = new BasicTracerProvider().getTracer('liandong');

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/**
 * Sends finished spans to an OpenTelemetry collector (OTLP over HTTP).
 * @param service name shown there
 * @param endpoint base address, as in OTEL_EXPORTER_OTLP_ENDPOINT
 * @returns a function that sends the remaining spans and stops
 */
export async function exportTraces(service: string, endpoint: string): Promise<() => Promise<void>> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  tracer = provider.getTracer('liandong');
  return () => provider.shutdown();
}

/**
 * Runs work as a span of the given trace, else of the running one, else of a new one.
 * @param parent W3C traceparent; null if there is no parent
 */
export async function inTrace<T>(parent: string | null, name: string, work: () => Promise<T>): Promise<T> {
  const span = tracer.startSpan(name, {}, contextOf(parent) ?? running.getStore() ?? ROOT_CONTEXT);
  try {
    return await running.run(trace.setSpan(ROOT_CONTEXT, span), work);
  } catch (error) {
    // the code and not the text: texts may name people
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

/** W3C traceparent of the running work; null outside a span. */
export function currentTrace(): string | null {
  const context = running.getStore();
  const span = context && trace.getSpanContext(context);
  return span ? `00-${span.traceId}-${span.spanId}-0${span.traceFlags.toString(16)}` : null;
}

/** For pino's `mixin`: the ids by which the lines of one case's way are found in all logs. */
export function traceFields(): { trace_id?: string; span_id?: string } {
  const context = running.getStore();
  const span = context && trace.getSpanContext(context);
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

function contextOf(parent: string | null): Context | null {
  const [, traceId, spanId, flags] = (parent === null ? null : TRACEPARENT.exec(parent)) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
