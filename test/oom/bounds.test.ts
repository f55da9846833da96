/** What is kept of one dump is bounded, whatever somebody writes as one. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OomDump } from '../../plugin/oom/dump.ts'
import { KernelMemory } from '../../plugin/oom/kernel-memory.ts'

const many = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at))

test('64 zones, their reserves and their free blocks', () => {
  const dump = new OomDump()
  for (let node = 0; node < 70; node++) {
    assert.ok(dump.push(`Node ${node} DMA free:8kB min:4kB kernel_stack:1kB`))
    assert.ok(dump.push(`lowmem_reserve[]: 0 ${node}`))
    assert.ok(dump.push(`Node ${node} DMA: 1*4kB (U) 0*8kB = 4kB`))
  }
  assert.deepEqual(
    dump.zones.map(({ node }) => node),
    many(64, node => node)
  )
  assert.deepEqual(
    dump.buddies.map(({ node }) => node),
    many(64, node => node)
  )
  // The first after a zone is its own.
  assert.deepEqual(
    dump.lowmemReserves,
    many(64, node => [0, node])
  )
  assert.equal(dump.kernelStackKb, 70, 'of all')
})

test('96 statistics of a group', () => {
  const dump = new OomDump()
  assert.ok(dump.push('Memory cgroup stats for /a:'))
  for (let at = 0; at < 100; at++) assert.ok(dump.push(`stat_${at} ${at}`))
  assert.deepEqual(
    [...dump.memcgStats],
    many(96, at => [`stat_${at}`, at])
  )
})

test('a structured line of 16 KiB', () => {
  const line = (bytes: number): string => {
    const [head, tail] = ['oom-kill:constraint=NONE,task_memcg=/', ',task=x,pid=1,uid=0']
    return head + 'a'.repeat(bytes - head.length - tail.length) + tail
  }
  const dump = new OomDump()
  assert.equal(dump.push(line(16_385)), false)
  assert.equal(dump.push(line(16_384)), true)
  assert.equal(dump.structured?.pid, 1)
  assert.equal(dump.structured.taskMemcg?.length, 16_384 - 55)
})

test('of a path that came in a record of its own, 935 bytes are whole, and more may be cut', () => {
  const pathOf = (bytes: number) => {
    const dump = new OomDump()
    assert.ok(dump.push('oom-kill:constraint=MEMCG,nodemask=(null),oom_memcg='))
    // With what is in front of it the record is as long as one can be.
    const rest = ',task_memcg=/b'
    const path = `/${'a'.repeat(bytes - 1)}`
    assert.ok(dump.push(`${path}${rest}${'c'.repeat(1000 - bytes - rest.length)}`))
    assert.ok(dump.push(',task=x,pid=1,uid=0'))
    assert.equal(dump.structured?.pid, 1)
    return dump.structured.oomMemcg
  }
  assert.equal(pathOf(935)?.length, 935)
  assert.equal(pathOf(936), undefined)
})

test('the three largest holders, of lines of 512 characters', () => {
  const memory = new KernelMemory()
  assert.ok(memory.push('Unreclaimable slab info:'))
  assert.ok(memory.push('Name                      Used          Total'))
  for (const kb of [3, 9, 5, 1, 7, 9]) assert.ok(memory.push(`cache-${kb} 1KB ${kb}KB`))
  assert.deepEqual(
    memory.slabs.map(({ name }) => name),
    ['cache-9', 'cache-9', 'cache-7']
  )
  const line = (length: number) => `${'x'.repeat(length - 10)} 1KB 99KB `.slice(0, length)
  assert.equal(line(512).length, 512)
  assert.ok(memory.push(line(512)))
  assert.equal(memory.push(line(513)), false)
  assert.equal(memory.push('cache-8 1KB 8KB'), false, 'the table is over')
})
