import { InvalidInputError } from '@plimsoll/domain';
import type { SidecarPatch } from '@plimsoll/domain';
import { SaxesParser } from 'saxes';
import type { SaxesTagNS } from 'saxes';

const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const XMP = 'http://ns.adobe.com/xap/1.0/';
const DC = 'http://purl.org/dc/elements/1.1/';

/** A property with one value, as an attribute or as an element. */
interface Simple {
  readonly start: number;
  readonly end: number;
  /** The value as it stands in the text, entities resolved. */
  readonly value: string;
}

/** What a packet says, and where in its text. */
interface Packet {
  /** The first `rdf:Description`: end of its start tag's name and attributes, and whether it closes itself. */
  readonly description: { readonly insertAt: number; readonly selfClosing: boolean; readonly name: string };
  /** Namespaces in scope there, prefix by URI. */
  readonly prefixes: ReadonlyMap<string, string>;
  readonly rating: Simple | null;
  readonly label: Simple | null;
  readonly subject: {
    readonly insertAt: number;
    readonly keywords: readonly string[];
    readonly selfClosing: boolean;
  } | null;
  /** There is a `dc:subject`, but not as a bag of texts. */
  readonly strangeSubject: boolean;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A new packet that says just this. */
export function newXmp(patch: SidecarPatch): string {
  const empty = `<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Plimsoll">
 <rdf:RDF xmlns:rdf="${RDF}">
  <rdf:Description rdf:about=""
    xmlns:xmp="${XMP}"
    xmlns:dc="${DC}"/>
 </rdf:RDF>
</x:xmpmeta>
`;
  return patchXmp(empty, patch);
}

/**
 * The packet with the patch in it: values are replaced where they stand, what is missing is added to the first
 * description, and every other character stays as it was.
 * @throws InvalidInputError when the text is not an XMP packet
 */
export function patchXmp(text: string, patch: SidecarPatch): string {
  const packet = readPacket(text);
  const edits: Edit[] = [];
  const attributes: string[] = [];
  const children: string[] = [];
  const declared = new Set<string>();
  const prefixOf = (uri: string, usual: string): string => {
    const known = packet.prefixes.get(uri);
    if (known !== undefined) return known;
    if (!declared.has(uri)) attributes.push(` xmlns:${usual}="${uri}"`);
    declared.add(uri);
    return usual;
  };
  const set = (found: Simple | null, name: string, value: string | undefined): void => {
    if (value === undefined || found?.value === value) return;
    if (found !== null) edits.push({ start: found.start, end: found.end, text: escape(value) });
    else attributes.push(` ${prefixOf(XMP, 'xmp')}:${name}="${escape(value)}"`);
  };
  set(packet.rating, 'Rating', patch.rating === undefined ? undefined : String(patch.rating));
  set(packet.label, 'Label', patch.label);

  const missing = [...new Set(patch.keywords ?? [])].filter((word) => packet.subject?.keywords.includes(word) !== true);
  const rdf = prefixOf(RDF, 'rdf');
  const items = missing.map((word) => `<${rdf}:li>${escape(word)}</${rdf}:li>`);
  if (items.length > 0 && packet.subject !== null) {
    const { insertAt, selfClosing } = packet.subject;
    const list = items.join('');
    edits.push(
      selfClosing
        ? { start: insertAt - 2, end: insertAt, text: `>${list}</${rdf}:Bag>` }
        : { start: insertAt, end: insertAt, text: list },
    );
  } else if (items.length > 0 && !packet.strangeSubject) {
    const dc = prefixOf(DC, 'dc');
    children.push(`\n   <${dc}:subject><${rdf}:Bag>${items.join('')}</${rdf}:Bag></${dc}:subject>`);
  }
  const { insertAt, selfClosing, name } = packet.description;
  const inside = children.length === 0 ? '' : `${children.join('')}\n  `;
  if (selfClosing && inside !== '') {
    edits.push({ start: insertAt, end: insertAt + 2, text: `${attributes.join('')}>${inside}</${name}>` });
  } else {
    if (attributes.length > 0) edits.push({ start: insertAt, end: insertAt, text: attributes.join('') });
    if (inside !== '') edits.push({ start: insertAt + 1, end: insertAt + 1, text: children.join('') });
  }
  return apply(text, edits);
}

function apply(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end), text);
}

function escape(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
    .replaceAll(/[\n\r\t]/g, (character) => `&#${character.charCodeAt(0)};`);
}

interface Open {
  readonly tag: SaxesTagNS;
  /** Where the start tag begins and ends in the text. */
  readonly start: number;
  readonly end: number;
  text: string;
}

