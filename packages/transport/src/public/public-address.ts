import { BlockList, isIP } from 'node:net';

/**
 * Address ranges that do not lead to the public internet.
 * Source: IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890 and its updates).
 */
const RESERVED: readonly (readonly [network: string, prefix: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  // Public IPv6 is 2000::/3; what lies outside is not, and these lie inside. 64:ff9b::/96 and 2002::/16 embed IPv4.
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
  ['5f00::', 16, 'ipv6'],
];

const listOf = (ranges: typeof RESERVED): BlockList => {
  const list = new BlockList();
  for (const [network, prefix, family] of ranges) list.addSubnet(network, prefix, family);
  return list;
};

interface Ranges {
  readonly reserved: BlockList;
  readonly global: BlockList;
  readonly mapped: BlockList;
}

/** Made when an address is first judged: a start that asks no server does without. */
let ranges: Ranges | null = null;

const rangesOf = (): Ranges =>
  (ranges ??= {
    reserved: listOf(RESERVED),
    global: listOf([['2000::', 3, 'ipv6']]),
    mapped: listOf([['::ffff:0:0', 96, 'ipv6']]),
  });

/** Whether an IP address in text form lies on the public internet. IPv4 written as IPv6 counts as what it is. */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const family = isIP(bare);
  if (family === 0) return false;
  const { reserved, global, mapped } = rangesOf();
  switch (family) {
    case 4:
      return !reserved.check(bare, 'ipv4');
    case 6:
      // An IPv4-mapped address needs no case of its own: it is refused unless it is spelled as IPv4.
      return !mapped.check(bare, 'ipv6') && global.check(bare, 'ipv6') && !reserved.check(bare, 'ipv6');
    default:
      return false;
  }
}
