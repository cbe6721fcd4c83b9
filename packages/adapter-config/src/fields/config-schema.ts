import { z } from 'zod';
import { SETTING_FIELDS, fieldsWith } from './setting-fields.js';

/**
 * JSON Schema (draft 2020-12) of the file, for editors: put its address under `$schema`. It names the backends where
 * they are given.
 */
export function configJsonSchema(backends?: readonly string[]): Record<string, unknown> {
  const sections = sectionSchemas(backends);
  const file = z.looseObject({
    $schema: z.string().optional().meta({ description: 'Where this schema lies, for editors.' }),
    ...sections,
    profiles: z
      .record(z.string(), z.looseObject(sections))
      .optional()
      .meta({ description: 'Settings that hold only while PLIMSOLL_PROFILE or NODE_ENV names the profile.' }),
  });
  return { title: 'Plimsoll configuration', ...z.toJSONSchema(file, { io: 'input' }) };
}

function sectionSchemas(backends: readonly string[] | undefined): Record<string, z.ZodType> {
  const names = [...new Set(SETTING_FIELDS.map(({ path }) => path.split('.')[0] ?? ''))];
  return Object.fromEntries(names.map((name) => [name, sectionSchema(name, backends)]));
}

function sectionSchema(name: string, backends: readonly string[] | undefined): z.ZodType {
  const keys = fieldsWith(backends).filter(({ path }) => path.startsWith(`${name}.`));
  return z
    .looseObject(
      Object.fromEntries(
        keys.map(({ path, schema, description }) => [
          path.slice(name.length + 1),
          schema().optional().meta({ description }),
        ]),
      ),
    )
    .optional();
}
