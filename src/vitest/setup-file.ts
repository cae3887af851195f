import { afterAll, inject } from 'vitest'
import { mapEnvironment } from './environment-variables.js'
import { currentFileSuite, releaseFileSuite, takeFileSuite } from './file-suite.js'
import { hasFailed } from './has-failed.js'

// vitest runs this file in the worker before each test file is imported: the one module that has to act while it is loaded.
const settings = inject('hotbed')
if (settings !== undefined) {
  if (Object.keys(settings.env).length > 0) {
    Object.assign(process.env, mapEnvironment(settings.env, (await takeFileSuite()).facts))
  }
  afterAll(async (_, file) => {
    if (settings.keep === 'on-failure' && hasFailed(file)) await (await currentFileSuite())?.verbs.keep(file.name)
    await releaseFileSuite()
  })
}
