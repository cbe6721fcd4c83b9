import { LibsqlMeasurementStore } from '../src/libsql-measurement-store.js';
import { measurement } from './measurement.js';

// Appends without end and tells every id that is kept; the test kills it.
const [, , path = '', run = ''] = process.argv;
const store = new LibsqlMeasurementStore(path);
for (let number = 0; ; number++) {
  const id = `${run}-${number}`;
  await store.append(number % 10 === 0 ? [measurement({ id }), measurement({ id: `${id}b` })] : [measurement({ id })]);
  process.stdout.write(`${id}\n`);
  if (number % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
}
