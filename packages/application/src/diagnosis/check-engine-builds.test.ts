import { expect, test } from 'vitest';
import { checkEngineBuilds, type DiagnosedBuild } from './check-engine-builds.js';

const CARD = { name: 'GeForce RTX 4060', vendor: 'nvidia' } as const;
const build = (name: string, change: Partial<DiagnosedBuild> = {}): DiagnosedBuild => ({
  ...{ name, flavor: name.replace(/-.*/u, ''), origin: 'package', missing: [], inUse: false },
  ...change,
});
const cpu = build('cpu', { inUse: true });
const ADD_CUDA = { kind: 'add-engine-build', build: 'cuda' };

test.each([
  ['without a device the processor is right', [cpu], [], 'ok', { kind: 'engine-build', build: 'cpu' }, []],
  [
    'a device that is used is right',
    [build('vulkan', { inUse: true }), build('cuda-13', { origin: null }), cpu],
    [CARD],
    ...(['ok', { kind: 'engine-build', build: 'vulkan' }, []] as const),
  ],
  [
    'a build that would run can be added',
    [build('cuda-13', { origin: null, missing: ['libcudart.so.13'] }), build('cuda-12', { origin: null }), cpu],
    [CARD],
    ...(['warning', { kind: 'device-without-build', device: CARD.name }, [ADD_CUDA]] as const),
  ],
  [
    'a build that lacks libraries says which',
    [build('cuda-13', { missing: ['libcudart.so.13'] }), cpu],
    [CARD],
    'warning' as const,
    { kind: 'device-without-libraries', device: CARD.name, build: 'cuda-13', missing: ['libcudart.so.13'] },
    [],
  ],
  [
    'a build that is not here and lacks libraries is both',
    [build('cuda-13', { origin: null, missing: ['libcuda.so.1'] }), cpu],
    [CARD],
    'warning' as const,
    { kind: 'device-without-libraries', device: CARD.name, build: 'cuda-13', missing: ['libcuda.so.1'] },
    [ADD_CUDA],
  ],
  [
    'another maker has no use for CUDA',
    [build('cuda-13', { origin: null }), build('vulkan', { origin: null }), cpu],
    [{ name: 'Radeon RX 7900', vendor: 'amd' } as const],
    'warning' as const,
    { kind: 'device-without-build', device: 'Radeon RX 7900' },
    [{ kind: 'add-engine-build', build: 'vulkan' }],
  ],
])('%s', (_what, builds, devices, status, fact, remedies) => {
  expect(checkEngineBuilds(builds, devices)).toEqual([{ check: 'engine', status, fact, remedies }]);
});
