import { describe, expect, it } from 'vitest';
import { renderProgressLine } from './progress-line.js';
import { createProgress } from './progress.js';

function recorder(isTTY: boolean): {
  readonly texts: string[];
  readonly stream: Parameters<typeof createProgress>[0]['stream'];
} {
  const texts: string[] = [];
  return { texts, stream: { write: (text: string) => texts.push(text), isTTY, columns: 80 } };
}

describe('a progress bar', () => {
  it('does not show for what is done at once', () => {
    const { texts, stream } = recorder(true);
    let now = 0;
    const progress = createProgress({ stream, nowMs: () => now });
    progress.update('reading', 0.5);
    now = 400;
    progress.update('reading', 0.9);
    progress.stop();
    expect(texts).toEqual([]);
  });

  it('redraws one line on a terminal and takes it away at the end', () => {
    const { texts, stream } = recorder(true);
    let now = 0;
    const progress = createProgress({ stream, nowMs: () => now, title: 'Q4_K_M' });
    now = 1000;
    progress.update('quantizing', 0.25);
    progress.update('quantizing', 0.26);
    progress.stop();
    progress.stop();
    expect(texts).toHaveLength(2);
    expect(texts[0]).toContain('Q4_K_M: quantizing');
    expect(texts[0]).toContain('25 %');
    expect(texts[0]).toContain('3.0 s left');
    expect(texts[1]).toBe('\r\u001b[2K');
  });

  it('tells the time that is left by the pace of the phase alone, and shows its first state at once', () => {
    const { texts, stream } = recorder(true);
    let now = 0;
    const progress = createProgress({ stream, nowMs: () => now });
    now = 100_000;
    progress.update('collecting', 0.9);
    progress.update('measuring a first file', null);
    now = 200_000;
    progress.update('measurement 10 of 20', 0.5);
    now = 210_000;
    progress.update('measurement 15 of 20', 0.75);
    expect(texts[1]).toContain('measuring a first file');
    expect(texts[2]).not.toContain('left');
    expect(texts[3]).toContain('  10.0 s left');
  });

  it('writes a plain line now and then where there is no terminal', () => {
    const { texts, stream } = recorder(false);
    let now = 0;
    const progress = createProgress({ stream, nowMs: () => now });
    for (now = 0; now <= 25_000; now += 1000) progress.update('pulling', now / 50_000);
    progress.stop();
    expect(texts).toEqual(['pulling 20 %\n', 'pulling 40 %\n']);
  });
});

describe('renderProgressLine', () => {
  it('fits the terminal, however long the label', () => {
    const line = renderProgressLine({ label: 'x'.repeat(200), share: 0.5, elapsedMs: 10_000, leftMs: 5_000 }, 60);
    expect(line).toHaveLength(60);
    expect(line).toContain('50 %');
  });

  it('shows the time when the end is not known', () => {
    expect(renderProgressLine({ label: 'loading', share: null, elapsedMs: 3000, leftMs: null }, 60)).toBe(
      'loading  3.0 s',
    );
  });
});
