import { installRedis } from '../../../src/servers/redis/install-redis.js'
import { findRedisBinary } from '../../../src/servers/redis/find-redis.js'
import { describeLocalRedis } from './local-contract.js'

await installRedis()
const { chosen, tried } = await findRedisBinary({ provider: 'embedded' })

describeLocalRedis(
  'embedded',
  { provider: 'embedded' },
  {
    skip: chosen === undefined ? tried.map(({ place, outcome }) => `${place}: ${outcome}`).join('; ') : undefined,
  },
)
