import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Contrib, Enums, Models, Serialize, Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { dependenciesOf, publishedPackages } from './dependencies.mjs';
import { root } from './run.mjs';

const licenses = new Contrib.License.Factories.LicenseFactory();
const spec = Spec.Spec1dot6;
/** One for all: it compiles the schema when it is first used. */
const validator = new Validation.JsonStrictValidator(spec.version);

/** One package as CycloneDX describes it. */
function component({ name, version, license, integrity }, type = Enums.ComponentType.Library) {
  const [, scope, rest] = /^(?:(@[^/]+)\/)?(.*)$/u.exec(name);
  const made = new Models.Component(type, rest, { version, group: scope });
  made.purl = `pkg:npm/${scope === undefined ? '' : `${encodeURIComponent(scope)}/`}${rest}@${version}`;
  made.bomRef.value = made.purl;
  if (license !== null) made.licenses.add(licenses.makeFromString(license));
  const [algorithm, digest] = (integrity ?? '').split('-');
  if (algorithm === 'sha512')
    made.hashes.set(Enums.HashAlgorithm['SHA-512'], Buffer.from(digest, 'base64').toString('hex'));
  return made;
}

/** The bill of materials of a published package: itself, and everything that it needs to run, on any system. */
export async function billOfMaterials(folder) {
  const found = dependenciesOf(folder);
  const [[own, itself]] = found;
  const components = new Map(
    [...found].map(([id, entry]) => [
      id,
      component(entry, entry === itself ? Enums.ComponentType.Application : Enums.ComponentType.Library),
    ]),
  );
  for (const [id, { needs }] of found)
    for (const need of needs) components.get(id).dependencies.add(components.get(need).bomRef);
  const bom = new Models.Bom({ metadata: new Models.Metadata({ component: components.get(own) }) });
  for (const [id, one] of components) if (id !== own) bom.components.add(one);
  const text = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(spec)).serialize(bom, {
    sortLists: true,
    space: 2,
  });
  const invalid = await validator.validate(text);
  if (invalid !== null) throw new Error(`The bill of materials of ${own} is not valid: ${JSON.stringify(invalid)}`);
  return `${text}\n`;
}

/** Writes the bills of materials of all published packages into a folder; returns their names. */
export async function writeBills(target) {
  mkdirSync(target, { recursive: true });
  const names = [];
  for (const { folder, manifest } of publishedPackages()) {
    const name = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.cdx.json`;
    writeFileSync(path.join(target, name), await billOfMaterials(folder));
    names.push(name);
  }
  return names;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const target = path.resolve(process.argv[2] ?? path.join(root, 'release'));
  const names = await writeBills(target);
  process.stdout.write(`${names.length} bills of materials are in ${target}\n`);
}
