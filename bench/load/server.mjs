// A server that does nothing, and stalls for 700 ms, once, 1.5 s after `/arm` was asked.
import { createServer } from 'node:http'

const server = createServer((request, response) => {
  if (request.url === '/arm') {
    setTimeout(() => {
      const end = performance.now() + 700
      while (performance.now() < end);
    }, 1_500)
  }
  response.end('ok')
})
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
process.on('disconnect', () => process.exit(0))
