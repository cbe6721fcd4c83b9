import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';

const source = readFileSync(new URL('../examples/look-around.ts', import.meta.url), 'utf8');

describe('the example of the README', () => {
  it('is the file in examples', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    expect(readme).toContain(`\`\`\`ts\n${source}\`\`\``);
  });

  it('runs on this machine, whatever it has, and ends', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await import('../examples/look-around.js');
    const [, processors, availableBytes] = log.mock.calls[0] as [string, number, number];
    log.mockRestore();
    expect(processors).toBeGreaterThanOrEqual(1);
    expect(availableBytes).toBeGreaterThan(0);
  });
});
