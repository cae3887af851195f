import { expect, test } from 'vitest'
import { readEnvironment } from '../../src/primitives/environment.js'

test('what is not set, or set to nothing, is undefined', () => {
  expect(readEnvironment({ HOTBED_RUN_DIRECTORY: '' })).toEqual({
    cacheDirectory: undefined,
    runDirectory: undefined,
    redisBinary: undefined,
    postgresBinaries: undefined,
    clock: undefined,
  })
})

test('each variable has its field', () => {
  expect(
    readEnvironment({
      HOTBED_CACHE_DIRECTORY: '/c',
      HOTBED_RUN_DIRECTORY: '/r',
      HOTBED_REDIS_BINARY: '/redis',
      HOTBED_POSTGRES_BINARIES: '/postgres',
      HOTBED_CLOCK: '/clock',
    }),
  ).toEqual({ cacheDirectory: '/c', runDirectory: '/r', redisBinary: '/redis', postgresBinaries: '/postgres', clock: '/clock' })
})
