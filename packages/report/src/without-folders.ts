/** A name without the folders of a path. A page is passed on: the folders of the machine that it was made on are nobody's business. */
export function withoutFolders(name: string): string {
  const isPath = /^(?:[~.]{0,2}[\\/]|[A-Za-z]:[\\/])/.test(name);
  return isPath ? (name.split(/[\\/]/).at(-1) ?? '') : name;
}
