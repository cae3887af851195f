import { placesLeft, type Admit } from './admit.js'

const TAKE_PLACE = `
  if tonumber(redis.call('GET', KEYS[1]) or '0') < 1 then return 0 end
  redis.call('DECR', KEYS[1])
  return 1`

/** Repaired: Redis runs a script as one step. */
export const script: Admit = async ({ redis }, event) => (await redis.eval(TAKE_PLACE, 1, placesLeft(event))) === 1
