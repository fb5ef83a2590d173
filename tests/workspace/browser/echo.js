new Promise((resolve, reject) => {
  const socket = new WebSocket('ws://127.0.0.1:PORT/chat');
  socket.binaryType = 'arraybuffer';
  const bytes = new Uint8Array(1_000_000).map((_, at) => at);
  const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
  const done = [];
  const steps = [
    ['text', 'zwölf 🦀', (answer) => answer === 'zwölf 🦀'],
    ['bytes', bytes.slice(0, 3), (answer) => same(new Uint8Array(answer), bytes.slice(0, 3))],
    ['a long text', 'ö'.repeat(100_000), (answer) => answer === 'ö'.repeat(100_000)],
    ['a million bytes', bytes, (answer) => same(new Uint8Array(answer), bytes)],
  ];
  const next = () => (steps.length > done.length ? socket.send(steps[done.length][1]) : socket.close(4001, 'enough'));
  socket.onopen = next;
  socket.onmessage = ({ data }) => {
    const [name, , holds] = steps[done.length];
    if (!holds(data)) reject(new Error(`${name} came back as something else`));
    done.push(name);
    next();
  };
  socket.onerror = () => reject(new Error(`failed after: ${done.join(', ')}`));
  socket.onclose = ({ code, reason, wasClean }) =>
    resolve(`${done.join(', ')}, closed with ${code} ${reason}: ${wasClean ? 'clean' : 'not clean'}`);
})
