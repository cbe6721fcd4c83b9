import type { ModelRuntime } from '@plimsoll/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { askedModel } from './asked-model.js';
import { applicant, withBackend } from './gateway-context.js';
import type { GatewayContext } from './gateway-context.js';
import { observationOf } from '../observability/observe-requests.js';
import { variantHeaders } from './variant-headers.js';

/** One request of a client to a model. */
export interface VariantRequest {
  readonly name: string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Throws when the backend cannot do what is asked. */
  readonly demand: (runtime: ModelRuntime) => void;
}

/** Waits for a place on the variant that answers for a model, and asks it. */
export async function onVariant<Result>(
  context: GatewayContext,
  { name, request, reply, demand }: VariantRequest,
  ask: (runtime: ModelRuntime, variant: string, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { signal, done } = context.running.begin(reply);
  let leave = (): void => undefined;
  try {
    return await withBackend(context, async ({ runtime, places }) => {
      const { model, level } = await askedModel(context, name, request.headers, runtime);
      leave = await context.admission.enter(model, applicant(request, signal));
      demand(runtime);
      const { chosen, release } = await places.place(model, { make: 'in-background', level, signal });
      try {
        observationOf(request)?.placed(model, chosen);
        reply.headers(variantHeaders(chosen));
        return await ask(runtime, chosen.variant, signal);
      } finally {
        release();
      }
    });
  } finally {
    leave();
    done();
  }
}
