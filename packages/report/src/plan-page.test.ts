import { expect, test } from 'vitest';
import { planInput } from './plan/__fixtures__/plan-input.js';
import { planPageData } from './plan/plan-data.js';
import { planPage } from './plan-page.js';

const HOSTILE = '</script><script>alert(1)</script><!-- "llama"';

const hostileInput = () => {
  const input = planInput();
  const model = { ...input.request.model, name: HOSTILE };
  return { ...input, request: { ...input.request, model } };
};

test('the page forbids loading anything and refers to nothing outside itself', () => {
  const html = planPage(planInput());
  expect(html.includes("default-src 'none'")).toBe(true);
  expect(/<(?:link|iframe|img|base)\b|<script[^>]*\bsrc=|@import|url\(/.exec(html)).toBeNull();
});

test('the page does not tell where the model lies on the disk it was made from', () => {
  const names = [
    '/home/mina/models/llama.gguf',
    './mina/llama.gguf',
    '~/mina/llama.gguf',
    'C:\\Users\\mina\\llama.gguf',
  ];
  for (const name of names) {
    const { request, ...rest } = planInput({ variantOf: () => ({ name, status: 'local' }) });
    const html = planPage({ ...rest, request: { ...request, model: { ...request.model, name } } });
    expect({ name, tells: /\bmina\b/.test(html) }).toEqual({ name, tells: false });
    expect(/<h1>(.*?)<\/h1>/.exec(html)?.[1]).toBe('llama.gguf');
  }
});

test('the data in the page is the data that went in', () => {
  const input = hostileInput();
  const json = /<script type="application\/json" id="plan-data">(.*?)<\/script>/s.exec(planPage(input))?.[1] ?? '';
  expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(planPageData(input))));
});

test('a name cannot break out of where it stands', () => {
  const html = planPage(hostileInput());
  expect(html.includes('<script>alert(1)')).toBe(false);
  expect(html.match(/<\/script>/g)).toHaveLength(2);
  expect(html.includes('<!--')).toBe(false);
});

test('the plan stands in the page before any script runs', () => {
  const html = planPage(planInput());
  expect(/<h2 id="headline"[^>]*>(.*?)<\/h2>/.exec(html)?.[1]).toBe('Take Q5_K_M with 8,192 tokens of f16 cache');
  expect(html.includes('data-level="Q4_K_M"')).toBe(true);
});
