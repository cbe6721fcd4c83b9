/**
 * The text of a request's body with the name of its model changed, and not a byte besides: what a client has sent is not
 * written anew, however much it is. Null where it cannot be told without a doubt where the name stands, so that the body
 * has to be written from what was read: when the model is not its first field, or is named more than once, or the text
 * escapes letters that need no escape.
 */
export function spliceModel(text: string, from: string, to: string): string | null {
  const [head, name] = FIRST_MODEL.exec(text) ?? [];
  if (head === undefined || name !== JSON.stringify(from)) return null;
  if (text.includes('"model"', head.length) || text.includes(String.raw`\u00`)) return null;
  return head.slice(0, -name.length) + JSON.stringify(to) + text.slice(head.length);
}

const FIRST_MODEL = /^\s*\{\s*"model"\s*:\s*("(?:[^"\\]|\\.)*")/;
