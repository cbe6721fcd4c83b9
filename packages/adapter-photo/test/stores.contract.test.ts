import { describeResultStoreContract, describeSidecarJournalContract } from '@plimsoll/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { FileSidecarJournal, PhotoResultFile } from '../src/index.js';

let folder: string;
let number = 0;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-photo-stores-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const next = (): string => path.join(folder, `${(number += 1)}`);

describeResultStoreContract('the file', () => PhotoResultFile.open(path.join(next(), 'results.jsonl')));
describeSidecarJournalContract('the folder', () => new FileSidecarJournal(next()));
