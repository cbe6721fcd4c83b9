import { join } from 'node:path';
import { describeConfigStoreContract } from '@plimsoll/testing';
import { createConfigStore } from '../src/create-config-store.js';
import { scratchFolder } from './scratch-folder.js';

describeConfigStoreContract('the configuration file', () => {
  const folder = scratchFolder();
  const place = { homeFolder: folder, workingFolder: folder, platform: 'linux' };
  return createConfigStore({ path: join(folder, 'config.json'), environment: {}, ...place });
});
