import { createPhotoReader } from '@plimsoll/adapter-photo';
import { PostgresResultStore, openPostgres } from '@plimsoll/adapter-postgres';
import { openJobQueue } from '@plimsoll/adapter-queue';
import { WorkOnPhotos, type PhotoEvaluation, type PhotoJob } from '@plimsoll/application';

// A worker that judges by pixels until it is killed; half a second without a sign of life loses it its photos.
const [, , queueUrl = '', storeUrl = ''] = process.argv;
const queue = await openJobQueue<PhotoJob>(queueUrl, { lockMs: 500, mostLosses: 50 });
const results = new PostgresResultStore<PhotoEvaluation>(openPostgres(storeUrl));
await new WorkOnPhotos({ reader: createPhotoReader(), model: null, results, queue }).work({});
