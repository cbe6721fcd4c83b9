/**
 * The forms of a name that the templates use.
 *
 * @param {string} given such as `triton`, `text-generation` or `adapter-triton`
 * @returns {{ name: string, Name: string, camel: string, title: string }}
 */
export function adapterNames(given) {
  const name = given.replace(/^adapter-/, '');
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) || name.length > 40) {
    throw new Error(`"${given}" is no name for an adapter: use small letters, digits and single hyphens.`);
  }
  const words = name.split('-').map((word) => word[0].toUpperCase() + word.slice(1));
  const Name = words.join('');
  return { name, Name, camel: Name[0].toLowerCase() + Name.slice(1), title: words.join(' ') };
}
