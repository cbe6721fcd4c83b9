/**
 * Makes the content of `target` that of `html`, touching only what differs. A browser then lays out a few moved bars
 * instead of a new page, and a reader's place and selection stay.
 */
export function showHtml(target: Element, html: string): void {
  const template = document.createElement('template');
  template.innerHTML = html;
  syncChildren(target, [...template.content.childNodes]);
}

function syncChildren(target: Node, wanted: readonly ChildNode[]): void {
  const found = [...target.childNodes];
  for (const [index, node] of wanted.entries()) {
    const old = found[index];
    if (old === undefined) target.appendChild(node);
    else if (old.nodeName !== node.nodeName) target.replaceChild(node, old);
    else sync(old, node);
  }
  for (const spare of found.slice(wanted.length)) target.removeChild(spare);
}

function sync(old: ChildNode, wanted: ChildNode): void {
  if (old.isEqualNode(wanted)) return;
  if (!(old instanceof Element) || !(wanted instanceof Element)) {
    old.nodeValue = wanted.nodeValue;
    return;
  }
  for (const { name } of [...old.attributes]) if (!wanted.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of wanted.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  syncChildren(old, [...wanted.childNodes]);
}
