import { doctorDocument, inspectDocument } from '@plimsoll/contract';
import type { DoctorDocument, InspectDocument } from '@plimsoll/contract';
import { doctorSchema, failureSchema, inspectSchema } from '@plimsoll/contract/schemas';
import { z } from 'zod';
import { modelNameSchema } from '../schemas/field-schemas.js';
import type { Access } from '../security/access.js';
import { abortOnDisconnect } from '../server/abort-on-disconnect.js';
import type { HttpServer } from '../server/http-server.js';
import type { HttpServices } from '../server/http-services.js';

const inspectAnswer: z.ZodType<InspectDocument> = inspectSchema;
const doctorAnswer: z.ZodType<DoctorDocument> = doctorSchema;
const flag = z.enum(['true', 'false']).default('false');

/** `GET /inspect` and `GET /doctor`: what a model's header says, and what is wrong here. */
export function addInspectRoutes(server: HttpServer, services: HttpServices, access: Access): void {
  server.get(
    '/inspect',
    {
      schema: {
        summary: "What a model's header says",
        querystring: z.strictObject({ model: modelNameSchema, tensors: flag, metadata: flag }),
        response: { 200: inspectAnswer, default: failureSchema },
      },
    },
    async (request, reply) => {
      const { model, tensors, metadata } = request.query;
      await access.assertMayRequest(request, [model]);
      const lease = await services.backend();
      try {
        const inspected = await lease.inspect.inspect(model, { signal: abortOnDisconnect(reply) });
        return inspectDocument(inspected, { tensors: tensors === 'true', metadata: metadata === 'true' });
      } finally {
        lease.release();
      }
    },
  );
  server.get(
    '/doctor',
    {
      schema: {
        summary: 'What is wrong, and what mends it',
        response: { 200: doctorAnswer, default: failureSchema },
      },
    },
    async (_request, reply) => {
      const lease = await services.backend();
      try {
        const diagnosis = await lease.diagnosis();
        return doctorDocument(await diagnosis.diagnose({ signal: abortOnDisconnect(reply) }));
      } finally {
        lease.release();
      }
    },
  );
}
