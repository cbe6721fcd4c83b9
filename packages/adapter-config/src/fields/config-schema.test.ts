import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FOUNDING_CONFIG } from '../../test/founding-config.js';
import { configJsonSchema } from './config-schema.js';

describe('the published JSON Schema', () => {
  it('is config.schema.json of the package; run vitest with -u after a change', async () => {
    await expect(`${JSON.stringify(configJsonSchema(), null, 2)}\n`).toMatchFileSnapshot('../../config.schema.json');
  });

  it('accepts what the store accepts and refuses what it refuses', () => {
    const schema = z.fromJSONSchema(configJsonSchema());
    expect(schema.safeParse(JSON.parse(FOUNDING_CONFIG)).success).toBe(true);
    expect(schema.safeParse({ photo: 1, profiles: { dev: { ai: { quantization_bits: 4 } } } }).success).toBe(true);
    expect(schema.safeParse({ ai: { quantization_bits: 5 } }).success).toBe(false);
    expect(schema.safeParse({ profiles: { dev: { http: { port: 'x' } } } }).success).toBe(false);
  });
});
