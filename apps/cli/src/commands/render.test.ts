import { describe, expect, it } from 'vitest';
import type { GpuDocument, ModelsDocument } from '@plimsoll/contract';
import { COLOURED, PLAIN } from '../output/style.js';
import { renderFindings } from './doctor/doctor.render.js';
import { renderMachine } from './gpu/gpu.render.js';
import { renderModels } from './models/models.render.js';

const GIB = 1024 ** 3;

const backend = { id: 'ollama', name: 'Ollama', version: '0.9.0', endpoint: 'http://127.0.0.1:11434' };
const model: ModelsDocument['models'][number] = {
  name: 'llama3.1:8b',
  level: 'Q4_K_M',
  sizeBytes: 4.58 * GIB,
  digest: null,
  architecture: null,
  parameterSize: '8.0B',
  modifiedAtMs: null,
  path: null,
  resident: null,
};

describe('renderModels', () => {
  it('marks what is in memory, and shows what is not known as a dash', () => {
    const resident = { sizeBytes: 6 * GIB, deviceBytes: 5 * GIB, contextTokens: 8192, expiresAtMs: null };
    const models = [
      { ...model, resident },
      { ...model, name: 'other', level: null },
    ];
    const text = renderModels({ schema: 'plimsoll.models/1', backend, models }, PLAIN, null, null);
    expect(text).toContain('Ollama 0.9.0 at http://127.0.0.1:11434');
    expect(text).toMatch(/llama3\.1:8b +Q4_K_M +4\.58 GiB +8\.0B +– +6\.00 GiB, 5\.00 GiB on device/);
    expect(text).toMatch(/other +– /);
  });

  it('says what to do when there is none', () => {
    const none = { schema: 'plimsoll.models/1', backend: { ...backend, id: 'embedded' }, models: [] } as const;
    expect(renderModels(none, PLAIN, null, '/home/x/models')).toContain('Put GGUF files into /home/x/models');
  });
});

describe('renderMachine', () => {
  const host = { totalBytes: 16 * GIB, availableBytes: 8 * GIB, processorName: null, processors: 4, platform: 'x' };
  const device: GpuDocument['devices'][number] = {
    id: '0',
    index: 0,
    name: 'Card',
    vendor: 'other',
    memory: 'dedicated',
    totalBytes: 8 * GIB,
    driver: null,
    reading: null,
  };

  it('shows a device without readings by what is known', () => {
    const text = renderMachine({ schema: 'plimsoll.gpu/1', host, devices: [device] }, PLAIN, null);
    expect(text).toMatch(/0 {2}Card +– of 8\.00 GiB/);
    expect(text).toContain('Unknown processor, 4 usable');
  });

  it('warns of heat in red', () => {
    const reading = {
      ...{ atMs: 0, totalBytes: 8 * GIB, usedBytes: 2 * GIB, freeBytes: 6 * GIB, utilization: 0.5 },
      ...{ temperatureC: 97, thermalMarginC: 0, thermalThrottling: true, powerCapped: false },
      ...{ powerW: 80.4, powerLimitW: 115, processes: [{ pid: 7, name: 'ollama', usedBytes: 2 * GIB }] },
    };
    const hot = { schema: 'plimsoll.gpu/1', host, devices: [{ ...device, reading }] } as const;
    expect(renderMachine(hot, COLOURED, null)).toContain(COLOURED.red('97 °C, slowed down'));
    const plain = renderMachine(hot, PLAIN, null);
    expect(plain).toContain('80 of 115 W');
    expect(plain).toContain('7  ollama  2.00 GiB');
  });

  it('says that there is no device', () => {
    const text = renderMachine({ schema: 'plimsoll.gpu/1', host, devices: [] }, PLAIN, null);
    expect(text).toContain('No GPU was found');
  });
});

describe('renderFindings', () => {
  it('counts problems and warnings, and puts the way out below each', () => {
    const findings = [
      { check: 'config', status: 'ok', message: 'Fine.', hint: null },
      { check: 'backend', status: 'problem', message: 'No answer.', hint: 'ollama serve' },
      { check: 'heat', status: 'warning', message: 'Warm.', hint: null },
    ] as const;
    const text = renderFindings({ schema: 'plimsoll.doctor/1', healthy: false, findings }, PLAIN);
    expect(text).toContain('✗ backend  No answer.\n           ollama serve');
    expect(text).toContain('1 problem, 1 warning.');
  });
});
