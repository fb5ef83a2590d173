// A client of npm's ws against a server that echoes: ws_client.js URL [AUTHORITIES].
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { readFileSync } = require('node:fs');
const { WebSocket } = require('ws');

const [address, authorities] = process.argv.slice(2);
const ca = authorities && readFileSync(authorities);

async function main(perMessageDeflate) {
  const socket = new WebSocket(address, { perMessageDeflate, ca });
  await once(socket, 'open');
  assert.strictEqual(socket.extensions, '');
  const long = Buffer.alloc(1_000_000, 'some bytes');
  for (const message of ['', 'zwölf 🦀', Buffer.from([0, 255]), long, 'ö'.repeat(100_000)]) {
    socket.send(message);
    const [data, isBinary] = await once(socket, 'message');
    assert.strictEqual(isBinary, typeof message !== 'string');
    assert.ok(data.equals(Buffer.from(message)));
  }
  // A message in pieces, with a ping between them.
  socket.send('in ', { fin: false });
  socket.ping('are you there');
  socket.send('pieces', { fin: true });
  const [[pong], [data]] = await Promise.all([once(socket, 'pong'), once(socket, 'message')]);
  assert.strictEqual(pong.toString(), 'are you there');
  assert.strictEqual(data.toString(), 'in pieces');
  socket.close(4001, 'enough');
  const [code, reason] = await once(socket, 'close');
  assert.deepStrictEqual([code, reason.toString()], [4001, 'enough']);
}

(async () => {
  await main(true);
  await main(false);
  console.log('two connections, six messages each, closed with 4001');
})().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
