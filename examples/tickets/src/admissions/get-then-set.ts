import { placesLeft, type Admit } from './admit.js'

/** Broken: two that read the same number both write one less. */
export const getThenSet: Admit = async ({ redis }, event) => {
  const left = Number(await redis.get(placesLeft(event)))
  if (left < 1) return false
  await redis.set(placesLeft(event), left - 1)
  return true
}
