import { expect, test } from 'vitest'
import type { SuiteFacts } from '../../src/databases/suite-parts.js'
import { mapEnvironment, type SuiteFact } from '../../src/vitest/environment-variables.js'

const FACTS: SuiteFacts = {
  postgres: {
    version: { major: 18, minor: 4, text: '18.4' },
    provider: 'embedded',
    host: 'localhost',
    port: 5432,
    database: 'suite_1',
    user: 'hotbed',
    password: 'secret',
    url: 'postgresql://owner',
    directUrl: 'postgresql://direct',
    adminUrl: 'postgresql://admin',
    collation: 'icu en-US',
    dataDirectory: '/data',
    replicas: [
      {
        host: '127.0.0.1',
        port: 5433,
        url: 'postgresql://replica',
        directUrl: 'postgresql://direct',
        adminUrl: 'postgresql://admin',
        dataDirectory: '/replica',
      },
    ],
  },
  redis: {
    version: { major: 7, minor: 0, text: '7.0.15' },
    flavour: 'redis',
    database: 0,
    modules: [],
    provider: 'system',
    host: '127.0.0.1',
    port: 6379,
    url: 'redis://suite',
    directUrl: 'redis://direct',
  },
}

test.each<[SuiteFact, string]>([
  ['postgres', 'postgresql://owner'],
  ['postgres.url', 'postgresql://owner'],
  ['postgres.adminUrl', 'postgresql://admin'],
  ['postgres.host', 'localhost'],
  ['postgres.port', '5432'],
  ['postgres.user', 'hotbed'],
  ['postgres.password', 'secret'],
  ['postgres.database', 'suite_1'],
  ['postgres.replica.url', 'postgresql://replica'],
  ['redis', 'redis://suite'],
  ['redis.url', 'redis://suite'],
  ['redis.host', '127.0.0.1'],
  ['redis.port', '6379'],
])('%s is %s', (fact, value) => {
  expect(mapEnvironment({ NAME: fact }, FACTS)).toEqual({ NAME: value })
})
