import { afterEach, aroundAll, inject } from 'vitest'
import { endInOrder } from '../primitives/end-in-order.js'
import { endLiveEndings } from '../primitives/endings.js'
import { HotbedError } from '../primitives/error.js'
import { endLiveClocks } from '../clock/live-clocks.js'
import { takeBackControls } from '../control/live-controls.js'
import { removeLiveRules } from '../tap-verbs/live-rules.js'
import { appendAppLogs } from './append-app-logs.js'
import { mapEnvironment } from './environment-variables.js'
import { awaitServers, keepFileSuite, releaseFileSuite, takeFileSuite } from './file-suite.js'
import { takeFailedExpectations } from './failed-expectations.js'
import { hasFailed } from './has-failed.js'

/** What is under way when the time for a proof is over has to end, too. */
const HOOK_MARGIN_MS = 10_000

// vitest runs this file in the worker before it imports a test file: the one module that has to act while it is loaded.
const settings = inject('hotbed')
if (settings !== undefined) {
  await awaitServers()
  if (Object.keys(settings.env).length > 0) {
    Object.assign(process.env, mapEnvironment(settings.env, (await takeFileSuite()).facts))
  }
  const { proveFixes } = settings
  if (proveFixes !== false) {
    afterEach(async ({ task }) => {
      const failed = takeFailedExpectations(task)
      if (failed.length === 0 || task.result?.errors === undefined) return
      await (await import('./append-proofs.js')).appendProofs(task.result.errors, failed, proveFixes.timeoutMs)
    }, proveFixes.timeoutMs + HOOK_MARGIN_MS)
  }
  afterEach(({ task }) => appendAppLogs(task.result?.state === 'fail' ? task.result.errors : undefined))
  afterEach(async () => {
    const rules = await removeLiveRules()
    const controls = await takeBackControls()
    if (rules.length > 0) throw leftOver(rules)
    if (controls.length > 0) throw leftInEffect(controls)
  })
  // Around all, because fixtures of file scope end after every `afterAll`, and an application must be closed before its stores.
  aroundAll(async (runFile, {}, file) => {
    try {
      await runFile()
    } finally {
      if (settings.keep === 'on-failure' && hasFailed(file)) await keepFileSuite(file.name)
      await endInOrder(endLiveEndings, endLiveClocks, releaseFileSuite)
    }
  })
}

/** A rule that outlives its test steers the next one. */
function leftOver(rules: readonly string[]): HotbedError {
  return new HotbedError('ERR_HOTBED_LEFT_BEHIND', {
    message: ['The test ended with rules that it did not remove:', ...rules.map((rule) => `  - ${rule}`)].join('\n'),
    remedy: 'Write `await using rule = await suite.intercept(…)`, or call rule.remove().',
  })
}

/** The next test would meet a server that does not answer, or refuses it. */
function leftInEffect(calls: readonly string[]): HotbedError {
  return new HotbedError('ERR_HOTBED_LEFT_BEHIND', {
    message: ['The test ended with servers that it had acted on and not brought back:', ...calls.map((call) => `  - ${call}`)].join('\n'),
    remedy:
      'Write `await using _paused = await suite.redis.control.pause()`, or call resume(), restart(), lag.release(), or remove() of the limit.',
  })
}
