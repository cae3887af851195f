import type { KeySpec } from './command-table.js'

/** Specifications of the commands whose keys move, for servers before Redis 7, which have none. */
export function fallbackSpecs(name: string): readonly KeySpec[] {
  switch (name) {
    case 'EVAL':
    case 'EVALSHA':
      return [counted(2)]
    case 'ZUNION':
    case 'ZINTER':
    case 'ZDIFF':
      return [counted(1)]
    case 'ZUNIONSTORE':
    case 'ZINTERSTORE':
    case 'ZDIFFSTORE':
      return [single(1), counted(2)]
    case 'XREAD':
      return [streams(1)]
    case 'XREADGROUP':
      return [streams(4)]
    case 'GEORADIUS':
    case 'GEORADIUSBYMEMBER':
      return [single(1), after('STORE', name === 'GEORADIUS' ? 6 : 5), after('STOREDIST', name === 'GEORADIUS' ? 6 : 5)]
    default:
      return []
  }
}

const ONE = { type: 'range', last: 0, step: 1, limit: 0 } as const

function single(index: number): KeySpec {
  return { flags: [], begin: { type: 'index', index }, find: ONE }
}

function counted(index: number): KeySpec {
  return { flags: [], begin: { type: 'index', index }, find: { type: 'keynum', countAt: 0, first: 1, step: 1 } }
}

function after(keyword: string, from: number): KeySpec {
  return { flags: [], begin: { type: 'keyword', keyword, from }, find: ONE }
}

function streams(from: number): KeySpec {
  return { flags: [], begin: { type: 'keyword', keyword: 'STREAMS', from }, find: { type: 'range', last: -1, step: 1, limit: 2 } }
}
