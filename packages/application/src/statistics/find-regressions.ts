import { findRegressions } from '@plimsoll/domain';
import type { ConfigStore, MeasurementFilter, MeasurementStore, Regression, Remedy } from '@plimsoll/domain';
import { finding, findingFromError } from '../diagnosis/finding.js';
import type { Finding } from '../diagnosis/finding.js';
import { speedTrends } from './speed-trends.js';
import type { SpeedTrend } from './speed-trends.js';

/** Which records are looked at. */
export type RegressionSubject = Pick<MeasurementFilter, 'model' | 'backend' | 'sinceMs'>;

/** How speed went over time, and what got worse. */
export interface Development {
  readonly trends: readonly SpeedTrend[];
  readonly regressions: readonly Regression[];
}

/** Records that are looked at: the newest. */
const RECORDS = 5000;

/** Looks through the records of this machine for what got worse: the founding wish to be told when quality drops. */
export class FindRegressions {
  readonly #store: MeasurementStore;
  readonly #config: ConfigStore;

  constructor(store: MeasurementStore, config: ConfigStore) {
    this.#store = store;
    this.#config = config;
  }

  /** Trends and regressions; quality counts only where the settings have a threshold. */
  async find(subject: RegressionSubject = {}): Promise<Development> {
    const { settings } = await this.#config.load();
    const records = await this.#store.query({ ...subject, foreign: false, limit: RECORDS });
    return {
      trends: speedTrends(records),
      regressions: findRegressions(records, { qualityThreshold: settings.qualityThreshold }),
    };
  }

  /** The same as findings of a diagnosis; records that cannot be read are a finding too. */
  async check(): Promise<readonly Finding[]> {
    let regressions: readonly Regression[];
    try {
      ({ regressions } = await this.find());
    } catch (error) {
      return [findingFromError('trend', 'unknown', error)];
    }
    if (regressions.length === 0) return [finding('trend', 'ok', { kind: 'nothing-got-worse' })];
    return regressions.map((regression) => {
      const { model, kind } = regression;
      const remedies: readonly Remedy[] =
        kind === 'quality'
          ? [
              { kind: 'compare-levels', model },
              { kind: 'propose-settings', model },
            ]
          : [{ kind: 'see-statistics', model }];
      return finding('trend', 'warning', { kind: 'got-worse', regression }, ...remedies);
    });
  }
}
