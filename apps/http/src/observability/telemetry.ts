import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import type { Attributes, Context } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { ReadDevices } from '@plimsoll/application';
import type { FinishedRequest, RequestObserver } from './observation.js';

/** Traces and metrics on their way to a collector. */
export interface Telemetry {
  readonly observe: RequestObserver;
  /** Sends what is left, as far as the collector takes it. */
  close(): Promise<void>;
}

/** Where OTLP over HTTP goes, and what is looked at beside requests. */
export interface TelemetryOptions {
  /** Base address; `/v1/traces` and `/v1/metrics` are added. Headers and time-outs are `OTEL_EXPORTER_OTLP_*`. */
  readonly endpoint: string;
  readonly serviceName?: string | undefined;
  readonly devices: Pick<ReadDevices, 'read'>;
}

const MS = 1000;
/** How long devices are waited for when they are asked. */
const ASK_MS = 2_000;
/** A collector that does not answer must not hold up the end: it would be tried again and again. */
const CLOSE_MS = 1_000;
/** Boundaries of the GenAI conventions, with more above 10 s for models that are loaded first. */
const SECONDS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 163.84, 327.68,
];
const SECONDS_PER_TOKEN = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576];

/**
 * Requests to models as spans and metrics by OpenTelemetry's conventions for GenAI, devices by those for hardware. No
 * prompt, answer or address is in them. Source: opentelemetry.io, semantic conventions, "Generative AI" and "Hardware".
 */
export function openTelemetry({ endpoint, serviceName = 'plimsoll', devices }: TelemetryOptions): Telemetry {
  const base = endpoint.replace(/\/+$/, '');
  const resource = resourceFromAttributes({ 'service.name': serviceName });
  const spans = new BatchSpanProcessor(new OTLPTraceExporter({ url: `${base}/v1/traces` }));
  const tracers = new BasicTracerProvider({ resource, spanProcessors: [spans] });
  const exporter = new OTLPMetricExporter({ url: `${base}/v1/metrics` });
  const meters = new MeterProvider({ resource, readers: [new PeriodicExportingMetricReader({ exporter })] });
  const [tracer, meter] = [tracers.getTracer('@plimsoll/http'), meters.getMeter('@plimsoll/http')];
  const histogram = (name: string, unit: string, explicitBucketBoundaries: number[]) =>
    meter.createHistogram(name, { unit, advice: { explicitBucketBoundaries } });
  const duration = histogram('gen_ai.server.request.duration', 's', SECONDS);
  const firstToken = histogram('gen_ai.server.time_to_first_token', 's', SECONDS);
  const perToken = histogram('gen_ai.server.time_per_output_token', 's', SECONDS_PER_TOKEN);
  const usage = histogram('gen_ai.client.token.usage', '{token}', TOKENS);
  const memoryUsage = meter.createObservableGauge('hw.gpu.memory.usage', { unit: 'By' });
  const memoryLimit = meter.createObservableGauge('hw.gpu.memory.limit', { unit: 'By' });
  const utilization = meter.createObservableGauge('hw.gpu.utilization', { unit: '1' });
  meter.addBatchObservableCallback(
    async (result) => {
      const machine = await devices.read({ signal: AbortSignal.timeout(ASK_MS) }).catch(() => null);
      for (const { device, reading } of machine?.devices ?? []) {
        const labels = { 'hw.id': device.id, 'hw.name': device.name };
        const limit = reading?.totalBytes ?? device.totalBytes;
        if (limit !== null) result.observe(memoryLimit, limit, labels);
        if (reading?.usedBytes != null) result.observe(memoryUsage, reading.usedBytes, labels);
        if (reading?.utilization != null) result.observe(utilization, reading.utilization, labels);
      }
    },
    [memoryUsage, memoryLimit, utilization],
  );
  return {
    observe(request) {
      const labels = labelsOf(request);
      const { timings, firstMs, totalMs } = request;
      duration.record(totalMs / MS, labels);
      if (firstMs !== null) firstToken.record(firstMs / MS, labels);
      const { promptTokens = null, generatedTokens = null, decodeMs = null } = timings ?? {};
      if (decodeMs !== null && generatedTokens !== null && generatedTokens > 1) {
        perToken.record(decodeMs / MS / generatedTokens, labels);
      }
      if (promptTokens !== null) usage.record(promptTokens, { ...labels, 'gen_ai.token.type': 'input' });
      if (generatedTokens !== null) usage.record(generatedTokens, { ...labels, 'gen_ai.token.type': 'output' });
      const span = tracer.startSpan(
        [request.operation, request.model].filter((part) => part !== null).join(' '),
        {
          kind: SpanKind.SERVER,
          startTime: request.startedAtMs,
          attributes: { ...labels, ...spanAttributes(request) },
        },
        parentOf(request.traceParent),
      );
      if (firstMs !== null) span.addEvent('first token', {}, request.startedAtMs + firstMs);
      if (request.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(request.startedAtMs + totalMs);
    },
    async close() {
      const sent = Promise.allSettled([tracers.shutdown(), meters.shutdown()]);
      await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())]);
    },
  };
}

/** What spans and metrics share. The model is known only when a variant was found, so made-up names do not add up. */
function labelsOf({ operation, model, variant, status }: FinishedRequest): Attributes {
  return {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': 'plimsoll',
    ...(model === null ? {} : { 'gen_ai.request.model': model }),
    ...(variant === null ? {} : { 'gen_ai.response.model': variant }),
    ...(status >= 400 ? { 'error.type': `${status}` } : {}),
  };
}

function spanAttributes({ id, api, level, status, waitedMs, timings }: FinishedRequest): Attributes {
  const { promptTokens = null, generatedTokens = null } = timings ?? {};
  return {
    'http.response.status_code': status,
    'plimsoll.api': api,
    'plimsoll.request.id': id,
    ...(level === null ? {} : { 'plimsoll.level': level }),
    ...(waitedMs === null ? {} : { 'plimsoll.queue.duration': waitedMs / MS }),
    ...(promptTokens === null ? {} : { 'gen_ai.usage.input_tokens': promptTokens }),
    ...(generatedTokens === null ? {} : { 'gen_ai.usage.output_tokens': generatedTokens }),
  };
}

/** The client's span, by the header of W3C's trace context. */
function parentOf(header: string | null): Context {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(header ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
