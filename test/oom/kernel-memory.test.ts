/** The kernel's tables of its own memory: the largest entries, and where a table ends. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KernelMemory } from '../../plugin/oom/kernel-memory.ts'

function read(lines: readonly string[]): { memory: KernelMemory; taken: boolean[] } {
  const memory = new KernelMemory()
  return { memory, taken: lines.map(line => memory.push(line)) }
}

test('slab caches: the largest three by their total', () => {
  const { memory } = read([
    'Unreclaimable slab info:',
    'Name                      Used          Total',
    'bio-248                   15KB         15KB',
    'my cache                2872KB       2900KB',
    'kmalloc-2k             59164KB      59164KB',
    'hugetlbfs_inode_cache         30KB         30KB',
    'sgpool-128                29KB         29KB',
  ])
  assert.deepEqual(memory.slabs, [
    { name: 'kmalloc-2k', kb: 59_164 },
    { name: 'my cache', kb: 2900 },
    { name: 'hugetlbfs_inode_cache', kb: 30 },
  ])
})

test('allocations by place: in bytes, and in the units of later kernels', () => {
  const { memory } = read([
    'Memory allocations:',
    '   3176243200   247900 mm/slub.c:2264 func:alloc_slab_page',
    '     1.50 GiB   511334 fs/xfs/xfs_icache.c:82 [xfs] func:xfs_inode_alloc',
    '    64.0 KiB        4 kernel/fork.c:1 func:dup',
    '          512 B        4 kernel/fork.c:2 func:dup',
  ])
  assert.deepEqual(
    memory.allocations.map(({ kb }) => kb),
    [3_101_800, 1_572_864, 64]
  )
  assert.equal(memory.allocations[1]!.name, 'fs/xfs/xfs_icache.c:82 [xfs] func:xfs_inode_alloc')
})

test('allocations by place: less than a KiB has no prefix to its unit', () => {
  const { memory } = read([
    'Memory allocations:',
    '         2048 B        4 kernel/fork.c:1 func:dup',
    '          512 B        4 kernel/fork.c:2 func:dup',
  ])
  assert.deepEqual(
    memory.allocations.map(({ kb }) => kb),
    [2, 1]
  )
})

test('allocations by place: a place that nothing more is said of is no row', () => {
  const { memory } = read([
    'Memory allocations:',
    '  2048  4 mm/a.c:1 func:f',
    '  2048  4 mm/a.c:2',
  ])
  assert.equal(memory.allocations.length, 1)
})

test('another line ends the table, and rows without one are not read', () => {
  const { memory, taken } = read([
    'bio-248                   15KB         15KB',
    'Unreclaimable slab info:',
    'Name                      Used          Total',
    'Tasks state (memory values in pages):',
    'bio-248                   15KB         15KB',
  ])
  assert.deepEqual(taken, [false, true, true, false, false])
  assert.deepEqual(memory.slabs, [])
})
