import type { ConfigDocument } from '@plimsoll/contract';
import { renderTable } from '../../output/table.js';
import type { Style } from '../../output/style.js';

/** A setting's value as a person reads it: text without quotes, `none` for null. */
export function renderSettingValue(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** All settings as a table under the file they come from. */
export function renderSettings(document: ConfigDocument, style: Style, width: number | null): string {
  const table = renderTable(
    [{ header: 'SETTING' }, { header: 'VALUE', flexible: true }, { header: 'FROM' }],
    document.settings.map(({ path, value, origin }) => [
      path,
      renderSettingValue(value),
      origin === 'default' ? style.dim(origin) : origin,
    ]),
    { maxWidth: width, headerStyle: style.dim },
  );
  const profile = document.profile === null ? '' : `, profile ${document.profile}`;
  return `${style.bold(document.file)}${profile}\n\n${table}`;
}
