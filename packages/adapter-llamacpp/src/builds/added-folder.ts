import path from 'node:path';
import { userFolder } from '@plimsoll/local-models';
import { PACKAGE_VERSION } from '../native/build.js';

/** Where builds that were added on request lie, each in a folder of its name; one folder for each release. */
export function addedFolder(folder: string = path.join(userFolder('data'), 'engines')): string {
  return path.join(folder, PACKAGE_VERSION);
}
