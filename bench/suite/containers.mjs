// For the ways with containers.
import { GenericContainer, Wait } from 'testcontainers'
import { FAST } from './schema.mjs'

/** By which the bench finds what a failed test leaves behind. */
const LABELS = { 'hotbed-bench': process.env.BENCH_LABEL }

/** Data in memory, durability off: as testcontainers' users are told to have it. */
export async function startPostgresContainer() {
  const container = await new GenericContainer(process.env.BENCH_POSTGRES_IMAGE)
    .withLabels(LABELS)
    .withEnvironment({ POSTGRES_USER: 'postgres', POSTGRES_PASSWORD: 'password', PGDATA: '/data/postgres' })
    .withTmpFs({ '/data': 'rw' })
    .withCommand(['postgres', '-c', 'listen_addresses=*', ...FAST])
    .withExposedPorts(5432)
    .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
    .start()
  const url = `postgres://postgres:password@${container.getHost()}:${container.getMappedPort(5432)}/postgres`
  return { url, stop: () => container.stop() }
}

export async function startRedisContainer() {
  const container = await new GenericContainer(process.env.BENCH_REDIS_IMAGE)
    .withLabels(LABELS)
    .withCommand(['redis-server', '--protected-mode', 'no'])
    .withExposedPorts(6379)
    .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
    .start()
  return { url: `redis://${container.getHost()}:${container.getMappedPort(6379)}`, stop: () => container.stop() }
}
