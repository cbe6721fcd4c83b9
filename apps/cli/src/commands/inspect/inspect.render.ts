import type { InspectDocument, MetadataDocument } from '@plimsoll/contract';
import type { InvalidParameter } from '@plimsoll/domain';
import { UNKNOWN, formatBytes, formatCount, formatPercent } from '../../output/format.js';
import { parameterCount } from '../../output/parameter-count.js';
import { printable } from '../../output/printable.js';
import type { Style } from '../../output/style.js';
import { renderTable } from '../../output/table.js';

/** What a model is made of, for people. */
export function renderInspection(
  document: InspectDocument,
  invalid: ReadonlyMap<string, InvalidParameter>,
  style: Style,
  width: number | null,
): string {
  const { model, source } = document;
  /** What the file says, unless no model can have it: then as it stands there. */
  const checked = (text: string | null, ...keys: readonly string[]): string | null => {
    const wrong = keys.flatMap((key) => invalid.get(key) ?? []);
    return wrong.length === 0
      ? text
      : `${wrong.map(({ value }) => printable(value)).join(', ')}, ${style.red('invalid')}`;
  };
  const facts: readonly (readonly [string, string | null])[] = [
    ['architecture', model.architecture],
    ['level', model.level ?? 'unknown'],
    ['parameters', `${parameterCount(model.parameters)} (${formatCount(model.parameters)})`],
    [
      'context',
      checked(model.contextLength === null ? null : `${formatCount(model.contextLength)} tokens`, 'context_length'),
    ],
    ['layers', checked(model.layers === null ? null : formatCount(model.layers), 'block_count')],
    [
      'embedding',
      checked(model.embeddingLength === null ? null : formatCount(model.embeddingLength), 'embedding_length'),
    ],
    ['heads', checked(heads(model), 'attention.head_count', 'attention.head_count_kv')],
    ['experts', checked(experts(model), 'expert_count', 'expert_used_count')],
    ['vocabulary', model.vocabulary === null ? null : `${formatCount(model.vocabulary)} tokens`],
    ['license', model.license],
    ['file', `${formatBytes(source.fileBytes)}, header ${formatBytes(source.headerBytes)}${partsNote(source.parts)}`],
    ['digest', source.digest],
    ['fetched', source.fetchedBytes === 0 ? null : formatBytes(source.fetchedBytes)],
  ];
  const known = facts.filter((fact): fact is [string, string] => fact[1] !== null);
  const lines = [
    `${style.bold(model.name ?? source.origin)}${model.name === null ? '' : `  ${style.dim(source.origin)}`}`,
    '',
    ...known.map(([name, value]) => `  ${style.dim(name.padEnd(13))}${value}`),
    '',
    typesTable(document, style),
  ];
  if (document.tensors !== undefined) lines.push('', tensorsTable(document.tensors, style, width));
  if (document.metadata !== undefined) lines.push('', metadataTable(document.metadata, style, width));
  return lines.join('\n');
}

function heads({ heads: all, keyValueHeads }: InspectDocument['model']): string | null {
  if (all === null) return null;
  return keyValueHeads === null || keyValueHeads === all
    ? formatCount(all)
    : `${formatCount(all)}, ${formatCount(keyValueHeads)} of keys and values`;
}

function experts({ experts: all, expertsUsed }: InspectDocument['model']): string | null {
  if (all === null || all === 0) return null;
  return expertsUsed === null ? formatCount(all) : `${formatCount(all)}, ${formatCount(expertsUsed)} used per token`;
}

const partsNote = (parts: number): string => (parts === 1 ? '' : `, in ${parts} parts`);

function typesTable({ types }: InspectDocument, style: Style): string {
  return renderTable(
    [
      { header: 'TENSOR TYPE' },
      { header: 'TENSORS', align: 'right' },
      { header: 'BYTES', align: 'right' },
      { header: 'SHARE', align: 'right' },
    ],
    types.map(({ type, tensors, bytes, share }) => [
      type,
      formatCount(tensors),
      formatBytes(bytes),
      formatPercent(share),
    ]),
    { headerStyle: style.dim, indent: '  ' },
  );
}

function tensorsTable(tensors: NonNullable<InspectDocument['tensors']>, style: Style, width: number | null): string {
  return renderTable(
    [
      { header: 'TENSOR', flexible: true },
      { header: 'TYPE' },
      { header: 'SHAPE' },
      { header: 'BYTES', align: 'right' },
    ],
    tensors.map(({ name, type, shape, bytes }) => [name, type, shape.join(' × '), formatBytes(bytes)]),
    { headerStyle: style.dim, indent: '  ', maxWidth: width },
  );
}

function metadataTable(metadata: NonNullable<InspectDocument['metadata']>, style: Style, width: number | null): string {
  return renderTable(
    [{ header: 'KEY' }, { header: 'VALUE', flexible: true }],
    Object.entries(metadata).map(([key, value]) => [printable(key), metadataText(value)]),
    { headerStyle: style.dim, indent: '  ', maxWidth: width },
  );
}

function metadataText(value: MetadataDocument): string {
  if (typeof value === 'object') {
    const few = value.values === null || value.length > 8 ? '' : `: ${value.values.join(', ')}`;
    return `[${formatCount(value.length)} × ${value.elementType}]${few}`;
  }
  const text = String(value);
  return text === '' ? UNKNOWN : printable(text);
}
