/** Words for each kind of a union: leaving one out does not compile. */
export type WordsByKind<Union extends { readonly kind: string }, Extra extends readonly unknown[] = []> = {
  readonly [Kind in Union['kind']]: (value: Extract<Union, { readonly kind: Kind }>, ...extra: Extra) => string;
};

/** Looks the words of a value up in its table. */
export function wordsOf<Union extends { readonly kind: string }, Extra extends readonly unknown[]>(
  table: WordsByKind<Union, Extra>,
  value: Union,
  ...extra: Extra
): string {
  // A table has an entry for every kind, which takes that kind; TypeScript cannot relate the two.
  const words = table[value.kind as Union['kind']] as (value: Union, ...extra: Extra) => string;
  return words(value, ...extra);
}
