import { expect, it } from 'vitest';
import { withHugePages } from './huge-pages.js';

it.each([
  [{}, 'glibc.malloc.hugetlb=1'],
  [{ GLIBC_TUNABLES: 'glibc.malloc.arena_max=2' }, 'glibc.malloc.arena_max=2:glibc.malloc.hugetlb=1'],
  [{ GLIBC_TUNABLES: 'glibc.malloc.hugetlb=0' }, 'glibc.malloc.hugetlb=0'],
])('of %j asks for huge pages unless that is decided', (set, expected) => {
  expect(withHugePages({ HOME: '/home/ada', ...set })).toEqual({ HOME: '/home/ada', GLIBC_TUNABLES: expected });
});
