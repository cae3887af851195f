import { findRedisBinary } from '../../../src/servers/redis/find-redis.js'
import { describeRedisProvider } from './contract.js'

const { chosen, tried } = await findRedisBinary({ provider: 'system' })

describeRedisProvider(
  'system',
  { provider: 'system' },
  {
    skip: chosen === undefined ? tried.map(({ place, outcome }) => `${place}: ${outcome}`).join('; ') : undefined,
  },
)