function readPacket(text: string): Packet {
  const parser = new SaxesParser({ xmlns: true, position: true });
  const open: Open[] = [];
  const found: {
    description: Packet['description'] | null;
    prefixes: Map<string, string>;
    rating: Simple | null;
    label: Simple | null;
    bag: Packet['subject'];
    keywords: string[];
    hasSubject: boolean;
  } = {
    ...{ description: null, prefixes: new Map(), rating: null, label: null },
    ...{ bag: null, keywords: [], hasSubject: false },
  };
  const isAt = (depth: number, uri: string, local: string): boolean => {
    const tag = open.at(depth)?.tag;
    return tag?.uri === uri && tag.local === local;
  };
  const isDescription = (depth: number): boolean => isAt(depth, RDF, 'Description') && isAt(depth - 1, RDF, 'RDF');

  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => {
    const end = parser.position;
    const start = text.lastIndexOf('<', end - 1);
    open.push({ tag, start, end, text: '' });
    if (isDescription(-1)) {
      if (found.description === null) {
        const insertAt = end - (tag.isSelfClosing ? 2 : 1);
        found.description = { insertAt, selfClosing: tag.isSelfClosing, name: tag.name };
        for (const scope of open) {
          for (const [prefix, uri] of Object.entries(scope.tag.ns)) {
            if (prefix !== '') found.prefixes.set(uri, prefix);
          }
        }
      }
      const source = text.slice(start, end);
      for (const attribute of Object.values(tag.attributes)) {
        if (attribute.uri !== XMP) continue;
        const place = attributeValue(source, attribute.name);
        if (place === null) continue;
        const simple = { start: start + place.start, end: start + place.end, value: attribute.value };
        if (attribute.local === 'Rating') found.rating = simple;
        if (attribute.local === 'Label') found.label = simple;
      }
    }
    if (isAt(-1, DC, 'subject') && isDescription(-2)) found.hasSubject = true;
    if (tag.isSelfClosing && isAt(-1, RDF, 'Bag') && isAt(-2, DC, 'subject')) {
      found.bag ??= { insertAt: end, keywords: [], selfClosing: true };
    }
  });
  const onText = (piece: string): void => {
    const top = open.at(-1);
    if (top !== undefined) top.text += piece;
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.on('closetag', (tag) => {
    const closed = open.at(-1);
    if (closed !== undefined && !tag.isSelfClosing) {
      const closeStart = text.lastIndexOf('<', parser.position - 1);
      if (isDescription(-2) && tag.uri === XMP) {
        const simple = { start: closed.end, end: closeStart, value: closed.text };
        if (tag.local === 'Rating') found.rating = simple;
        if (tag.local === 'Label') found.label = simple;
      }
      if (isAt(-1, RDF, 'li') && isAt(-2, RDF, 'Bag') && isAt(-3, DC, 'subject')) found.keywords.push(closed.text);
      if (isAt(-1, RDF, 'Bag') && isAt(-2, DC, 'subject')) {
        found.bag ??= { insertAt: afterLastItem(text, closeStart), keywords: [], selfClosing: false };
      }
    }
    open.pop();
  });
  try {
    parser.write(text.replace(/^\uFEFF/, ' ')).close();
  } catch (cause) {
    throw new InvalidInputError('The sidecar is not well-formed XML.', {
      hint: 'Open it in the program that wrote it, or move it away.',
      cause,
    });
  }
  if (found.description === null) {
    throw new InvalidInputError('The sidecar holds no XMP: there is no rdf:Description in it.', {
      hint: 'Move the file away, or choose the other style of names.',
      remedies: [{ kind: 'use-options', options: { 'sidecar-style': 'STYLE' } }],
    });
  }
  return {
    description: found.description,
    prefixes: found.prefixes,
    rating: found.rating,
    label: found.label,
    subject: found.bag === null ? null : { ...found.bag, keywords: found.keywords },
    strangeSubject: found.hasSubject && found.bag === null,
  };
}

/** Right behind the last item, so that the white space before the end of the list stays where it is. */
function afterLastItem(text: string, closeStart: number): number {
  const white = /\s*$/.exec(text.slice(0, closeStart))?.[0].length ?? 0;
  return closeStart - white;
}

/** Where the value of an attribute stands in a start tag. */
function attributeValue(tag: string, name: string): { readonly start: number; readonly end: number } | null {
  const pattern = /([^\s=<>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
  for (const match of tag.matchAll(pattern)) {
    if (match[1] !== name) continue;
    const value = match[2] ?? match[3] ?? '';
    const end = match.index + match[0].length - 1;
    return { start: end - value.length, end };
  }
  return null;
}
