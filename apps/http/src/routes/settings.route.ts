import { settingsDocument } from '@plimsoll/contract';
import type { SettingsDocument } from '@plimsoll/contract';
import { failureSchema, settingsSchema } from '@plimsoll/contract/schemas';
import { InvalidInputError, isPlimsollError } from '@plimsoll/domain';
import type { LoadedSettings, SettingsPatch } from '@plimsoll/domain';
import type { z } from 'zod';
import type { Access } from '../security/access.js';
import { settingsPatchSchema } from '../schemas/settings.schema.js';
import type { HttpServer } from '../server/http-server.js';
import type { HttpServices } from '../server/http-services.js';

const answerSchema: z.ZodType<SettingsDocument> = settingsSchema;

/** `GET` and `PUT /settings`: what holds now, and changes that are written to the file and hold at once. */
export function addSettingsRoutes(server: HttpServer, services: HttpServices, access: Access): void {
  const response = { 200: answerSchema, default: failureSchema };
  server.get('/settings', { schema: { summary: 'Settings as they hold now, without secrets', response } }, async () =>
    settingsDocument(await services.settings.load()),
  );
  server.put(
    '/settings',
    {
      schema: {
        summary: 'Changes settings, in the file and for running processes',
        description: 'Addresses, paths and the API key change with the admin token only.',
        body: settingsPatchSchema,
        response,
      },
    },
    async (request) => {
      await access.assertMayChange(request, request.body);
      return settingsDocument(await update(services, request.body));
    },
  );
}

/** A value that the configuration refuses is the client's mistake here, not the server's. */
async function update(services: HttpServices, patch: SettingsPatch): Promise<LoadedSettings> {
  try {
    return await services.settings.update(patch);
  } catch (error) {
    if (!isPlimsollError(error) || error.code !== 'invalid-config') throw error;
    throw new InvalidInputError(error.message, {
      hint: error.hint ?? undefined,
      remedies: error.remedies,
      cause: error,
    });
  }
}
