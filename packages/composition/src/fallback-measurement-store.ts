import type { Warn } from '@plimsoll/application';
import { isPlimsollError } from '@plimsoll/domain';
import type { MeasurementStore } from '@plimsoll/domain';

/**
 * A store for plans: when it cannot be used, because its disk is full or its file damaged, a plan is made without what
 * was learned, and nothing new is kept. `warn` is called once.
 */
export function fallbackMeasurementStore(store: MeasurementStore, warn: Warn): MeasurementStore {
  let warned = false;
  const forgive = async <Answer>(asked: Promise<Answer>, otherwise: Answer): Promise<Answer> => {
    try {
      return await asked;
    } catch (error) {
      if (!isPlimsollError(error) || (error.code !== 'storage-failed' && error.code !== 'busy')) throw error;
      if (!warned) warn({ kind: 'records-unreadable', message: error.message });
      warned = true;
      return otherwise;
    }
  };
  return {
    append: (measurements, options) => forgive(store.append(measurements, options), undefined),
    query: (filter, options) => forgive(store.query(filter, options), []),
    aggregate: (filter, options) => forgive(store.aggregate(filter, options), []),
    close: () => store.close(),
  };
}
