import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { DIST, inMountNamespace, makeTemporary, noNamespaces, SOON, startChild } from '../primitives/child.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** A /tmp of its own, in which the repository is still seen when it lies there. */
const OWN_TMP = ROOT.startsWith('/tmp/')
  ? `mkdir -p /mnt && mount -t tmpfs tmpfs /mnt && mkdir /mnt/repository && mount --bind '${ROOT}' /mnt/repository && mount -t tmpfs -o mode=1777 tmpfs /tmp && mkdir -p '${ROOT}' && mount --bind /mnt/repository '${ROOT}'`
  : 'mount -t tmpfs -o mode=1777 tmpfs /tmp'

// In places of its own: sweeping what was kept would also end what other runs of this machine have kept.
test.skipIf(noNamespaces)(
  'what a suite keeps outlives its process, is left by an ordinary sweep, and is ended by one that is asked to',
  async () => {
    // The working directory must not be in a place that is mounted over.
    const cwd = makeTemporary('/var/tmp')
    const script = `
      const { startSuite } = await import('${DIST}index.js')
      const kept = await startSuite({ postgres: {}, redis: {} })
      const other = await startSuite({ postgres: {}, redis: {} })
      await kept.postgres.query('CREATE TABLE a AS SELECT 7 AS n')
      await kept.redis.send('SET', 'a', 'seven')
      await kept.keep('a test that failed')
      await kept.dispose()
      await other.dispose()
      process.stdout.write(JSON.stringify({ postgres: kept.postgres.directUrl, redis: kept.redis.directUrl, gone: other.redis.directUrl, data: kept.postgres.dataDirectory }))`
    const child = startChild(
      `
      const { execFileSync } = await import('node:child_process')
      const { existsSync, readdirSync } = await import('node:fs')
      const { default: pg } = await import(${JSON.stringify(import.meta.resolve('pg'))})
      const { createClient } = await import(${JSON.stringify(import.meta.resolve('@redis/client'))})
      const { sweepLeftovers } = await import('${DIST}databases/sweep.js')
      const urls = JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(script)}], { encoding: 'utf8' }))
      const runs = () => [...readdirSync('/dev/shm'), ...readdirSync('/tmp')].filter((name) => name.startsWith('hotbed-run-')).length
      const postgres = async () => {
        const client = new pg.Client(urls.postgres)
        try {
          await client.connect()
          const { rows } = await client.query('SELECT n FROM a')
          return rows[0].n
        } catch (error) {
          return error.code
        } finally {
          await client.end().catch(() => {})
        }
      }
      const redis = async (url) => {
        const client = createClient({ url, socket: { reconnectStrategy: false } })
        client.on('error', () => {})
        try {
          await client.connect()
          return await client.get('a')
        } catch (error) {
          return error.code
        } finally {
          if (client.isOpen) client.destroy()
        }
      }
      const look = async () => [await postgres(), await redis(urls.redis), await redis(urls.gone), runs()].join(' ')
      say('kept', await look())
      say('swept', (await sweepLeftovers()).length + ' ' + (await look()))
      say('ended', (await sweepLeftovers({ kept: true })).length)
      const until = Date.now() + ${SOON.timeout}
      while ((await look()) !== 'ECONNREFUSED ECONNREFUSED ECONNREFUSED 0' && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20))
      say('after', await look())`,
      {
        through: inMountNamespace('mount -t tmpfs -o mode=1777 tmpfs /dev/shm && ' + OWN_TMP),
        env: { HOTBED_RUN_DIRECTORY: '', TMPDIR: '/tmp' },
        cwd,
      },
    )
    expect(await child.said('kept')).toBe('7 seven ECONNREFUSED 2')
    expect(await child.said('swept')).toBe('0 7 seven ECONNREFUSED 2')
    expect(await child.said('ended')).toBe('2')
    expect(await child.said('after')).toBe('ECONNREFUSED ECONNREFUSED ECONNREFUSED 0')
    expect(await child.ended).toMatchObject({ status: 0, stderr: '' })
  },
)
