/** What a card answered, field by field, without units as `nounits` prints it. */
export interface RecordedCard {
  /** Where the figures were published. */
  readonly source: string;
  /** Field names that this driver did not know. */
  readonly unknownFields?: readonly string[];
  readonly answers: Readonly<Record<string, string>>;
}

const EVENT_REASONS = {
  'clocks_event_reasons.hw_thermal_slowdown': 'Not Active',
  'clocks_event_reasons.sw_thermal_slowdown': 'Not Active',
  'clocks_event_reasons.sw_power_cap': 'Not Active',
};

/** UUIDs of the first three were masked by their publisher. */
const MASKED = 'GPU-00000000-0000-0000-0000-000000000000';

/** Figures that people published of their machines; only fields that they show. */
export const RECORDED_CARDS = {
  rtx4080Super: {
    source:
      'nvidia_gpu_exporter (github.com/utkuozdemir), internal/captures, GeForce RTX 4080 SUPER, Linux, driver 595.71.05, under load',
    answers: {
      index: '0',
      uuid: MASKED,
      'pci.bus_id': '00000000:01:00.0',
      driver_version: '595.71.05',
      'memory.total': '16376',
      'memory.used': '1474',
      'memory.free': '14470',
      'utilization.gpu': '7',
      'temperature.gpu': '46',
      'temperature.gpu.tlimit': '[N/A]',
      ...EVENT_REASONS,
      'power.draw': '84.24',
      'enforced.power.limit': '320.00',
      'mig.mode.current': '[N/A]',
      name: 'NVIDIA GeForce RTX 4080 SUPER',
    },
  },
  h100Mig: {
    source:
      'nvidia_gpu_exporter (github.com/utkuozdemir), internal/captures, H100 80GB HBM3 in MIG mode, Linux, driver 590.48.01, under load',
    answers: {
      index: '0',
      uuid: MASKED,
      'pci.bus_id': '00000000:00:09.0',
      driver_version: '590.48.01',
      'memory.total': '81559',
      'memory.used': '11125',
      'memory.free': '69956',
      'utilization.gpu': '[N/A]',
      'temperature.gpu': '53',
      'temperature.gpu.tlimit': '24',
      ...EVENT_REASONS,
      'power.draw': '433.78',
      'enforced.power.limit': '700.00',
      'mig.mode.current': 'Enabled',
      name: 'NVIDIA H100 80GB HBM3',
    },
  },
  l40s: {
    source: 'nvidia_gpu_exporter (github.com/utkuozdemir), internal/captures, L40S, Linux, driver 595.80, under load',
    answers: {
      index: '0',
      uuid: MASKED,
      'pci.bus_id': '00000000:01:00.0',
      driver_version: '595.80',
      'memory.total': '46068',
      'memory.used': '1235',
      'memory.free': '44225',
      'utilization.gpu': '9',
      'temperature.gpu': '54',
      'temperature.gpu.tlimit': '34',
      ...EVENT_REASONS,
      'power.draw': '110.23',
      'enforced.power.limit': '350.00',
      'mig.mode.current': '[N/A]',
      name: 'NVIDIA L40S',
    },
  },
  rtx2080: {
    source: 'github.com/Ricks-Lab/gpu-utils issue 83, GeForce RTX 2080, Linux, driver 440.64',
    answers: {
      uuid: 'GPU-22b2c6ac-2d49-4863-197c-9c469071178a',
      driver_version: '440.64',
      'memory.total': '7979',
      'utilization.gpu': '86',
      'temperature.gpu': '45',
      'power.draw': '176.98',
      'power.limit': '200.00',
      name: 'GeForce RTX 2080',
    },
  },
  rtx3080: {
    source:
      'github.com/plambe/zabbix-nvidia-smi-multi-gpu issue 17, GeForce RTX 3080; the driver, whose version is not told, answered little',
    answers: {
      index: '0',
      uuid: 'GPU-8fe3a97d-51f6-a669-0d80-b4530b81b816',
      'memory.total': '10240',
      'memory.used': '9029',
      'memory.free': '1211',
      'utilization.gpu': '[N/A]',
      'temperature.gpu': '54',
      'power.draw': '[N/A]',
      name: 'NVIDIA GeForce RTX 3080',
    },
  },
  a100Pod: {
    source:
      'github.com/Stability-AI/StableSwarmUI issue 388, A100-SXM4-80GB with MIG in an unprivileged container, driver 535.161.08',
    answers: {
      uuid: 'GPU-not-shown-by-the-source',
      driver_version: '535.161.08',
      'temperature.gpu': '47',
      'utilization.gpu': '[N/A]',
      'memory.total': '[Insufficient Permissions]',
      'memory.free': '[Insufficient Permissions]',
      'memory.used': '[Insufficient Permissions]',
      name: 'NVIDIA A100-SXM4-80GB',
    },
  },
  gb10: {
    source:
      'github.com/unslothai/unsloth pull request 10703 (names and memory) and github.com/NordicHPC/sonar issue 460 (temperature), DGX Spark',
    answers: {
      index: '0',
      uuid: 'GPU-not-shown-by-the-source',
      'memory.total': '[N/A]',
      'memory.used': '[N/A]',
      'memory.free': '[N/A]',
      'utilization.gpu': '2',
      'temperature.gpu': '38',
      name: 'NVIDIA GB10',
    },
  },
} as const satisfies Readonly<Record<string, RecordedCard>>;

/** A line as `--query-gpu` prints it for those fields. */
export function answerLine(card: RecordedCard, fields: readonly string[]): string {
  return fields.map((field) => card.answers[field] ?? '[N/A]').join(', ');
}
