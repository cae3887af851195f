import { openEngine } from './engine.js'
import { removeContainers } from './sweep.js'

// Started by the shell of `guard.ts` when the process that made these containers is dead.
const [, , owner = '', ...kept] = process.argv
await removeContainers(await openEngine(), (container) => container.owner === owner && !kept.includes(container.id))
