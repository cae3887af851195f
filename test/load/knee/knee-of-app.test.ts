import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSuite, type App, type Suite } from '../../../src/index.js'

const SERVER = fileURLToPath(new URL('../../apps/server.mjs', import.meta.url))

let suite: Suite<{ postgres: {} }>
let app: App

beforeAll(async () => {
  suite = await startSuite({ postgres: {} })
  app = await suite.startApp(`node ${SERVER}`, { ready: '/health' })
})
afterAll(() => suite.dispose())

const COARSE = { from: 35, upTo: 1_000, stepFor: '800ms', factor: 1.98, precision: 0.99, timeoutMs: 3_000 } as const

test('an application in its own process cracks by its CPU, and it is named', async () => {
  const knee = await suite.findKnee(`${app.url}/work`, { ...COARSE, latencyFactor: 20 })

  expect(knee.bottleneck).toEqual({ kind: 'cpu', text: expect.stringMatching(`^process ${app.instances[0]?.pid} used `) })
  expect(knee.steps.at(-1)?.report.generator.place).toBe('thread')
})

test('an application in its own process cracks by its pool, which nobody could hand over', async () => {
  const knee = await suite.findKnee(`${app.url}/report`, { ...COARSE, from: 30 })

  expect(knee.bottleneck?.kind).toBe('pool')
  expect(knee.bottleneck?.text).toContain('all 4 connections were')
})
