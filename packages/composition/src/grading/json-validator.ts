import type { ValidateJson } from '@plimsoll/application';
import { InvalidInputError, type JsonSchema } from '@plimsoll/domain';
import type { ValidateFunction } from 'ajv';

/** Schemas that name a draft from 2019 on; all others are read as draft 7. */
const NEW_DRAFT = /draft\/20(?:19-09|20-12)\//u;

/** A validator of JSON values. Loaded when it is needed; each schema is compiled once. */
export async function createJsonValidator(): Promise<ValidateJson> {
  const [{ Ajv }, { Ajv2020 }] = await Promise.all([import('ajv'), import('ajv/dist/2020.js')]);
  // Words that a schema's author has added are no mistake, and nothing but the verdict is asked for.
  const options = { strict: false, validateFormats: false, logger: false } as const;
  const [classic, current] = [new Ajv(options), new Ajv2020(options)];
  const compiled = new WeakMap<JsonSchema, ValidateFunction>();
  return (schema, value) => {
    let validate = compiled.get(schema);
    if (validate === undefined) {
      const draft = typeof schema['$schema'] === 'string' ? schema['$schema'] : '';
      try {
        validate = (NEW_DRAFT.test(draft) ? current : classic).compile(schema);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new InvalidInputError(`A task's schema is no JSON schema: ${reason}`, { cause });
      }
      compiled.set(schema, validate);
    }
    return validate(value);
  };
}
