import { aroundAll, inject } from 'vitest'
import { mapEnvironment } from './environment-variables.js'
import { awaitServers, keepFileSuite, releaseFileSuite, takeFileSuite } from './file-suite.js'
import { hasFailed } from './has-failed.js'

// vitest runs this file in the worker before it imports a test file: the one module that has to act while it is loaded.
const settings = inject('hotbed')
if (settings !== undefined) {
  await awaitServers()
  if (Object.keys(settings.env).length > 0) {
    Object.assign(process.env, mapEnvironment(settings.env, (await takeFileSuite()).facts))
  }
  // Around all, because fixtures of file scope end after every `afterAll`, and an application must be closed before its stores.
  aroundAll(async (runFile, {}, file) => {
    try {
      await runFile()
    } finally {
      if (settings.keep === 'on-failure' && hasFailed(file)) await keepFileSuite(file.name)
      await releaseFileSuite()
    }
  })
}
