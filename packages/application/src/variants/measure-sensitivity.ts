import {
  inputFamily,
  inputLosses,
  inputNoise,
  kindLosses,
  lossesByWeights,
  precisionGroups,
  spreadLosses,
  type GroupLoss,
  type MeasuredAlone,
  type ModelHeader,
  type PrecisionGroup,
  type RecipeEntry,
  type SensitivityPrior,
  type TensorErrors,
  type TensorType,
} from '@plimsoll/domain';
import type { PrecisionProbe, ProbeOptions, ProbedFile } from './precision-probe.js';

/** The types that groups are measured at alone, the first that is possible: coarse enough to stand out from the noise. */
const ANCHORS: readonly TensorType[] = ['Q3_K', 'IQ4_NL'];
/** The type at which families of inputs are measured: so fine that rounded inputs count. */
const FINE: TensorType = 'Q6_K';
/** Groups that a model is measured in when another one of its architecture was measured before. */
const GROUPS_WITH_PRIOR = 16;

/** What was measured of a model's groups. */
export interface Sensitivity {
  readonly loss: GroupLoss;
  /** What each group lost alone. */
  readonly alone: ReadonlyMap<string, MeasuredAlone>;
  /** Files that were made and measured for it, or known. */
  readonly evaluations: number;
  /** For the next model; null where an earlier model's was used. */
  readonly prior: SensitivityPrior | null;
}

/** What is measured, and from what it is known what to expect. */
export interface SensitivityRequest {
  readonly header: ModelHeader;
  readonly groups: readonly PrecisionGroup[];
  readonly errors: TensorErrors;
  /** Of an earlier model. */
  readonly prior: SensitivityPrior | null;
}

/** The files that `measureSensitivity` makes for a request. */
export function sensitivityFiles({ header, groups, errors, prior }: SensitivityRequest): readonly ProbedFile[] {
  if (prior !== null) return aloneFiles(precisionGroups(header, GROUPS_WITH_PRIOR), errors).map(({ file }) => file);
  return [
    ...aloneFiles(groups, errors).map(({ file }) => file),
    ...familiesOf(groups).map((family) => together(family.groups, FINE)),
  ];
}

/** Measures each group at a coarse type, and families of inputs at a fine one; with a prior large groups only. */
export async function measureSensitivity(
  probe: PrecisionProbe,
  { header, groups, errors, prior }: SensitivityRequest,
  options: ProbeOptions,
): Promise<Sensitivity> {
  if (prior !== null) {
    const few = precisionGroups(header, GROUPS_WITH_PRIOR);
    const measured = await measureAlone(probe, few, errors, options);
    const alone = spreadLosses(few, measured, groups, prior);
    if (alone !== null) {
      const byWeights = lossesByWeights(alone, errors);
      const families = familiesOf(groups).map((family) => {
        const cost = family.groups.reduce((sum, group) => sum + (byWeights(group, FINE) ?? 0), 0);
        return { groups: family.groups, loss: cost * (1 + (prior.inputs[family.name] ?? 0)) };
      });
      return { loss: total(families, byWeights), alone, evaluations: few.length, prior: null };
    }
  }
  const alone = await measureAlone(probe, groups, errors, options);
  const byWeights = lossesByWeights(alone, errors);
  const named = familiesOf(groups);
  const losses = await probe.losses(
    named.map((family) => together(family.groups, FINE)),
    'selection',
    options,
  );
  const families = named.map((family, i) => ({ ...family, loss: losses[i] ?? 0 }));
  const inputs = families.map((family): [string, number] => {
    const cost = family.groups.reduce((sum, group) => sum + (byWeights(group, FINE) ?? 0), 0);
    return [family.name, cost > 0 ? Math.max(0, family.loss / cost - 1) : 0];
  });
  return {
    loss: total(families, byWeights),
    alone,
    evaluations: groups.length + families.length,
    prior: { source: await probe.source(), kinds: kindLosses(groups, alone), inputs: Object.fromEntries(inputs) },
  };
}

/** By weights and by inputs. */
function total(
  families: readonly { readonly groups: readonly PrecisionGroup[]; readonly loss: number }[],
  byWeights: GroupLoss,
): GroupLoss {
  const byInputs = inputLosses(families, FINE, byWeights);
  return (group, type) => {
    const weights = byWeights(group, type);
    return weights === null ? null : weights + (byInputs.get(group.name) ?? 0) * inputNoise(type);
  };
}

/** Groups by what they read, those that the fine type is possible for. */
function familiesOf(
  groups: readonly PrecisionGroup[],
): readonly { readonly name: string; readonly groups: readonly PrecisionGroup[] }[] {
  const families = new Map<string, PrecisionGroup[]>();
  for (const group of groups) {
    if (group.tensors.some(({ shape }) => (shape[0] ?? 0) % 256 !== 0)) continue;
    const name = inputFamily(group);
    families.set(name, [...(families.get(name) ?? []), group]);
  }
  return [...families].map(([name, members]) => ({ name, groups: members }));
}

async function measureAlone(
  probe: PrecisionProbe,
  groups: readonly PrecisionGroup[],
  errors: TensorErrors,
  options: ProbeOptions,
): Promise<ReadonlyMap<string, MeasuredAlone>> {
  const files = aloneFiles(groups, errors);
  const losses = await probe.losses(
    files.map(({ file }) => file),
    'selection',
    options,
  );
  return new Map(files.map(({ name, type }, i) => [name, { type, loss: Math.max(0, losses[i] ?? 0) }]));
}

/** One file for each group, with that group at a coarse type. */
function aloneFiles(
  groups: readonly PrecisionGroup[],
  errors: TensorErrors,
): readonly { readonly name: string; readonly type: TensorType; readonly file: ProbedFile }[] {
  return groups.map((group) => {
    const type =
      ANCHORS.find((one) => group.tensors.every((tensor) => errors(tensor.name, one) !== null)) ?? ('Q8_0' as const);
    return { name: group.name, type, file: together([group], type) };
  });
}

function together(groups: readonly PrecisionGroup[], type: TensorType): ProbedFile {
  const entries = groups.flatMap(({ tensors }) => tensors.map(({ name }): RecipeEntry => ({ tensor: name, type })));
  return { kind: 'recipe', entries };
}
