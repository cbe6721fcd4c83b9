import { currentRung } from '@plimsoll/domain';
import type { BytesByDomain, EventBus } from '@plimsoll/domain';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { HttpServices } from '../server/http-services.js';
import type { FinishedRequest } from './observation.js';

/** Seconds; above 10 for models that are loaded first. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320];
const SECONDS_PER_TOKEN = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const MS = 1000;
/** Series are kept for as many models; further ones share one, so that made-up names cannot fill the memory. */
const MOST_MODELS = 200;
const COUNTED_AT_ONCE = 64;
/** How long a backend is waited for when it is asked what it holds. */
const ASK_MS = 2_000;

/** Requests that wait for a place on a model, as the scrape sees them. */
export interface WaitingRequests {
  waiting(): ReadonlyMap<string, { readonly active: number; readonly waiting: number }>;
}

/** Numbers for Prometheus. Each server has its own. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #models = new Set<string>();
  readonly #finished: FinishedRequest[] = [];
  readonly #requests = this.#counter('requests_total', 'Requests to models.', [
    ...['api', 'operation', 'model', 'variant', 'status'],
  ]);
  readonly #tokens = this.#counter('tokens_total', 'Tokens that were read (input) and written (output).', [
    ...['model', 'variant', 'direction'],
  ]);
  readonly #duration = this.#histogram('request_duration_seconds', 'From the request to the end of its answer.');
  readonly #first = this.#histogram(
    'time_to_first_token_seconds',
    'From the request to the first piece of its answer.',
  );
  readonly #perToken = this.#histogram('time_per_output_token_seconds', 'Time of a token after the first.', {
    buckets: SECONDS_PER_TOKEN,
  });
  readonly #waited = this.#histogram('queue_wait_seconds', 'From the request to its place on a model.');
  readonly #load = this.#histogram('load_seconds', 'Part of a request in which its model was loaded; 0 is left out.');
  readonly #refused = this.#counter('refused_total', 'Requests that were refused for want of room or time.', [
    'status',
  ]);
  readonly #built = this.#counter('variants_built_total', 'Variants that were made.', []);
  readonly #settings = this.#counter('settings_changes_total', 'Changes of the settings while it ran.', []);

  readonly #up = this.#gauge('backend_up', 'Whether the backend answers.', ['backend']);
  readonly #queued = this.#gauge('queue_requests', 'Requests by model: active, or waiting for a place.', [
    ...['model', 'state'],
  ]);
  readonly #variants = this.#gauge('variants', 'Variants that are installed.', ['level']);
  readonly #held = this.#gauge('variant_bytes', 'What a loaded variant holds: as reported, and as predicted.', [
    ...['variant', 'memory', 'source'],
  ]);
  readonly #rung = this.#gauge('model_rung', 'Where a governed model stands on its ladder; 0 is the best.', ['model']);
  readonly #gpuBytes = this.#gauge('gpu_memory_bytes', 'Memory of a device.', ['device', 'name', 'state']);
  readonly #gpuUse = this.#gauge('gpu_utilization_ratio', 'Share of the time in which a device was busy.', ['device']);
  readonly #gpuHeat = this.#gauge('gpu_temperature_celsius', 'Temperature of a device.', ['device']);
  readonly #gpuPower = this.#gauge('gpu_power_watts', 'Power that a device draws.', ['device']);

  constructor(events: EventBus) {
    collectDefaultMetrics({ register: this.#registry });
    events.subscribe(({ type }) => {
      if (type === 'variant-built') this.#built.inc();
      if (type === 'settings-changed') this.#settings.inc();
    });
  }

  /** Requests are counted some at a time, which takes a fraction of the time, and before every scrape. */
  readonly observe = (request: FinishedRequest): void => {
    this.#finished.push(request);
    if (this.#finished.length >= COUNTED_AT_ONCE) this.#countAll();
  };

  #countAll(): void {
    for (const request of this.#finished.splice(0)) this.#count(request);
  }

  #count(request: FinishedRequest): void {
    const { api, operation, status, timings, totalMs, firstMs, waitedMs } = request;
    const model = this.#bounded(request.model);
    const variant = model === 'other' ? 'other' : (request.variant ?? 'none');
    this.#requests.inc({ api, operation, model, variant, status });
    if (status === 429 || status === 503) this.#refused.inc({ status });
    if (request.variant === null) return;
    const labels = { operation, model, variant };
    this.#duration.observe(labels, totalMs / MS);
    if (waitedMs !== null) this.#waited.observe(labels, waitedMs / MS);
    if (firstMs !== null) this.#first.observe(labels, firstMs / MS);
    if (timings === null) return;
    const { promptTokens, generatedTokens, decodeMs, loadMs } = timings;
    if (promptTokens !== null) this.#tokens.inc({ model, variant, direction: 'input' }, promptTokens);
    if (generatedTokens !== null) this.#tokens.inc({ model, variant, direction: 'output' }, generatedTokens);
    if (decodeMs !== null && generatedTokens !== null && generatedTokens > 1) {
      this.#perToken.observe(labels, decodeMs / MS / generatedTokens);
    }
    if (loadMs !== null && loadMs > 0) this.#load.observe(labels, loadMs / MS);
  }

  /** What stands now is asked for at each scrape; what does not answer is left out. */
  async text(services: HttpServices, queues: WaitingRequests): Promise<{ type: string; body: string }> {
    this.#countAll();
    for (const gauge of [this.#queued, this.#variants, this.#held, this.#rung, this.#gpuBytes]) gauge.reset();
    for (const [model, { active, waiting }] of queues.waiting()) {
      const name = this.#bounded(model);
      this.#queued.inc({ model: name, state: 'active' }, active);
      this.#queued.inc({ model: name, state: 'waiting' }, waiting);
    }
    await Promise.all([this.#lookAtBackend(services), this.#lookAtDevices(services)]);
    return { type: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  async #lookAtBackend(services: HttpServices): Promise<void> {
    const signal = AbortSignal.timeout(ASK_MS);
    const lease = await services.backend().catch(() => null);
    if (lease === null) return;
    const { runtime, governor } = lease;
    try {
      const [installed, resident] = await Promise.all([runtime.list({ signal }), runtime.resident({ signal })]);
      this.#up.set({ backend: runtime.id }, 1);
      for (const { level } of installed) this.#variants.inc({ level: level ?? 'unknown' });
      for (const { name, sizeBytes, deviceBytes } of resident) {
        const set = (memory: string, bytes: number | null): void => {
          if (bytes !== null) this.#held.set({ variant: name, memory, source: 'reported' }, bytes);
        };
        set('all', sizeBytes);
        set('device', deviceBytes);
      }
      for (const model of governor?.pool.models() ?? []) {
        if (!model.loaded) continue;
        this.#rung.set({ model: model.name }, model.rung);
        this.#setPredicted(model.name, currentRung(model)?.bytes ?? {});
      }
    } catch {
      this.#up.set({ backend: runtime.id }, 0);
    } finally {
      lease.release();
    }
  }

  #setPredicted(variant: string, bytes: BytesByDomain): void {
    for (const [memory, value] of Object.entries(bytes)) {
      this.#held.set({ variant, memory, source: 'predicted' }, value);
    }
  }

  async #lookAtDevices({ devices }: HttpServices): Promise<void> {
    const machine = await devices.read({ signal: AbortSignal.timeout(ASK_MS) }).catch(() => null);
    for (const { device, reading } of machine?.devices ?? []) {
      const set = (gauge: Gauge, labels: Record<string, string>, value: number | null | undefined): void => {
        if (value != null) gauge.set({ device: device.id, ...labels }, value);
      };
      set(this.#gpuBytes, { name: device.name, state: 'total' }, reading?.totalBytes ?? device.totalBytes);
      set(this.#gpuBytes, { name: device.name, state: 'used' }, reading?.usedBytes);
      set(this.#gpuBytes, { name: device.name, state: 'free' }, reading?.freeBytes);
      set(this.#gpuUse, {}, reading?.utilization);
      set(this.#gpuHeat, {}, reading?.temperatureC);
      set(this.#gpuPower, {}, reading?.powerW);
    }
  }

  #bounded(model: string | null): string {
    if (model === null) return 'none';
    if (this.#models.has(model)) return model;
    if (this.#models.size >= MOST_MODELS) return 'other';
    this.#models.add(model);
    return model;
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name: `plimsoll_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, labelNames: string[]): Gauge {
    return new Gauge({ name: `plimsoll_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #histogram(name: string, help: string, { buckets = SECONDS }: { readonly buckets?: number[] } = {}): Histogram {
    const labelNames = ['operation', 'model', 'variant'];
    return new Histogram({ name: `plimsoll_${name}`, help, labelNames, buckets, registers: [this.#registry] });
  }
}
