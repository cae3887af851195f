import { openClone } from '../../clones.mjs'

export function openStores() {
  return openClone(JSON.parse(process.env.BENCH_STORES)[0])
}
