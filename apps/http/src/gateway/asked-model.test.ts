import { installedVariant } from '@plimsoll/testing';
import { afterEach, expect, test } from 'vitest';
import { createServer } from '../server/create-server.js';
import type { CreatedServer } from '../server/create-server.js';
import { fakeServices } from '../../test/fake-services.js';
import { askedModel } from './asked-model.js';

const installed = ['odd@q8_0', 'tale:1b', 'whole:latest'];
const runtime = {
  id: 'embedded',
  find: async (name: string) => (installed.includes(name) ? installedVariant({ name, level: 'Q8_0' }) : null),
};

const aliases = { fast: 'tale:1b@Q4_K_M', 'gpt-*': 'tale:1b', 'tale:7b': 'odd@q8_0' };
const context = { services: fakeServices({ modelAliases: aliases }) };

test.each([
  ['tale:1b', {}, { model: 'tale:1b' }],
  ['fast', {}, { model: 'tale:1b', level: 'Q4_K_M' }],
  ['Fast:latest', {}, { model: 'tale:1b', level: 'Q4_K_M' }],
  ['gpt-5', { 'x-plimsoll-level': 'Q8_0' }, { model: 'tale:1b', level: 'Q8_0' }],
  ['tale:7b', {}, { model: 'odd@q8_0' }],
  ['tale:8b', {}, { model: 'tale:8b' }],
  ['tale:1b@Q4_K_M', {}, { model: 'tale:1b', level: 'Q4_K_M' }],
  ['tale:1b@q4_k_m', { 'x-plimsoll-level': 'F16' }, { model: 'tale:1b', level: 'Q4_K_M' }],
  ['tale:1b', { 'x-plimsoll-level': 'F16' }, { model: 'tale:1b', level: 'F16' }],
  ['odd@q8_0', {}, { model: 'odd@q8_0' }],
  ['odd@main', {}, { model: 'odd@main' }],
  ['tale:latest', {}, { model: 'tale' }],
  ['tale:Latest@Q8_0', {}, { model: 'tale', level: 'Q8_0' }],
  ['tale:1b@Mixed-4.50bpw', {}, { model: 'tale:1b', level: 'mixed-4.50bpw' }],
  ['whole:latest', {}, { model: 'whole:latest' }],
])('%s with %o is %o', async (name, headers, expected) => {
  expect(await askedModel(context, name, headers, runtime)).toEqual({ name, ...expected });
});

test.each(['tale:1b@Q99', 'tale:1b@mixed-4.5', 'tale:1b@IQ9_X', '/etc/passwd@Q8_0'])('%s is refused', async (name) => {
  await expect(askedModel(context, name, {}, runtime)).rejects.toMatchObject({ code: 'invalid-input' });
});

let created: CreatedServer | undefined;
afterEach(async () => {
  await created?.server.close();
});

test('a variant in the making has a line in ps', async () => {
  const services = fakeServices();
  const coming = [{ model: 'tale:1b', level: 'Q8_0', phase: 'quantizing', fraction: 0.43 }] as const;
  const backend = async () => ({ ...(await services.backend()), builds: { list: () => coming } });
  created = await createServer({ services: { ...services, backend } });
  const answer = await created.server.inject({ url: '/api/ps', headers: { host: '127.0.0.1' } });
  const name = 'tale:1b@Q8_0 (quantizing 43 %)';
  expect(answer.json()).toMatchObject({ models: [{ name, model: name, details: { quantization_level: 'Q8_0' } }] });
});
