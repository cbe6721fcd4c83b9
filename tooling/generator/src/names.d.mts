/** The forms of a name that the templates use. */
export function adapterNames(given: string): {
  readonly name: string;
  readonly Name: string;
  readonly camel: string;
  readonly title: string;
};
