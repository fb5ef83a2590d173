// A server of npm's ws that echoes: ws_server.js [CERTIFICATE KEY]. It prints its port.
'use strict';

const { readFileSync } = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const { WebSocketServer } = require('ws');

const [cert, key] = process.argv.slice(2).map((path) => readFileSync(path));
const listener = cert ? https.createServer({ cert, key }) : http.createServer();
const server = new WebSocketServer({ server: listener, maxPayload: 0 });
server.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
});
listener.listen(0, '127.0.0.1', () => console.log(listener.address().port));
