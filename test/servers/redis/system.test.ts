import { findRedisBinary } from '../../../src/servers/redis/find-redis.js'
import { describeLocalRedis } from './local-contract.js'

const { chosen, tried } = await findRedisBinary({ provider: 'system' })

describeLocalRedis(
  'system',
  { provider: 'system' },
  {
    skip: chosen === undefined ? tried.map(({ place, outcome }) => `${place}: ${outcome}`).join('; ') : undefined,
  },
)
