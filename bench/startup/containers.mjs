// The same with testcontainers, where Docker answers and has a Postgres image.
import { execFileSync } from 'node:child_process'

const IMAGE = process.env['BENCH_POSTGRES_IMAGE'] ?? 'postgres:18'

function whyNot() {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore', timeout: 5_000 })
  } catch {
    return 'no Docker answers'
  }
  try {
    execFileSync('docker', ['image', 'inspect', IMAGE], { stdio: 'ignore', timeout: 5_000 })
    return undefined
  } catch {
    return `no image ${IMAGE}`
  }
}

const skipped = whyNot()
if (skipped !== undefined) {
  console.log(JSON.stringify({ skipped }))
} else {
  const { GenericContainer, Wait } = await import('testcontainers')
  const { default: pg } = await import('pg')
  const start = performance.now()
  const container = await new GenericContainer(IMAGE)
    .withEnvironment({ POSTGRES_PASSWORD: 'password' })
    .withExposedPorts(5432)
    .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
    .start()
  const client = new pg.Client({ host: container.getHost(), port: container.getMappedPort(5432), user: 'postgres', password: 'password' })
  await client.connect()
  await client.query('SELECT 1')
  const firstQueryMs = performance.now() - start
  await client.end()
  await container.stop()
  console.log(JSON.stringify({ firstQueryMs }))
}
