import { PostgresResultStore, openPostgres } from '@plimsoll/adapter-postgres';
import { createPhotoReader } from '@plimsoll/adapter-photo';
import { openJobQueue } from '@plimsoll/adapter-queue';
import { WorkOnPhotos } from '@plimsoll/application';

/** A worker process that judges by pixels, one photo at a time, until it is ended. */
const [queueUrl, storeUrl] = process.argv.slice(2);
const queue = await openJobQueue(queueUrl);
const results = new PostgresResultStore(openPostgres(storeUrl));
process.send?.('ready');
await new WorkOnPhotos({ reader: createPhotoReader(), model: null, results, queue }).work({ parallel: 1 });
