import { installRedis } from '../../../src/servers/redis/install-redis.js'
import { findRedisBinary } from '../../../src/servers/redis/find-redis.js'
import { describeRedisProvider } from './contract.js'

await installRedis()
const { chosen, tried } = await findRedisBinary({ provider: 'embedded' })

describeRedisProvider(
  'embedded',
  { provider: 'embedded' },
  {
    skip: chosen === undefined ? tried.map(({ place, outcome }) => `${place}: ${outcome}`).join('; ') : undefined,
  },
)
