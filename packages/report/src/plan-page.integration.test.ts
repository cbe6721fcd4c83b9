import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SHAPES, transformerHeader } from '../../domain/src/model/__fixtures__/transformer-header.js';
import { planInput } from './plan/__fixtures__/plan-input.js';
import { planPage } from './plan-page.js';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const isMissing = !existsSync(CHROMIUM);

describe.skipIf(isMissing)(`a plan page in Chromium${isMissing ? ` (skipped: ${CHROMIUM} is not there)` : ''}`, () => {
  let browser: Browser;
  let folder: string;
  let address: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-plan-'));
    const file = path.join(folder, 'plan.html');
    await writeFile(file, planPage(planInput()));
    address = pathToFileURL(file).href;
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  });

  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  /** Opens the page, and holds it to be quiet: no message, no error, no request but for itself. */
  const opened = async (
    work: (page: Page) => Promise<void>,
    {
      hash = '',
      page: of = address,
      ...options
    }: BrowserContextOptions & { readonly hash?: string; readonly page?: string } = {},
  ): Promise<void> => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    try {
      await page.goto(of + hash);
      await work(page);
      expect(complaints).toEqual([]);
      expect(requests.filter((url) => url.split('#')[0] !== of)).toEqual([]);
    } finally {
      await context.close();
    }
  };

  const headline = (page: Page) => page.locator('#headline').innerText();
  const rowOf = (page: Page, level: string) => page.locator(`[data-level="${level}"]`);
  const edge = async (page: Page, selector: string) => (await page.locator(selector).first().boundingBox())!;

  test('it opens with the recommended level marked, under the load line', () =>
    opened(async (page) => {
      expect(await headline(page)).toBe('Take Q5_K_M with 8,192 tokens of f16 cache');
      expect(await page.locator('.row.chosen').getAttribute('data-level')).toBe('Q5_K_M');
      const line = await edge(page, '[data-level="Q5_K_M"] .line');
      const load = await edge(page, '[data-level="Q5_K_M"] .lane .compute');
      expect(load.x + load.width).toBeLessThan(line.x);
    }));

  test('more memory by the keyboard: the next better level fits and is recommended', () =>
    opened(async (page) => {
      expect(await rowOf(page, 'Q8_0').getAttribute('class')).toContain('partial');
      await page.locator('#memory').focus();
      for (let step = 0; step < 32; step += 1) await page.keyboard.press('ArrowRight');
      expect(await page.locator('#memory-text').innerText()).toBe('12.0 GiB');
      expect(await page.locator('#memory').getAttribute('aria-valuetext')).toBe('12.0 GiB');
      expect(await rowOf(page, 'Q8_0').getAttribute('class')).toContain('full');
      expect(await headline(page)).toBe('Take Q8_0 with 8,192 tokens of f16 cache');
    }));

  test('a longer context moves a level beyond the line', () =>
    opened(async (page) => {
      await page.locator('#context').focus();
      await page.keyboard.press('End');
      expect(await page.locator('#context-text').innerText()).toBe('131,072 tokens');
      expect(await rowOf(page, 'Q5_K_M').getAttribute('class')).not.toContain('full');
      expect(await rowOf(page, 'Q5_K_M').innerText()).toContain('short');
    }));

  test('a smaller cache brings the next better level under the line, as the reasons promise', () =>
    opened(async (page) => {
      expect(await page.locator('#reasons').innerText()).toContain('KV cache at q8_0 makes it fit');
      await page.locator('#keys').selectOption('q8_0');
      await page.locator('#values').selectOption('q8_0');
      expect(await headline(page)).toBe('Take Q6_K with 8,192 tokens of q8_0 cache');
    }));

  test('another card is planned for, and by its own speed', () =>
    opened(async (page) => {
      await page.locator('#device').fill('GeForce RTX 4090, 24.0 GiB');
      expect(await page.locator('#memory-text').innerText()).toBe('24.0 GiB');
      expect(await page.locator('.mark').innerText()).toContain('21.6 GiB');
      expect(await headline(page)).toContain('Take Q8_0');
    }));

  test('the list of devices is searched; what is half typed changes nothing', () =>
    opened(async (page) => {
      const before = await headline(page);
      const device = page.locator('#device');
      await device.pressSequentially('GeForce RTX 40');
      expect(await device.inputValue()).toBe('GeForce RTX 40');
      expect(await headline(page)).toBe(before);
      expect(await page.locator('#devices option').count()).toBeGreaterThan(100);
      await device.fill('GeForce RTX 3090');
      await device.fill('');
      expect(await headline(page)).toBe(before);
    }));

  test('two cards hold more than one, and RAM can be taken away', () =>
    opened(async (page) => {
      await page.locator('#device').fill('GeForce RTX 3060, 12.0 GiB');
      const one = await page.locator('.mark').innerText();
      await page.locator('#cards').selectOption('2');
      expect(await page.locator('.mark').innerText()).not.toBe(one);
      expect(await page.locator('#memory-text').innerText()).toBe('24.0 GiB');
      await page.locator('#ram').focus();
      await page.keyboard.press('Home');
      expect(await page.locator('#ram-text').innerText()).toBe('4.00 GiB');
      await page.locator('#bandwidth').focus();
      await page.keyboard.press('End');
      expect(await page.locator('#bandwidth-text').innerText()).toBe('614 GB/s');
      await page.waitForFunction(() => location.hash.includes('cards=2') && location.hash.includes('bandwidth=614'));
    }));

  test('the plan chooses the cache where it may, and the picture shows what else there is', () =>
    opened(async (page) => {
      await page.locator('#prefer').selectOption('balanced');
      await page.locator('#keys').selectOption('best');
      expect(await page.locator('#values').isDisabled()).toBe(true);
      expect(await page.locator('.row.chosen').count()).toBe(1);
      expect(await page.locator('#reasons').innerText()).toContain('Or:');
      expect(await page.locator('.badge.or').count()).toBeGreaterThan(0);
    }));

  test('what no engine would run is said with the way out, and the plan comes back after it', () =>
    opened(async (page) => {
      await page.locator('#flash').selectOption('off');
      await page.locator('#values').selectOption('q8_0');
      expect(await page.getByRole('alert').innerText()).toContain('needs flash attention');
      await page.locator('#flash').selectOption('on');
      expect(await page.getByRole('alert').count()).toBe(0);
    }));

  test('a link carries what was set; starting again clears it', () =>
    opened(async (page) => {
      await page.locator('#prefer').selectOption('speed');
      await page.locator('#parallel').selectOption('4');
      await page.waitForFunction(() => location.hash === '#parallel=4&prefer=speed');
      const said = await headline(page);
      const other = await page.context().newPage();
      await other.goto(page.url());
      expect(await headline(other)).toBe(said);
      expect(await other.locator('#prefer').inputValue()).toBe('speed');
      await page.getByRole('button', { name: 'Start again' }).click();
      expect(await headline(page)).toBe('Take Q5_K_M with 8,192 tokens of f16 cache');
      await page.waitForFunction(() => location.hash === '');
    }));

  test('of a mixture of experts it can be said how many layers keep them in RAM', async () => {
    const file = path.join(folder, 'experts.html');
    await writeFile(file, planPage(planInput({ levels: ['Q4_K_M'] }, transformerHeader(SHAPES.qwen3With30BA3B))));
    await opened(
      async (page) => {
        const placement = (): Promise<string> => page.locator('#table tbody tr').first().innerText();
        expect(await page.locator('#experts option').count()).toBe(50);
        expect(await placement()).toMatch(/experts of \d+ in RAM/);
        await page.locator('#experts').selectOption('45');
        expect(await placement()).toContain('experts of 45 in RAM');
        await page.waitForFunction(() => location.hash === '#experts=45');
        await page.locator('#experts').selectOption('');
        expect(await placement()).not.toContain('experts of 45 in RAM');
      },
      { page: pathToFileURL(file).href },
    );
  });

  test('a link may ask for what no list offers', () =>
    opened(
      async (page) => {
        expect(await page.locator('#parallel').inputValue()).toBe('5');
        expect(await page.locator('#context-text').innerText()).toBe('5,000 tokens');
        expect(await headline(page)).toContain('with 5,000 tokens of f16 cache, 5 sequences at once');
      },
      { hash: '#parallel=5&context=5000' },
    ));

  test('a page that was moved to and fro shows what a fresh one shows', () =>
    opened(async (page) => {
      for (const label of ['GeForce RTX 4090, 24.0 GiB', 'M2 Pro, 16.0 GiB', 'GeForce RTX 3050 6GB']) {
        await page.locator('#device').fill(label);
      }
      for (const values of ['q4_0', 'f16', 'q8_0']) await page.locator('#values').selectOption(values);
      await page.waitForFunction(() => location.hash.endsWith('values=q8_0'));
      const fresh = await page.context().newPage();
      await fresh.goto(page.url());
      const shown = (of: Page) => of.evaluate(() => document.getElementById('plan')?.innerHTML);
      expect(await shown(page)).toBe(await shown(fresh));
    }));

  test('on a telephone nothing but the table runs wider than the screen, in the dark as in the light', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await opened(
        async (page) => {
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
          const [ink, paper] = await page.evaluate(() => {
            const style = getComputedStyle(document.body);
            return [style.color, style.backgroundColor].map((colour) =>
              (colour.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part), 0),
            );
          });
          expect(ink! < paper!).toBe(colorScheme === 'light');
        },
        { viewport: { width: 360, height: 740 }, colorScheme, hash: '#memory=6442450944&context=65536' },
      );
    }
  });

  test('without scripts the plan can still be read', () =>
    opened(
      async (page) => {
        expect(await headline(page)).toBe('Take Q5_K_M with 8,192 tokens of f16 cache');
        expect(await page.locator('noscript').innerText()).toContain('Scripts are off');
      },
      { javaScriptEnabled: false },
    ));
});
