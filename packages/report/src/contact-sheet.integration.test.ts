import type { PhotoDocument, PhotosCompareDocument, PhotosDocument } from '@plimsoll/contract';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contactSheet } from './contact-sheet.js';
import { levelSheet } from './level-sheet.js';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const isMissing = !existsSync(CHROMIUM);
const PHOTOS = 2000;
const SCORES = [1.8, 3.2, 4.4];
const ADVICE = ['reject', 'review', 'approve'] as const;

/** A picture as large as a thumbnail that is drawn here: an SVG in one of many colours. */
const thumbnail = (number: number): string => {
  const colour = `hsl(${number % 360} 60% 50%)`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="213"><rect width="320" height="213" fill="${colour}"/></svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
};
const names = Array.from({ length: PHOTOS }, (_, number) => `/trip/${number}.jpg`);
const thumbnails = new Map(names.map((name, number) => [name, thumbnail(number)]));

const photo = (name: string, number: number): PhotoDocument => ({
  ...{ path: name, error: null, overallScore: SCORES[number % 3] ?? 0, recommendation: ADVICE[number % 3] ?? null },
  ...{
    focusScore: 4,
    exposureScore: 5,
    compositionScore: 4,
    noiseScore: 5,
    facesDetected: null,
    eyesScore: null,
    reasons: [],
    tags: [],
    takenAtMs: null,
  },
  ...{ camera: null, burst: number < 4 ? { number: 1, isBest: number === 0 } : null, llm: null, llmFailure: null },
  sidecar: null,
});
const photos: PhotosDocument = {
  ...{ schema: 'plimsoll.photos/1', preset: 'general', model: null, minScore: 3.5, photos: names.map(photo) },
  ...{ passed: 1, unreadable: 0, invalidAnswers: 0 },
};
const level = (name: string): PhotosCompareDocument['levels'][number] => ({
  ...{
    level: name,
    variant: name,
    machine: null,
    error: null,
    avgMs: 1,
    minMs: 1,
    maxMs: 1,
    successRate: 1,
    invalidAnswers: 0,
  },
  ...{ speedup: 1, residentBytes: null, agreement: null },
});
const compared: PhotosCompareDocument = {
  ...{ schema: 'plimsoll.photos-compare/1', model: 'llava', reference: 'F16', photos: 3, repeatNoise: null },
  ...{ levels: [level('F16'), level('Q4_K_M')], unreadable: [] },
  judged: names.slice(0, 3).map((name, number) => ({
    path: name,
    verdicts: [
      { level: 'F16', score: 4.4, recommendation: 'approve' },
      [
        { level: 'Q4_K_M', score: 4.3, recommendation: 'approve' as const },
        { level: 'Q4_K_M', score: 3.2, recommendation: 'review' as const },
        { level: 'Q4_K_M', score: null, recommendation: null },
      ][number] ?? { level: 'Q4_K_M', score: null, recommendation: null },
    ],
  })),
};

describe.skipIf(isMissing)(`sheets in Chromium${isMissing ? ` (skipped: ${CHROMIUM} is not there)` : ''}`, () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-sheet-'));
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  /** Opens a page, and holds it to be quiet: no message, no error, no request but for itself. */
  async function opened(html: string, work: (page: Page) => Promise<void>): Promise<void> {
    const file = path.join(folder, 'sheet.html');
    await writeFile(file, html);
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href && !request.url().startsWith('data:'))
        complaints.push(request.url());
    });
    try {
      await page.goto(pathToFileURL(file).href);
      await work(page);
      expect(complaints).toEqual([]);
    } finally {
      await page.close();
    }
  }
  const count = (page: Page): Promise<string | null> => page.locator('[data-count]').textContent();

  test('2,000 photos: filters, the least score, keys to move, stars, and two side by side', async () => {
    await opened(contactSheet(photos, thumbnails), async (page) => {
      expect(await count(page)).toBe('2000 shown');
      await page.locator('[data-filter=reject]').click();
      expect(await count(page)).toBe('667 shown');
      await page.locator('[data-filter=bursts]').click();
      expect(await count(page)).toBe('4 shown');
      await page.locator('[data-filter=all]').click();
      await page.locator('[data-least]').fill('4');
      expect(await count(page)).toBe('666 shown');
      await page.locator('[data-least]').fill('1');
      await page.locator('[data-least]').blur();

      for (const key of ['ArrowRight', 'ArrowRight', '4', 'c', 'ArrowRight', 'c', 'Enter'])
        await page.keyboard.press(key);
      expect(await page.locator('.current').getAttribute('data-id')).toBe('/trip/2.jpg');
      expect(await page.locator('[data-id="/trip/1.jpg"] [data-stars]').textContent()).toBe('★★★★');
      expect(await page.locator('dialog[open] figure img').count()).toBe(2);
      await page.keyboard.press('Escape');
      expect(await page.locator('dialog[open]').count()).toBe(0);
      await page.keyboard.press('0');
      await page.keyboard.press('End');
      const last = page.locator('.current');
      expect(await last.getAttribute('data-id')).toBe('/trip/1999.jpg');
      expect(
        await last.locator('img').evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth)),
      ).toBe(320);
    });
  });

  test('stars are there when the page is opened again', async () => {
    await opened(contactSheet(photos, new Map()), async (page) => {
      for (const key of ['ArrowRight', '5']) await page.keyboard.press(key);
      await page.reload();
      expect(await page.locator('[data-id="/trip/0.jpg"] [data-stars]').textContent()).toBe('★★★★★');
    });
  });

  test('levels beside each other: flips and invalid answers have filters', async () => {
    await opened(levelSheet(compared, thumbnails), async (page) => {
      expect(await page.locator('[data-id="/trip/1.jpg"]').innerText()).toMatch(/Q4_K_M: 3\.2, review ← flips/);
      await page.locator('[data-filter=flips]').click();
      expect(await count(page)).toBe('1 shown');
      await page.locator('[data-filter=invalid]').click();
      expect(await count(page)).toBe('1 shown');
      expect(await page.locator('.photo:visible').getAttribute('data-id')).toBe('/trip/2.jpg');
    });
  });
});
