import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ChatTemplates } from './chat-template.js';
import type { TemplateJob } from './chat-template.js';
import { Job } from './job.js';

const here = (file: string): URL => new URL(file, import.meta.url);
const program = {
  file: fileURLToPath(here('./template-worker.ts')),
  execArgv: ['--conditions=@plimsoll/source', '--import', here('../../test/source-loader.mjs').href],
};
const templates = new ChatTemplates(program);
const ENDLESS = '{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}';

const template = (source: string, change: Partial<TemplateJob> = {}): TemplateJob => ({
  source,
  messages: [{ role: 'user', content: 'Hello' }],
  values: { bos_token: '<s>' },
  mostCharacters: 1_000,
  ...change,
});
const job = (): Job => new Job(() => undefined);

test('renders one after the other, each with its own answer', async () => {
  const texts = ['a', 'b', 'c'].map((mark) => templates.render(template(`${mark}{{ messages[0].content }}`), job()));
  expect(await Promise.all(texts)).toEqual(['aHello', 'bHello', 'cHello']);
});

test('nothing of a template is lost at its beginning', async () => {
  for (const source of ['a', '\na', '\n\na', '  a', ' \na']) {
    expect(await templates.render(template(source), job())).toBe(source);
  }
});

test('a template counts upwards, downwards and in steps', async () => {
  const source =
    '{% for a in range(3) %}{{ a }}{% endfor %} {% for a in range(5, 0, -2) %}{{ a }}{% endfor %} {{ range(2, 9, 3) | length }}';
  expect(await templates.render(template(source), job())).toBe('012 531 3');
});

test('a template that refuses the system role is given its words in those of the user', async () => {
  const source = `{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}{{ messages[0].content }}`;
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hello' },
  ];
  expect(await templates.render(template(source, { messages }), job())).toBe('Be brief.\nHello');
});

test('a template that lists tools without asking for any is given none', async () => {
  const source = '{% for tool in tools %}{{ tool }}{% endfor %}{{ messages[0].content }}';
  expect(await templates.render(template(source), job())).toBe('Hello');
});

test.each([
  ['does not parse', '{% if %}', /chat template failed/],
  ['refuses', `{{ raise_exception('not you') }}`, /not you/],
  ['counts without end', '{% for a in range(99999999) %}{% endfor %}', /more than 100000 numbers/],
  ['counts by nothing', '{% for a in range(0, 1, 0) %}{% endfor %}', /more than 100000 numbers/],
  ['nests without end', '{% if 1 %}'.repeat(50_000), /nested too deeply/],
  ['writes without end', '{% for a in range(5000) %}long{% endfor %}', /more than 1000 characters/],
  [
    'fills its memory',
    `{% set ns = namespace(x='a') %}{% for a in range(64) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}`,
    /./,
  ],
])('a template that %s is an error, and the next one is rendered', async (_name, source, message) => {
  await expect(templates.render(template(source), job())).rejects.toMatchObject({
    code: 'unsupported-model',
    message: expect.stringMatching(message) as string,
  });
  expect(await templates.render(template('fine'), job())).toBe('fine');
});

test('a template that loops for ever is stopped after its time', async () => {
  const impatient = new ChatTemplates(program, 300);
  await expect(impatient.render(template(ENDLESS), job())).rejects.toThrow('did not end within 0.3 seconds');
  expect(await new ChatTemplates(program).render(template('fine'), job())).toBe('fine');
});

test('it is stopped with its request, whether it runs or waits', async () => {
  const jobs = [job(), job()];
  const endless = jobs.map((one) => templates.render(template(ENDLESS), one));
  const next = templates.render(template('fine'), job());
  for (const one of jobs) one.abort();
  for (const one of endless) await expect(one).rejects.toMatchObject({ code: 'cancelled' });
  expect(await next).toBe('fine');
});
