import 'reflect-metadata';
import { GPU_PROBE, HOST_PROBE } from '@plimsoll/di';
import { FixedHostProbe } from '@plimsoll/testing';
import { Container } from 'inversify';
import { expect, it } from 'vitest';
import { gpuModule } from '../src/inversify.js';

it('binds the probes', async () => {
  const host = new FixedHostProbe();
  const container = new Container();
  container.load(gpuModule({ enabled: false, host }));
  expect(container.get(HOST_PROBE)).toBe(host);
  expect(await container.get(GPU_PROBE).devices()).toEqual([]);
});
